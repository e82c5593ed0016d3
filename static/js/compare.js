// Restores the open or closed state of the panel of rules after a filter or a rule has replaced the page's content.
(() => {
  "use strict";
  let open = false;
  document.addEventListener("htmx:beforeSwap", () => (open = document.querySelector("#rules")?.open ?? false));
  document.addEventListener("htmx:afterSwap", () => {
    const rules = document.querySelector("#rules");
    if (rules && open) rules.open = true;
  });
})();
