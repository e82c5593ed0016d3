// Between the shop and cact: breaks calls where that is wanted, and lists them at the foot of the page.

import { broken, fired, keepFired, required } from "./demo-data.js";
import { source } from "./demo-source.js";

const KEPT = 40;
const LONGEST = 6000;

const log = document.querySelector("[data-log]");
const find = (name) => log.querySelector(`[data-log-${name}]`);

// ---- break ----

/** Deletes what the JSON Pointer leads to. */
const drop = (params, path) => {
  const names = path.slice(1).split("/");
  const last = names.pop();
  const holder = names.reduce((value, name) => value?.[name], params);
  if (holder) delete holder[last];
};

const brokenParams = (name, params) => {
  const copy = structuredClone(params);
  for (const path of required[name] ?? []) drop(copy, path);
  return copy;
};

// ---- list ----

const entry = ({ name, at, code }) => {
  const row = document.createElement("li");
  row.dataset.call = name;
  const details = row.appendChild(document.createElement("details"));
  const summary = details.appendChild(document.createElement("summary"));
  const time = summary.appendChild(document.createElement("time"));
  time.textContent = new Date(at).toLocaleTimeString("en-GB");
  summary.append(" ", name || "(no name)");
  details.appendChild(document.createElement("pre")).textContent = code;
  return row;
};

const show = (calls) => {
  find("list").replaceChildren(...calls.map(entry).reverse());
  find("count").textContent = calls.length;
  find("last").textContent = calls.at(-1)?.name ?? "";
};

const note = (name, params) => {
  const code = `cact('trigger', ${source(name)}, ${source(params)});`;
  const calls = [...fired(), { name: name.slice(0, 100), at: Date.now(), code: code.slice(0, LONGEST) }].slice(-KEPT);
  keepFired(calls);
  show(calls);
};

// ---- in between ----

const cact = window.cact;
window.cact = (command, name, params, ...rest) => {
  const given = broken ? brokenParams(name, params) : params;
  cact(command, name, given, ...rest);
  note(name, given);
};

find("clear").addEventListener("click", (event) => {
  event.preventDefault(); // do not fold the list
  keepFired([]);
  show([]);
});
show(fired());
