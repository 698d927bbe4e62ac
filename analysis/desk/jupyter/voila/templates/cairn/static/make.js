// Steps 3 to 5: look at one report, make all, open and save.

import {
  button, el, ending, field, monthName, notice, openBytes, say, saveBytes, span, tick, told,
} from "./page.js";

const WHAT = { clinician: "preview.progress", client: "preview.handout" };
const SHOWN = 50;

export class Preview {
  constructor(line, steps, made) {
    Object.assign(this, { line, steps, made });
    this.news = el("div", { class: "news", role: "status" });
    this.pages = el("div", { class: "pages" });
    this.body = el("div", {}, el("p", {}, say("preview.lead")), this.news, this.pages);
  }

  async of(one, month, audience = "clinician") {
    this.pages.replaceChildren();
    this.news.replaceChildren(el("progress", { "aria-label": say("preview.making") }), " ", say("preview.making"));
    this.body.scrollIntoView({ block: "start" });
    try {
      const task = { month, clients: [one.id], audiences: ["clinician", "client"] };
      let failure = "";
      const end = await this.steps.run("make", task, (event) => {
        if (event.state === "failed") failure = event.reason;
      });
      const trouble = ending(end) || (failure && say("preview.failed", { why: failure }));
      if (trouble) throw { problem: trouble };
      this.news.replaceChildren();
      await this.show(one, month, audience);
      this.made();
    } catch (problem) { this.news.replaceChildren(notice(told(problem))); }
  }

  async show(one, month, audience) {
    const asked = { month, client: one.id, audience };
    const { buffers } = await this.line.ask("pages", asked);
    const what = say(WHAT[audience]);
    const head = el("h3", { tabindex: "-1" }, say("preview.of", { what, client: one.id, month: monthName(month) }));
    const kinds = el("div", { class: "row", role: "group", "aria-label": say("preview.which") },
      ...Object.entries(WHAT).map(([key, words]) =>
        button(say(words), () => this.show(one, month, key), { "aria-pressed": String(key === audience) })),
      button(say("preview.open"), () => openReport(this.line, asked), { class: "quiet" }));
    const pictures = buffers.map((bytes, i) => el("img", {
      src: URL.createObjectURL(new Blob([bytes], { type: "image/png" })),
      alt: say("preview.page", { n: i + 1, of: buffers.length, what, client: one.id }),
    }));
    this.pages.querySelectorAll("img").forEach((old) => URL.revokeObjectURL(old.src));
    this.pages.replaceChildren(head, kinds,
      el("div", { class: "sheets", tabindex: "0", role: "region", "aria-label": what }, pictures));
    head.focus({ preventScroll: true });
  }
}

export async function openReport(line, asked) {
  const { buffers } = await line.ask("pdf", asked);
  openBytes(buffers[0], "application/pdf");
}

// A bar with counts and time left; `heard` takes the events of a step.
export class Going {
  constructor(stop) {
    this.bar = el("progress", { "aria-label": say("make.title") });
    this.text = el("span", { class: "count" });
    this.body = el("div", { class: "going" }, this.bar, this.text, button(say("make.stop"), () => {
      this.text.textContent = say("make.stopping");
      stop();
    }));
    this.text.textContent = say("make.preparing");
    Object.assign(this, { due: 0, same: 0, made: 0, failed: [], last: 0 });
  }

  heard(event) {
    if (event.due !== undefined) {
      Object.assign(this, { due: event.due, same: event.unchanged, since: performance.now() });
      this.bar.max = Math.max(1, event.due);
      this.bar.value = 0;
    }
    if (event.state === "made") this.made += 1;
    if (event.state === "failed") this.failed.push(event);
    if (event.state) this.tell();
  }

  tell() {
    const done = this.made + this.failed.length;
    this.bar.value = done;
    const left = ((performance.now() - this.since) / 1000 / done) * (this.due - done);
    const parts = [say("make.going", { done, due: this.due })];
    if (this.same) parts.push(say("make.unchanged", { n: this.same }));
    if (done < this.due) parts.push(say("make.left", { time: span(left) }));
    this.text.textContent = parts.join(" · ");
  }
}

export class Make {
  constructor(line, steps, choose, made) {
    Object.assign(this, { line, steps, choose, made });
    this.kinds = {
      clinician: tick(say("make.clinician"), { checked: true, onchange: () => this.count() }),
      client: tick(say("make.client"), { checked: true, onchange: () => this.count() }),
    };
    this.go = button("", () => this.run(), { class: "main" });
    this.news = el("div", { class: "news" });
    this.status = el("div", { role: "status" });
    this.body = el("div", {}, el("fieldset", { class: "row" }, el("legend", {}, say("make.for")), Object.values(this.kinds)),
      el("div", { class: "row" }, this.go), this.news, this.status);
  }

