// Completion of the query: a list under the box, after the combobox pattern. Nothing is chosen at first, so that Enter
// applies what is written.

import { filters } from "./state.js";

const box = document.getElementById("search");
const list = document.getElementById("completions");
const { complete } = box.closest(".query").dataset;

let found = null; // {start, end, offers} of the text that is shown
let chosen = -1;
let asked = 0;

async function open() {
  asked += 1;
  const ask = asked;
  const asking = new URLSearchParams({ query: box.value, at: box.selectionStart });
  try {
    const answer = await fetch(`${complete}?${asking}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || ask !== asked || document.activeElement !== box) return;
    found = await answer.json();
  } catch {
    return;
  }
  if (ask === asked) show();
}

function show() {
  chosen = -1;
  list.replaceChildren(...found.offers.map(item));
  list.hidden = found.offers.length === 0;
  const { left, bottom } = box.getBoundingClientRect(); // fixed: the pane that scrolls would cut it off
  list.style.left = `${left}px`;
  list.style.top = `${bottom + 2}px`;
  mark();
}

function item({ text, count, note }, place) {
  const line = document.createElement("li");
  line.id = `completion-${place}`;
  line.setAttribute("role", "option");
  const value = line.appendChild(document.createElement("span"));
  value.textContent = text;
  const more = line.appendChild(document.createElement("span"));
  more.className = "count";
  more.textContent = note || (count ?? "");
  line.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the box keeps the focus
    take(place);
  });
  return line;
}

function close() {
  asked += 1;
  found = null;
  list.hidden = true;
  mark();
}

function mark() {
  for (const [place, line] of [...list.children].entries()) line.setAttribute("aria-selected", String(place === chosen));
  box.setAttribute("aria-expanded", String(!list.hidden));
  if (chosen < 0 || list.hidden) box.removeAttribute("aria-activedescendant");
  else {
    box.setAttribute("aria-activedescendant", `completion-${chosen}`);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }
}

function take(place) {
  const { start, end, offers } = found;
  const { text } = offers[place];
  const more = /[:.]$/.test(text) ? "" : " ";
  box.setRangeText(text + (box.value[end] === " " ? "" : more), start, end, "end");
  close();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  if (!more) open();
}

box.addEventListener("input", (event) => event.inputType && open());
box.addEventListener("blur", close);
box.addEventListener("explained", close);
box.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isOpen = !list.hidden;
  if (event.key === "ArrowDown" && !isOpen) open();
  else if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const most = list.children.length;
    chosen = event.key === "ArrowDown" ? (chosen + 1) % most : (chosen <= 0 ? most : chosen) - 1;
    mark();
  } else if (isOpen && chosen >= 0 && (event.key === "Enter" || event.key === "Tab")) take(chosen);
  else if (isOpen && event.key === "Escape") {
    close();
    event.stopPropagation();
  } else if (event.key === "Enter") {
    close();
    event.preventDefault();
    window.htmx.trigger(filters, "submit");
    return;
  } else return;
  event.preventDefault();
});
