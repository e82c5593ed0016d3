// Keeps the filter and the selected event in the page's address, so that the address can be sent to a colleague.

import { root, state, timeline } from "./state.js";

// The query that the rows were loaded with, as a query string; what is in the box may not be readable yet.
export function filterQuery() {
  const { query, zone } = timeline.section.dataset;
  if (!query) return "";
  return new URLSearchParams(zone === "UTC" ? { query } : { query, zone }).toString();
}

export function writeAddress() {
  const query = new URLSearchParams(filterQuery());
  if (state.selected) query.set("event", state.selected);
  const text = query.toString();
  history.replaceState(history.state, "", text ? `${root.dataset.address}?${text}` : root.dataset.address);
  shareLinkTakes(text);
}

// The link to the share page carries the filter and the selected event.
export function shareLinkTakes(query) {
  const share = document.querySelector("a[data-share]");
  if (share) share.search = query;
}

// A link with data-with-filter gets the current filter when it is clicked.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-with-filter]");
  if (link) link.search = filterQuery();
});
