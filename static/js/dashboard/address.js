// Keeps the filter and the selected event in the page's address, so that the address can be sent to a colleague.

import { filters, root, state } from "./state.js";

// The filter as a query string, without empty parameters.
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
