// The share page: the preview follows the choices, and a click in it opens an event as the other person would.

const form = document.getElementById("share");
const section = document.querySelector("[data-preview]");
const address = section.dataset.preview;

// The choices as they stand; the password and the form's own token are nobody's to see in an address.
function choices() {
  const chosen = new FormData(form);
  for (const name of ["password", "csrfmiddlewaretoken", "label", "days"]) chosen.delete(name);
  return new URLSearchParams(chosen).toString();
}

// The section syncs its requests: what was asked for last is what stays.
function show(path, target, swap) {
  const request = window.htmx.ajax("GET", `${address}${path}?${choices()}`, { source: section, target, swap });
  request.catch(() => {}); // one that a newer one replaced; htmx itself says what failed
}

// Of all that is chosen, or of one thing alone: then only where the preview shows it.
form.addEventListener("change", ({ target }) => {
  if (target === form || ["what", "masked"].includes(target.name)) show("", "#preview", "outerHTML");
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-preview-rows] a.row");
  const close = event.target.closest("#preview-event [data-close-event], #preview-event .facts a");
  if (!row && !close) return;
  event.preventDefault();
  if (!row) return;
  for (const other of document.querySelectorAll("a.row[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  show(`events/${row.dataset.seq}/`, "#preview-event", "innerHTML");
});
