// The selected event: marks its row, and shows it beside the timeline.

import { writeAddress } from "./address.js";
import { root, state, timeline } from "./state.js";

const detail = document.getElementById("detail");

export function select(seq) {
  state.selected = seq;
  mark();
  writeAddress();
  root.classList.add("has-event");
  show(seq).then(() => { detail.scrollTop = 0; });
}

// Load the event, and open the tab that was open before.
export function show(seq) {
  const tab = detail.querySelector("input[name=tab]:checked")?.value;
  return window.htmx.ajax("GET", `${root.dataset.address}events/${seq}/`, { target: detail, swap: "innerHTML" }).then(() => {
    if (tab) detail.querySelector(`input[name=tab][value="${tab}"]`)?.click();
  });
}

export function close() {
  state.selected = null;
  mark();
  writeAddress();
  root.classList.remove("has-event");
}

// Mark the selected event's row, where it is in the page; returns the row.
export function mark() {
  for (const row of document.querySelectorAll("a.row[aria-current]")) row.removeAttribute("aria-current");
  const row = state.selected && timeline.row(state.selected);
  row?.setAttribute("aria-current", "true");
  return row;
}

// Select the row that is `by` rows further down.
export function step(by) {
  const rows = [...timeline.rows];
  const at = rows.findIndex((row) => Number(row.dataset.seq) === state.selected);
  const next = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
  if (!next) return;
  select(Number(next.dataset.seq));
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("a.row");
  if (row && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    select(Number(row.dataset.seq));
  }
  if (event.target.closest("[data-close-event]")) {
    event.preventDefault();
    close();
  }
});
