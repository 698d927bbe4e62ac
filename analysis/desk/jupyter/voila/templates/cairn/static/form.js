// Settings: the few things a practice puts in before its first reports.

import { button, el, field, notice, say, tick, told } from "./page.js";

export class Form {
  constructor(line, saved) {
    Object.assign(this, { line, saved });
    this.inside = el("div", {});
    this.body = el("div", {}, el("h1", {}, say("form.title")), this.inside);
  }

  async show() {
    try { this.draw(await this.line.ask("form")); }
    catch (problem) { this.inside.replaceChildren(notice(told(problem))); }
  }

  draw(form) {
    this.name = el("input", { type: "text", value: form.name, required: true, maxlength: "200", autocomplete: "organization" });
    this.crisis = el("textarea", { rows: "4", maxlength: "2000", required: true });
    this.crisis.value = form.crisis_text;
    this.logo = el("input", { type: "file", accept: ".svg,.png,.jpg,.jpeg,image/svg+xml,image/png,image/jpeg" });
    this.removes = tick(say("form.logo_remove"));
    this.days = form.intervals.map((one) => {
      const control = el("input", { type: "number", min: "1", max: "400", step: "1", inputmode: "numeric", value: one.days === null ? "" : String(one.days) });
      return { ...one, control };
    });
    this.news = el("div", { class: "news", role: "status" });
    this.inside.replaceChildren(el("p", { class: "lead" }, say("form.lead", { file: form.file })),
      el("form", { novalidate: "", onsubmit: (event) => { event.preventDefault(); this.save(); } },
        field(say("form.name"), this.name, say("form.name_hint")),
        field(say("form.crisis"), this.crisis, say("form.crisis_hint")),
        field(say("form.logo"), this.logo, say("form.logo_hint")), this.picture(form),
        el("fieldset", {}, el("legend", {}, say("form.intervals")),
          el("p", { class: "hint" }, say(this.days.length ? "form.intervals_hint" : "form.intervals_none")),
          el("div", { class: "days" }, this.days.map((one) =>
            field(say("form.usual", { name: one.name, n: one.usual }), one.control)))),
        el("div", { class: "row" }, el("button", { class: "main" }, say("form.go"))), this.news));
  }

  picture(form) {
    if (!form.logo) return el("p", { class: "hint" }, say("form.logo_none"));
    const address = URL.createObjectURL(new Blob([form.logo_svg], { type: "image/svg+xml" }));
    return el("div", { class: "row" }, el("img", { class: "logo", src: address, alt: say("form.logo_now") }), this.removes);
  }

  async save() {
    const intervals = {};
    for (const one of this.days) {
      const { value, validity } = one.control;
      if (!validity.valid) return this.news.replaceChildren(notice(say("form.days_bad", one)));
      intervals[one.id] = value === "" ? null : Number(value);
    }
    const file = this.logo.files[0];
    const values = {
      name: this.name.value, crisis_text: this.crisis.value, intervals,
      removes_logo: this.removes.querySelector("input").checked,
    };
    try {
      const buffers = file ? [new Uint8Array(await file.arrayBuffer())] : [];
      this.draw(await this.line.ask("write_form", { values }, buffers));
      this.news.textContent = say("form.saved");
      this.saved();
    } catch (problem) { this.news.replaceChildren(notice(told(problem))); }
  }
}
