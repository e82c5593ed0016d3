// The manual: "/" focuses the search, a filter box hides rows of the table below it.
(() => {
  "use strict";
  const search = [...document.querySelectorAll("[data-search]")];

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea")) return;
    const box = search.find((input) => input.offsetParent);
    if (!box) return;
    event.preventDefault();
    box.focus();
  });

  for (const box of document.querySelectorAll("[data-filter-table]")) {
    const rows = [...document.querySelectorAll(`${box.dataset.filterTable} tbody tr`)];
    const nothing = box.parentElement.querySelector("[data-nothing]");
    const filter = () => {
      const wanted = box.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      nothing.hidden = rows.some((row) => !row.hidden);
    };
    box.parentElement.hidden = false;
    box.addEventListener("input", filter);
    filter(); // the browser may have restored the box's text
  }
})();
