// Loads rows on demand: older or newer ones on scroll, others after a change of the filter.

import { filterQuery } from "./address.js";
import { live } from "./connection.js";
import { filtersApplied } from "./filters.js";
import { flow } from "./following.js";
import { mark } from "./selection.js";
import { root, state, timeline } from "./state.js";

// The request carries the sequence number to load from, and the current filter.
document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  const sentinel = elt.closest("#older, #newer");
  if (!sentinel) return;
  for (const [name, value] of new URLSearchParams(filterQuery())) parameters.append(name, value);
  if (sentinel.id === "older") parameters.set("before", sentinel.dataset.before ?? timeline.first?.dataset.seq ?? 0);
  else parameters.set("after", timeline.last?.dataset.seq ?? 0);
});

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id === "older") state.heightBefore = timeline.section.scrollHeight - timeline.section.scrollTop;
});

const LOADED = { older: olderLoaded, newer: newerLoaded, filters: filtersApplied };

// htmx fires afterSwap once for each inserted element: only the first one is handled.
document.addEventListener("htmx:afterSwap", ({ detail: { requestConfig, xhr } }) => {
  if (!xhr || xhr === state.handledSwap || xhr.getResponseHeader("HX-Reswap") === "none") return;
  state.handledSwap = xhr;
  const id = requestConfig?.elt.matches("[data-further]") ? "older" : requestConfig?.elt.id;
  if (Object.hasOwn(LOADED, id)) LOADED[id]();
  mark();
});

// Load the rows anew. A person who is not at the end stays at the row that is in view.
export async function reloadRows() {
  const anchor = state.following ? null : timeline.seqInView;
  const query = new URLSearchParams(filterQuery());
  if (anchor) query.set("event", anchor);
  await window.htmx.ajax("GET", `${root.dataset.address}?${query}`, { target: "#timeline", swap: "outerHTML" });
  mark();
  live.follow(timeline.renderedUpTo, timeline.renderedChanges);
  if (state.following) timeline.toEnd();
  else timeline.rowFrom(anchor)?.scrollIntoView({ block: "start" });
  flow();
}

function olderLoaded() {
  timeline.mergeHeaders();
  timeline.section.scrollTop = timeline.section.scrollHeight - state.heightBefore; // the row in view keeps its place
  timeline.trimEnd();
  flow();
}

function newerLoaded() {
  const end = document.querySelector("#newer[data-end]");
  timeline.trimStart();
  if (end) {
    live.cursor = Number(end.dataset.cursor);
    end.remove();
    state.following = timeline.atEnd;
  }
  flow();
}
