// The list of recordings: keyboard shortcuts to search, to rename and to close.

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

// htmx has processed the page: from now on keys and clicks work; tests wait for this mark.
window.htmx.onLoad(() => { document.documentElement.dataset.ready = "1"; });
