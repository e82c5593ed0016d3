// Runs before the first paint, so that a chosen theme never flashes the other one.
(() => {
  "use strict";
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden
    }
  };
  const show = (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
  };
  show(chosen());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark"
      || (document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    const theme = dark ? "light" : "dark";
    show(theme);
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // then the choice lasts as long as the page
    }
  });
})();
