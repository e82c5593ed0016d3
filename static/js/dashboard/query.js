// The query box: says why a query cannot be read, counts its matches, and keeps the tick boxes and the query together.

import { live } from "./connection.js";
import { filters, timeline } from "./state.js";

const ERROR_AFTER = 300; // ms after the answer, 500 after the last key: a word that is being typed is no mistake yet
const MOST_PARTS = 10; // what takes longer is left at "so far": it is not worth more of the server's time
const COUNT_EVERY = 1000; // ms between two counts of a live recording

const box = document.getElementById("search");
const zone = filters.elements.zone;
const holder = box.closest(".query");
const message = document.getElementById("query-error");
const output = document.getElementById("match-count");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

let ticked = false; // the change that is sent comes from a tick box
let errorTimer = 0;
let countTimer = 0;
let counted = null; // {count, of, upto}: the matches so far
let asked = 0;
let parts = 0; // counted one after the other, since the time of each is limited

box.addEventListener("input", () => {
  ticked = false;
  zone.value = own; // what is typed now means the times that this page shows
  showError(null);
});

filters.addEventListener("change", (event) => {
  ticked = event.target.type === "checkbox" || (event.target === filters && box.value === box.defaultValue);
});

// A query that was typed goes without the tick boxes, which show an earlier one; after a tick the server writes them
// into the query.
document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  if (elt !== filters) return;
  if (ticked) parameters.set("ticks", "1");
  else for (const name of ["name", "verdict"]) parameters.delete(name);
});

// The server answers a query that it cannot read with this event, and the rows stay.
document.addEventListener("unreadablequery", ({ detail }) => {
  clearTimeout(errorTimer);
  errorTimer = setTimeout(() => showError(detail), ERROR_AFTER);
});

// Called after the timeline was loaded with a new query.
export function queryApplied() {
  const { query, ticks } = timeline.section.dataset;
  if (ticked) box.value = query;
  ticked = false;
  showError(null);
  showTicks(JSON.parse(ticks));
  count();
}

export function clearQuery() {
  box.value = "";
  ticked = false;
  window.htmx.trigger(filters, "submit");
}

export function showTicks(ticks) {
  for (const pick of filters.querySelectorAll("input[name=name], input[name=verdict]")) {
    pick.checked = ticks[pick.name].includes(pick.value);
  }
}

function showError(error) {
  clearTimeout(errorTimer);
  message.hidden = !error;
  box.setAttribute("aria-invalid", String(Boolean(error)));
  message.replaceChildren();
  if (!error) return;
  if (error.position) {
    const { start, end } = error.position;
    const quote = message.appendChild(document.createElement("span"));
    quote.className = "query-quote";
    const word = document.createElement("mark");
    word.textContent = box.value.slice(start, end);
    const before = box.value.slice(Math.max(start - 20, 0), start);
    quote.append(start > 20 ? `…${before}` : before, word, box.value.slice(end, end + 20));
  }
  message.append(error.message);
  box.dispatchEvent(new Event("explained")); // completions would cover the message
}

// Count the matches anew, or those of the events after the last count; several parts where the time of one was over.
export async function count(anew = true) {
  clearTimeout(countTimer);
  if (anew) {
    counted = null;
    parts = 0;
  }
  asked += 1;
  const ask = asked;
  if (!timeline.filtered) {
    output.textContent = "";
    return;
  }
  const { query, zone: inZone } = timeline.section.dataset;
  const asking = new URLSearchParams({ query, zone: inZone, after: counted?.upto ?? 0 });
  try {
    const answer = await fetch(`${holder.dataset.matches}?${asking}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || ask !== asked) return;
    const { count: more, of, upto, whole } = await answer.json();
    if (ask !== asked) return;
    counted = { count: (counted?.count ?? 0) + more, of, upto };
    const number = new Intl.NumberFormat("en-GB");
    const all = number.format(whole ? of : upto);
    output.textContent = `${number.format(counted.count)} of ${all}${whole ? "" : " so far"}`;
    parts = whole ? 0 : parts + 1;
    if (!whole && parts < MOST_PARTS) countTimer = setTimeout(() => count(false), COUNT_EVERY);
  } catch {
    // the next frame counts again
  }
}

// Called after each live frame.
export function countNews({ gone }) {
  if (!timeline.filtered) return;
  const changed = gone.length > 0 || document.getElementById("changed").content.childElementCount > 0;
  if (!changed && counted && counted.upto >= live.cursor) return;
  clearTimeout(countTimer);
  countTimer = setTimeout(() => count(changed), COUNT_EVERY);
}
