// The desk: its three areas, and what happens when the kernel speaks or is gone.

import { Choose } from "./choose.js";
import { Exports } from "./exports.js";
import { Form } from "./form.js";
import { Lead } from "./lead.js";
import { Line } from "./line.js";
import { Make, Preview, Save } from "./make.js";
import { button, el, learn, say, Steps } from "./page.js";

// the key to this page stays out of the history
history.replaceState(null, "", location.pathname);

const root = document.getElementById("desk");
const line = new Line(root.dataset.kernel, heard, lost);
const steps = new Steps(line);
let parts, areas, isLost = false;

function heard(event) {
  if (event.news === "ready") { learn(event.words); start(); }
  if (event.news === "open") line.ask("state").then(show);
  if (event.news === "step") steps.heard(event);
}

function start() {
  const exports = new Exports(line, steps, show);
  const choose = new Choose(line, steps, () => follow(), (one) => preview.of(one, choose.month.value));
  const refresh = () => choose.refresh();
  const preview = new Preview(line, steps, refresh);
  const make = new Make(line, steps, choose, refresh);
  const save = new Save(line, steps, choose);
  const lead = new Lead(line, steps);
  const form = new Form(line, () => {});
  parts = { exports, choose, preview, make, save, lead, form };
  layOut();
}

// Nothing can be pressed before the kernel is ready for it.
function layOut() {
  const sections = ["exports", "choose", "preview", "make", "save"].map((name, i) => step(name, i + 1));
  areas = {
    reports: el("div", {}, el("h1", {}, say("steps.title")), el("p", { class: "lead" }, say("steps.lead")), sections),
    caseload: el("div", { hidden: true }, parts.lead.body),
    settings: el("div", { hidden: true }, parts.form.body),
  };
  const tabs = Object.keys(areas).map((name) => button(say(`top.${name}`), () => turn(name), { "data-area": name }));
  root.replaceChildren(
    el("header", { class: "top" }, el("strong", { class: "brand" }, say("top.title")),
      el("span", { id: "practice" }), el("span", { id: "demo", class: "badge", hidden: true }, say("top.demo")),
      el("nav", { "aria-label": say("top.areas") }, tabs)),
    el("main", {}, Object.values(areas)));
  turn("reports");
  parts.exports.body.append(el("p", { role: "status" }, el("progress", { "aria-label": say("top.opening") }), " ", say("top.opening")));
  for (const name of ["choose", "preview", "make", "save"]) open(name, false);
}

function step(name, number) {
  const head = `step-${name}`;
  const later = el("p", { class: "later", hidden: number === 1 }, say("steps.later"));
  return el("section", { id: name, "aria-labelledby": head },
    el("h2", { id: head }, el("span", { class: "number" }, String(number)), say(`${name}.title`)),
    later, parts[name].body);
}

function turn(name) {
  for (const [key, area] of Object.entries(areas)) area.hidden = key !== name;
  root.querySelectorAll("[data-area]").forEach((tab) => {
    if (tab.dataset.area === name) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  });
  if (name === "settings") parts.form.show();
  window.scrollTo(0, 0);
}

// The practice is another, or its tables are new.
async function show(state) {
  document.getElementById("practice").textContent = state.is_demo ? "" : state.practice;
  document.getElementById("demo").hidden = !state.is_demo;
  parts.exports.show(state);
  const isReady = state.months.length > 0;
  for (const name of ["choose", "preview", "make", "save"]) open(name, isReady);
  parts.preview.pages.replaceChildren();
  if (isReady) await parts.choose.show(state);
  await parts.lead.show(state);
}

function open(name, isOpen) {
  const section = document.getElementById(name);
  section.classList.toggle("shut", !isOpen);
  section.querySelector(".later").hidden = isOpen;
  parts[name].body.hidden = !isOpen;
}

// The choice is another: what hangs on it follows.
function follow() {
  parts.make.count();
  open("save", parts.save.ready().length > 0);
  parts.save.show();
}

function lost() {
  isLost = true;
  const again = button(say("lost.go"), () => location.reload(), { class: "main" });
  root.replaceChildren(el("main", { class: "lost" }, el("div", { role: "alert" },
    el("h1", {}, say("lost.title")), el("p", {}, say("lost.text"))),
    again, el("p", { class: "hint" }, say("lost.closed"))));
  again.focus();
}

window.addEventListener("beforeunload", (event) => {
  if (steps.running && !isLost) event.preventDefault();
});
