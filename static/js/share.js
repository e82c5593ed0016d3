// The share page: updates the preview after each choice; a click in the preview opens an event as the link would.

const form = document.getElementById("share");
const section = document.querySelector("[data-preview]");
const address = section.dataset.preview;

// The form's choices for the preview as a query string; the password and the CSRF token must not be in an address.
function choices() {
  const chosen = new FormData(form);
  for (const name of ["password", "csrfmiddlewaretoken", "label", "days"]) chosen.delete(name);
  return new URLSearchParams(chosen).toString();
}

// The section has hx-sync: the latest request replaces a running one.
function show(path, target, swap) {
  const request = window.htmx.ajax("GET", `${address}${path}?${choices()}`, { source: section, target, swap });
  request.catch(() => {}); // rejected where a newer request replaced it; htmx itself reports failures
}

// Updates the preview when the form was restored, or a choice changed that the preview depends on.
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
