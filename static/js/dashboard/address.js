// The page's address carries the filter and the selected event, so that it can be sent to a colleague.

import { filters, root, state } from "./state.js";

// The filter as the address carries it: without what is empty.
export function filterQuery() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(filters)) if (value !== "" || name === "name") query.append(name, value);
  return query.toString();
}

export function writeAddress() {
  const query = new URLSearchParams(filterQuery());
  if (state.selected) query.set("event", state.selected);
  const text = query.toString();
  history.replaceState(history.state, "", text ? `${root.dataset.address}?${text}` : root.dataset.address);
  shareLinkTakes(text);
}

// Sharing starts with what is looked at.
export function shareLinkTakes(query) {
  const share = document.querySelector("a[data-share]");
  if (share) share.search = query;
}

// Links that take the filter with them.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-with-filter]");
  if (link) link.search = filterQuery();
});
