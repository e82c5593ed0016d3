// The list of recordings: a key to search, one to rename, one to close.

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape") {
    const menu = target.closest("details[data-menu][open]");
    target.closest("tr.editing")?.querySelector("[data-cancel]").click();
    for (const open of document.querySelectorAll("details[data-menu][open]")) open.open = false;
    menu?.querySelector("summary").focus();
  }
  if (key === "F2") target.closest("tr.recording")?.querySelector("[data-edit]").click();
  if (key !== "/" || target.matches("input")) return;
  event.preventDefault();
  document.getElementById("search").focus();
});

// htmx has found everything that is its own: from here on keys and clicks do what they should.
window.htmx.onLoad(() => { document.documentElement.dataset.ready = "1"; });