  audiences() {
    return Object.keys(this.kinds).filter((key) => this.kinds[key].querySelector("input").checked);
  }

  count() {
    this.go.textContent = say("make.go", { n: this.choose.chosen.size * this.audiences().length });
  }

  async run() {
    const clients = [...this.choose.chosen], audiences = this.audiences();
    this.status.replaceChildren();
    if (!clients.length || !audiences.length) return this.status.replaceChildren(notice(say("make.nobody")));
    const going = new Going(() => this.steps.cancel());
    this.news.replaceChildren(going.body);
    this.go.disabled = true;
    try {
      const task = { month: this.choose.month.value, clients, audiences };
      const end = await this.steps.run("make", task, (event) => going.heard(event));
      this.tell(end, going);
    } catch (problem) { this.status.replaceChildren(notice(told(problem))); }
    this.news.replaceChildren();
    this.go.disabled = false;
    this.made();
  }

  tell(end, going) {
    const trouble = ending(end, { made: going.made });
    const said = trouble ? notice(trouble) : el("p", { class: "done" }, say("make.done", going));
    const failed = going.failed.map((event) => el("li", {}, say("make.reason", { report: event.report, why: event.reason })));
    this.status.replaceChildren(said, ...(failed.length
      ? [notice(say("make.failed", { n: failed.length }), el("ul", {}, failed))] : []));
  }
}

export class Save {
  constructor(line, steps, choose) {
    Object.assign(this, { line, steps, choose });
    this.lead = el("p", {});
    this.list = el("div", {});
    this.news = el("div", { class: "news", role: "status" });
    this.merged = el("input", { type: "radio", name: "how", value: "merged" });
    this.only = tick(say("save.only"));
    this.password = el("input", { type: "password", autocomplete: "new-password", minlength: "8" });
    const zip = el("input", { type: "radio", name: "how", value: "zip", checked: true });
    this.form = el("form", { onsubmit: (event) => { event.preventDefault(); this.run(); } },
      el("fieldset", {}, el("legend", {}, say("save.how")),
        el("label", { class: "tick" }, zip, el("span", {}, say("save.zip"))),
        el("label", { class: "tick" }, this.merged, el("span", {}, say("save.merged"))), this.only),
      field(say("save.password"), this.password, say("save.password_hint")),
      el("div", { class: "row" }, el("button", { class: "main" }, say("save.go"))), this.news,
      el("p", { class: "hint" }, say("save.note")));
    this.shown = SHOWN;
    this.body = el("div", {}, this.lead, this.list, this.form);
  }

  ready() {
    return this.choose.clients.flatMap((one) => one.made.map((audience) => ({ one, audience })));
  }

  show() {
    const month = this.choose.month.value;
    const ready = this.choose.clients.filter((one) => one.made.length);
    const n = ready.reduce((sum, one) => sum + one.made.length, 0);
    this.lead.textContent = say("save.lead", { n, month: month ? monthName(month) : "" });
    const items = ready.slice(0, this.shown).map((one) => el("li", {},
      el("span", {}, el("bdi", {}, one.id), one.name ? el("bdi", { class: "name" }, one.name) : null),
      ...one.made.map((audience) => {
        const what = say(`save.words_${audience}`);
        return button(what, () => this.open(one, audience), {
          class: "quiet", "aria-label": say("save.open_one", { what, client: one.id }) });
      })));
    this.list.replaceChildren(el("ul", { class: "ready", "aria-label": say("save.caption") }, items));
    if (ready.length > this.shown)
      this.list.append(button(say("save.more", { n: ready.length }), () => { this.shown = Infinity; this.show(); }));
  }

  async open(one, audience) {
    const asked = { month: this.choose.month.value, client: one.id, audience };
    await openReport(this.line, asked).catch((problem) => this.news.replaceChildren(notice(told(problem))));
  }

  async run() {
    this.news.replaceChildren(el("progress", { "aria-label": say("save.saving") }), " ", say("save.saving"));
    const month = this.choose.month.value;
    const isOnly = this.only.querySelector("input").checked;
    const task = {
      month, clients: isOnly ? [...this.choose.chosen] : [],
      merged: this.merged.checked, password: this.password.value,
    };
    try {
      const trouble = ending(await this.steps.run("save", task));
      if (trouble) throw { problem: trouble };
      const parts = [];
      for (let got = 0, size = 1, reply; got < size; got += reply.buffers[0].byteLength) {
        reply = await this.line.ask("copies", { start: got });
        size = reply.size;
        parts.push(reply.buffers[0]);
        this.ending = reply.ending;
      }
      const name = `cairn-${month}${this.ending}`;
      saveBytes(parts, name);
      this.password.value = "";
      this.news.textContent = say("save.saved", { name });
    } catch (problem) { this.news.replaceChildren(notice(told(problem))); }
  }
}
