// Sets the chosen theme before the first paint, so that the other theme does not flash.
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
      // without storage the choice lasts until the page is closed
    }
  });
})();
