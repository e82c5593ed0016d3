// The sidebar's filter: a query, into which the ticks at verdicts and event types are written.

import { filterQuery, writeAddress } from "./address.js";
import { live } from "./connection.js";
import { showJump } from "./following.js";
import { clearQuery, queryApplied, showTicks } from "./query.js";
import { filters, SIGNS, state, timeline } from "./state.js";

const clear = document.querySelector("[data-clear-filters]");

// Called after the timeline was loaded with a new filter.
export function filtersApplied() {
  state.following = true;
  queryApplied();
  clear.hidden = filterQuery() === "";
  writeAddress();
  timeline.toEnd();
  live.follow(timeline.renderedUpTo, timeline.renderedChanges);
  if (state.paused) live.hold();
  state.waiting = 0;
  showJump();
}

// `types` is [total, gravest verdict] by event name.
export function showCounts(types) {
  for (const [name, [total, verdict]] of Object.entries(types)) showType(name, total, verdict);
  for (const verdict of Object.keys(SIGNS)) {
    const count = document.querySelector(`#counts [data-count="${verdict}"]`).textContent;
    filters.querySelector(`[data-verdict-count="${verdict}"]`).textContent = count;
  }
}

// `groups` is [findings, whether muted] by group.
export function showGroups(groups) {
  for (const [group, [findings, muted]] of Object.entries(groups)) {
    const line = filters.querySelector(`[data-group="${group}"]`);
    line.querySelector("[data-group-count]").textContent = findings;
    line.classList.toggle("off", muted);
    if (line.matches("button")) {
      line.setAttribute("aria-checked", String(!muted));
      line.name = muted ? "unmute" : "mute";
    } else line.querySelector("[data-group-muted]").hidden = !muted;
  }
}

function showType(name, total, verdict) {
  const count = filters.querySelector(`[data-type-count="${CSS.escape(name)}"]`);
  const sign = filters.querySelector(`[data-type-icon="${CSS.escape(name)}"]`);
  if (!count || !sign) return;
  count.textContent = total;
  sign.textContent = SIGNS[verdict];
  sign.className = `verdict ${verdict}`;
}

// A list of event types that was requested before a choice does not undo the choice.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id !== "types") return;
  const chosen = new Set(new FormData(filters).getAll("name"));
  for (const box of detail.fragment.querySelectorAll("input[name=name]")) box.toggleAttribute("checked", chosen.has(box.value));
});

// Names that the list lacked when the query was read get their ticks with it.
document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
  if (detail.target.id === "types") showTicks(JSON.parse(timeline.section.dataset.ticks));
});

clear.addEventListener("click", clearQuery);
