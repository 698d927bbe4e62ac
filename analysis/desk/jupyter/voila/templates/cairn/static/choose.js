// Step 2: month and clients, flagged ones first; thousands of them stay quick.

import { button, el, ending, field, monthName, notice, say, shape, tick, told } from "./page.js";

const SHOWN = 50;

export class Choose {
  // changed: called when month, list or choice is another; preview: asks for a client's
  constructor(line, steps, changed, preview) {
    Object.assign(this, { line, steps, changed, preview });
    this.chosen = new Set();
    this.clients = [];
    this.month = el("select", { onchange: () => this.load() });
    this.whose = el("select", { onchange: () => this.filter(true) });
    this.search = el("input", {
      type: "search", autocomplete: "off", spellcheck: false, oninput: () => this.filter(),
    });
    this.count = el("p", { role: "status", class: "count" });
    this.all = button("", () => this.pick(this.matching));
    this.none = button(say("choose.none"), () => this.pick([], true), { class: "quiet" });
    this.news = el("div", { class: "news", role: "status" });
    this.table = el("div", {});
    this.body = el("div", {},
      el("div", { class: "row fields" }, field(say("choose.month"), this.month),
        field(say("choose.whose"), this.whose), field(say("choose.search"), this.search, say("choose.search_hint"))),
      this.news, el("div", { class: "row" }, this.all, this.none, this.count), this.table);
  }

  show(state) {
    this.flags = state.flags;
    const before = this.month.value;
    this.month.replaceChildren(...state.months.map((month) => el("option", { value: month }, monthName(month))));
    if (state.months.includes(before)) this.month.value = before;
    this.whose.replaceChildren();
    return this.load();
  }

  async load() {
    const month = this.month.value;
    if (!month) return;
    this.news.replaceChildren(el("progress", { "aria-label": say("choose.looking") }), " ", say("choose.looking"));
    try {
      let reply = await this.line.ask("clients", { month });
      if (reply.is_stale) {
        const trouble = ending(await this.steps.run("look", { until: reply.until }));
        if (trouble) throw { problem: trouble };
        reply = await this.line.ask("clients", { month });
      }
      this.list(reply);
      this.news.replaceChildren();
    } catch (problem) { this.news.replaceChildren(notice(told(problem))); }
  }

  // Reports were made: only what stands is new.
  async refresh() {
    const reply = await this.line.ask("clients", { month: this.month.value });
    if (reply.clients) this.clients = reply.clients;
    this.changed();
  }

  list(reply) {
    this.clients = reply.clients;
    this.clinicians = reply.clinicians;
    const before = this.whose.value;
    this.whose.replaceChildren(el("option", { value: "" }, say("choose.everybody")),
      ...Object.entries(reply.clinicians).map(([id, name]) => el("option", { value: id }, name)));
    if (before in reply.clinicians) this.whose.value = before;
    this.filter(true);
  }

  // picks: whether everybody who matches is chosen anew
  filter(picks = false) {
    const asked = this.search.value.trim().toLocaleLowerCase();
    const mine = this.clients.filter((one) => !this.whose.value || one.clinician === this.whose.value);
    this.matching = mine.filter((one) => `${one.id} ${one.name}`.toLocaleLowerCase().includes(asked));
    this.shown = SHOWN;
    if (picks) this.chosen = new Set(mine.map((one) => one.id));
    this.draw();
  }

  pick(clients, clears = false) {
    if (clears) this.chosen.clear();
    clients.forEach((one) => this.chosen.add(one.id));
    this.draw();
  }

  draw() {
    this.all.textContent = say("choose.all", { n: this.matching.length });
    this.tell();
    if (!this.matching.length) {
      const key = this.clients.length ? "choose.nobody" : "choose.empty";
      return this.table.replaceChildren(el("p", {}, say(key)));
    }
    const heads = ["client", "clinician", "flags"].map((name) => el("th", { scope: "col" }, say(`choose.${name}`)));
    const rows = this.matching.slice(0, this.shown).map((one) => this.row(one));
    this.table.replaceChildren(el("table", { class: "clients" },
      el("caption", {}, say("choose.caption", { month: monthName(this.month.value) })),
      el("thead", {}, el("tr", {}, heads, el("td", {}))), el("tbody", {}, rows)));
    if (this.matching.length > this.shown)
      this.table.append(button(say("choose.more", { n: this.matching.length }), () => {
        this.shown = Infinity;
        this.draw();
      }));
  }

  row(one) {
    const mark = tick("", {
      checked: this.chosen.has(one.id), "aria-label": say("choose.choose_one", { client: one.id }),
      onchange: (event) => { this.chosen[event.target.checked ? "add" : "delete"](one.id); this.tell(); },
    });
    const flags = one.flags.map((kind) => el("li", { class: "status" }, shape(this.flags[kind][1]), this.flags[kind][0]));
    return el("tr", {},
      el("th", { scope: "row" }, el("div", { class: "who" }, mark,
        el("span", {}, el("bdi", {}, one.id), one.name ? el("bdi", { class: "name" }, one.name) : null))),
      el("td", { "data-head": say("choose.clinician") }, this.clinicians[one.clinician] ?? one.clinician),
      el("td", { "data-head": say("choose.flags") }, flags.length ? el("ul", { class: "flags" }, flags) : "–"),
      el("td", {}, button(say("choose.look"), () => this.preview(one), {
        class: "quiet", "aria-label": say("choose.preview_of", { client: one.id }) })));
  }

  tell() {
    this.count.textContent = say("choose.chosen", { n: this.chosen.size, of: this.clients.length });
    this.changed();
  }
}
