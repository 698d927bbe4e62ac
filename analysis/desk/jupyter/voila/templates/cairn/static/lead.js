// The practice lead's page: the caseload report with its filters, as a frame of its own.

import { button, el, ending, field, monthName, notice, say, told } from "./page.js";
import { Going } from "./make.js";

export class Lead {
  constructor(line, steps) {
    Object.assign(this, { line, steps });
    this.month = el("select", { onchange: () => this.load() });
    this.go = button(say("lead.go"), () => this.make(), { class: "main" });
    this.news = el("div", { class: "news", role: "status" });
    this.frame = el("div", {});
    this.first = el("p", {}, say("lead.first"));
    this.tools = el("div", {}, el("div", { class: "row fields" }, field(say("choose.month"), this.month), this.go), this.news, this.frame);
    this.body = el("div", {}, el("h1", {}, say("lead.title")), el("p", { class: "lead" }, say("lead.lead")), this.first, this.tools);
  }

  show(state) {
    this.practice = state.is_demo ? "demo" : "own";
    this.first.hidden = state.months.length > 0;
    this.tools.hidden = !state.months.length;
    this.month.replaceChildren(...state.months.map((month) => el("option", { value: month }, monthName(month))));
    this.frame.replaceChildren();
    if (state.months.length) return this.load();
  }

  async load() {
    const month = this.month.value;
    const { is_made: isMade } = await this.line.ask("caseload", { month });
    this.go.textContent = say(isMade ? "lead.again" : "lead.go");
    if (!isMade) return this.frame.replaceChildren();
    const address = `/desk/caseload?month=${month}&practice=${this.practice}`;
    this.frame.replaceChildren(
      el("p", {}, el("a", { href: address, target: "_blank", rel: "noopener" }, say("lead.window"))),
      el("iframe", { src: address, title: say("lead.frame", { month: monthName(month) }) }));
  }

  async make() {
    const going = new Going(() => this.steps.cancel());
    this.news.replaceChildren(going.body);
    this.go.disabled = true;
    let trouble = "";
    try {
      const end = await this.steps.run("caseload", { month: this.month.value }, (event) => going.heard(event));
      trouble = ending(end, { made: 0 }) || going.failed.map((event) => event.reason).join(" ");
    } catch (problem) { trouble = told(problem); }
    this.go.disabled = false;
    this.news.replaceChildren(...(trouble ? [notice(trouble)] : []));
    await this.load();
  }
}
