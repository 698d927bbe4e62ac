// Elements, words and small manners that every part of the desk shares. Whatever a
// client or a file brought along is set as text, never as markup.

let words = {};

export function learn(given) { words = given; }

// The line of this key, filled with the fields.
export function say(key, fields = {}) {
  const line = key.split(".").reduce((tree, name) => tree?.[name], words) ?? key;
  return line.replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
}

// An element: attributes, on… handlers and properties; children as elements or text.
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export function button(text, act, given = {}) {
  return el("button", { type: "button", onclick: act, ...given }, text);
}

// A status shape; the word beside it says the same.
export function shape(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "shape");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/desk/shapes.svg#shape-${name}`);
  svg.append(use);
  return svg;
}

// What went wrong and what to do, where the reader is looking.
export function notice(text, ...more) {
  return el("div", { class: "notice", role: "alert" }, el("p", {}, text), ...more);
}

export function told(problem) {
  if (problem?.problem) return problem.problem;
  const kind = problem?.defect ?? problem?.name ?? "no answer";
  return say("trouble.defect", { problem: kind });
}

export function field(text, control, hint) {
  control.id ||= `field-${crypto.randomUUID()}`;
  const parts = [el("label", { for: control.id }, text), control];
  if (hint) {
    const id = `${control.id}-hint`;
    control.setAttribute("aria-describedby", id);
    parts.splice(1, 0, el("p", { id, class: "hint" }, hint));
  }
  return el("div", { class: "field" }, ...parts);
}

export function tick(text, given = {}) {
  return el("label", { class: "tick" }, el("input", { type: "checkbox", ...given }), el("span", {}, text));
}

// 2026-10 as "October 2026", in the reader's language of the page.
export function monthName(month) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1, 1)).toLocaleDateString("en-GB", {
    month: "long", year: "numeric", timeZone: "UTC",
  });
}

export function span(seconds) {
  if (seconds < 90) return say("make.seconds", { n: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? say("make.minute") : say("make.minutes", { n: minutes });
}

// Bytes as a file: opened in a tab of its own, or saved under a name.
export function openBytes(bytes, type) {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  window.open(address, "_blank");
  setTimeout(() => URL.revokeObjectURL(address), 600_000);
}

export function saveBytes(parts, name) {
  const address = URL.createObjectURL(new Blob(parts));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// One step at a time runs; `listen` hears what it tells, the promise how it ended.
export class Steps {
  constructor(line) { this.line = line; this.running = null; }

  async run(step, task = {}, listen = () => {}) {
    await this.line.ask("start", { ...task, step });
    return new Promise((resolve) => { this.running = { listen, resolve }; });
  }

  heard(event) {
    if (!this.running) return;
    if (event.ended) {
      const { resolve } = this.running;
      this.running = null;
      resolve(event);
    } else this.running.listen(event);
  }

  cancel() { return this.line.ask("cancel"); }
}

// The sentence for a step that did not end well; "" if it did.
export function ending(event, fields = {}) {
  if (event.ended === "done") return "";
  if (event.ended === "stopped") return event.problem;
  return say(`make.${event.ended}`, { made: 0, ...fields, problem: event.problem });
}
