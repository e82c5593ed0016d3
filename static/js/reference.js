// The filter box of the reference's overview: hides the rows that do not contain its text.
(() => {
  "use strict";
  const box = document.querySelector("[data-filter-box]");
  const input = box.querySelector("[data-filter]");
  const sections = [...document.querySelectorAll("[data-filtered]")];
  const nothing = document.querySelector("[data-nothing]");

  const filter = () => {
    const wanted = input.value.trim().toLowerCase();
    for (const section of sections) {
      const rows = [...section.querySelectorAll("tbody tr")];
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      section.hidden = rows.every((row) => row.hidden);
    }
    nothing.hidden = !sections.every((section) => section.hidden);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea")) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape" && event.target === input) {
      input.value = "";
      filter();
      input.blur();
    }
  });
  input.addEventListener("input", filter);
  box.hidden = false;
  filter(); // the browser may have restored the box's text
})();
