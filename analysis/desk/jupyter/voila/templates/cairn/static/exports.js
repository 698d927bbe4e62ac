// Step 1: files in, and what was read of each.

import { button, el, ending, notice, say, shape, told } from "./page.js";

const PART = 2 * 1024 * 1024;

export class Exports {
  // changed: called when the tables are new
  constructor(line, steps, changed) {
    this.line = line;
    this.steps = steps;
    this.changed = changed;
    this.body = el("div", {});
    this.news = el("div", { class: "news", role: "status" });
    this.notices = el("div", {});
    this.table = el("div", {});
    this.input = el("input", {
      type: "file", multiple: true, id: "exports-input", onchange: () => this.chosen(),
    });
    this.drop = el("label", { class: "drop", for: "exports-input" },
      el("strong", {}, say("exports.drop")), el("span", {}, say("exports.choose")), this.input);
    this.drop.addEventListener("dragover", (event) => { event.preventDefault(); this.drop.classList.add("over"); });
    this.drop.addEventListener("dragleave", () => this.drop.classList.remove("over"));
    this.drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.drop.classList.remove("over");
      this.take([...event.dataTransfer.files]);
    });
    this.demo = el("p", { class: "aside" });
  }

  show(state) {
    this.state = state;
    this.body.replaceChildren(
      el("p", {}, say("exports.lead")), ...(state.is_demo ? [] : [this.drop]),
      this.demo, this.news, this.notices, this.table);
    if (!state.exports.files.length && !state.is_demo)
      this.body.insertBefore(el("p", { class: "hint" }, say("exports.plain")), this.demo);
    this.demo.replaceChildren(...(state.is_demo
      ? [button(say("exports.leave_demo"), () => this.leaveDemo())]
      : [button(say("exports.demo"), () => this.tryDemo()), " ", say("exports.demo_note")]));
    this.list(state.exports);
  }

  list(report) {
    const { files, unread, totals } = report;
    if (unread.length) {
      this.news.replaceChildren(say("exports.unread", { n: unread.length }), " ",
        button(say("exports.read_again"), () => this.read()));
    } else if (files.length) {
      const key = totals.quarantined ? "exports.done_aside" : "exports.done";
      this.news.textContent = say(key, { files: files.length, rows: totals.rows_in, ...totals });
    }
    if (!files.length) return this.table.replaceChildren();
    const heads = ["file", "what", "rows", "said"].map((name) => el("th", { scope: "col" }, say(`exports.${name}`)));
    const whole = files.every((file) => file.action === "accept" && !file.messages);
    const table = el("table", {}, el("caption", {}, say("exports.caption")),
      el("thead", {}, el("tr", {}, heads)), el("tbody", {}, files.map((file) => this.row(file))));
    // nothing to mend: the list is there for whoever wants it
    this.table.replaceChildren(whole
      ? el("details", {}, el("summary", {}, say("exports.caption")), table) : table);
  }

  row(file) {
    const said = el("td", { "data-head": say("exports.said") });
    said.append(...[file.messages, say(`exports.mend.${file.action}`)].filter(Boolean).map((text) => el("p", {}, text)));
    if (!said.children.length) said.append(el("p", { class: "hint" }, say("exports.nothing")));
    if (file.quarantined) said.append(button(say("exports.show_rows"), (event) => this.rows(file, event.target)));
    if (!this.state.is_demo)
      said.append(button(say("exports.take_out_short"), () => this.takeOut(file.file, said), {
        class: "quiet", "aria-label": say("exports.take_out", { name: file.file }) }));
    return el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, file.file)),
      el("td", { class: "status", "data-head": say("exports.what") }, shape(say(`exports.shape.${file.action}`)), say(`exports.found.${file.action}`)),
      el("td", { class: "number", "data-head": say("exports.rows") }, `${file.accepted} / ${file.rows_in}`), said);
  }

  async rows(file, place) {
    const reply = await this.line.ask("set_aside", { file: file.file }).catch((problem) => ({ rows: [], kept: told(problem) }));
    const items = reply.rows.map((row) => el("li", {}, say("exports.row", row)));
    if (reply.more) items.push(el("li", { class: "hint" }, say("exports.more_rows", { n: reply.more, kept: reply.kept })));
    place.replaceWith(el("ul", { tabindex: "-1" }, items));
  }

  chosen() {
    const files = [...this.input.files];
    this.input.value = "";
    return this.take(files);
  }

  // Take files in one after the other, then read them all.
  async take(files) {
    if (this.isBusy || !files.length) return;
    this.isBusy = true;
    this.notices.replaceChildren();
    let isNew = false;
    for (const file of files) {
      try { isNew = (await this.send(file)) || isNew; }
      catch (problem) {
        this.notices.append(notice(say("exports.refused", { name: file.name, why: told(problem) })));
      }
    }
    this.isBusy = false;
    this.news.textContent = "";
    if (isNew) await this.read();
    else this.list(this.state.exports);
  }

  async send(file) {
    const { number } = await this.line.ask("upload_begin", { name: file.name, size: file.size });
    for (let at = 0; at < file.size; at += PART) {
      const part = await file.slice(at, at + PART).arrayBuffer();
      await this.line.ask("upload_part", { number }, [new Uint8Array(part)]);
      const percent = Math.round(Math.min(100, (100 * (at + PART)) / file.size));
      this.news.textContent = say("exports.arriving", { name: file.name, percent });
    }
    const end = await this.line.ask("upload_end", { number });
    if (end.how === "same") this.notices.append(el("p", {}, say("exports.same", end)));
    if (end.how === "clash") return this.clash(end);
    return end.how === "stored";
  }

  clash(end) {
    return new Promise((resolve) => {
      const settle = async (how) => {
        box.remove();
        const reply = await this.line.ask("upload_settle", { number: end.number, how });
        resolve(reply.how === "stored");
      };
      const box = notice(say("exports.clash", end),
        el("div", { class: "row" }, ...["replace", "both", "drop"].map((how) =>
          button(say(how === "drop" ? "exports.drop_it" : `exports.${how}`), () => settle(how)))));
      this.notices.append(box);
      box.querySelector("button").focus();
    });
  }

  takeOut(name, place) {
    const box = notice(say("exports.take_out_sure", { name }), el("div", { class: "row" },
      button(say("exports.take_out_yes"), async () => {
        this.notices.replaceChildren();
        await this.line.ask("take_out", { file: name }).catch((problem) => this.notices.append(notice(told(problem))));
        await this.read();
      }), button(say("exports.take_out_no"), () => box.remove())));
    place.append(box);
    box.querySelector("button").focus();
  }

  read() { return this.work("read", say("exports.reading")); }

  tryDemo() {
    this.notices.replaceChildren();
    return this.work("demo", say("exports.demo_making"));
  }

  async leaveDemo() {
    this.notices.replaceChildren();
    this.news.textContent = "";
    this.changed(await this.line.ask("practice", { demo: false }));
  }

  async work(step, text) {
    this.news.replaceChildren(el("progress", { "aria-label": text }), " ", text);
    let trouble;
    try { trouble = ending(await this.steps.run(step)); }
    catch (problem) { trouble = told(problem); }
    this.news.textContent = "";
    const state = await this.line.ask("state");
    this.changed(state);
    // nothing left to read is no trouble: the page begins anew
    if (trouble && (state.exports.files.length || state.exports.unread.length || step === "demo"))
      this.notices.append(notice(trouble));
  }
}
