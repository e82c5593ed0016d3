// Keeps the panel of rules as it was, open or closed, when a filter or a rule renews the page.
(() => {
  "use strict";
  let open = false;
  document.addEventListener("htmx:beforeSwap", () => (open = document.querySelector("#rules")?.open ?? false));
  document.addEventListener("htmx:afterSwap", () => {
    const rules = document.querySelector("#rules");
    if (rules && open) rules.open = true;
  });
})();
