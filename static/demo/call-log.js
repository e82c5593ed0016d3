// Wraps cact for the shop: breaks calls on request, and lists all calls at the foot of the page.

import { broken, fired, storeFired, required } from "./data.js";
import { source } from "./source.js";

const KEPT = 40;
const LONGEST = 6000;

const log = document.querySelector("[data-log]");
const find = (name) => log.querySelector(`[data-log-${name}]`);

// ---- break ----

/** Deletes the value at a JSON Pointer. */
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

const entry = ({ name, at, code, thrown }) => {
  const row = document.createElement("li");
  row.dataset.call = name;
  const details = row.appendChild(document.createElement("details"));
  const summary = details.appendChild(document.createElement("summary"));
  const time = summary.appendChild(document.createElement("time"));
  time.textContent = new Date(at).toLocaleTimeString("en-GB");
  summary.append(" ", name || "(no name)");
  details.appendChild(document.createElement("pre")).textContent = code;
  if (thrown) {
    const words = summary.appendChild(document.createElement("b"));
    words.className = "thrown";
    words.textContent = ` ✕ the container threw into the page: ${thrown}`;
  }
  return row;
};

const show = (calls) => {
  find("list").replaceChildren(...calls.map(entry).reverse());
  find("count").textContent = calls.length;
  find("last").textContent = calls.at(-1)?.name ?? "";
};

const note = (call) => {
  const calls = [...fired(), call].slice(-KEPT);
  storeFired(calls);
  show(calls);
};

// ---- wrap ----

/** Errors that the container threw into the page and that the list shows. */
export const listed = new WeakSet();

const cact = window.cact;
window.cact = (...given) => {
  const [command, name, params] = given;
  if (command !== "trigger") return cact(...given);
  if (broken) given[2] = brokenParams(name, params);
  // Formatted before the call: the container changes the parameters that it gets.
  const code = `cact('trigger', ${source(name)}, ${source(given[2])});`.slice(0, LONGEST);
  const call = { name: String(name ?? "").slice(0, 100), at: Date.now(), code };
  try {
    cact(...given);
  } catch (error) {
    call.thrown = String(error).split("\n")[0];
    listed.add(error);
    throw error;
  } finally {
    note(call);
  }
};

find("clear").addEventListener("click", (event) => {
  event.preventDefault(); // keeps the list open
  storeFired([]);
  show([]);
});
show(fired());
