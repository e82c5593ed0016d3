// Behaviour of every page: copy buttons, menus that close, times in the reader's time zone, and change events for
// form choices that were made before the page's scripts ran.
(() => {
  "use strict";

  // <button data-copy="#id"> copies the text of that element; data-copy-text holds the text itself.
  const copy = async (button) => {
    const source = button.dataset.copy && document.querySelector(button.dataset.copy);
    const text = source ? source.textContent : button.dataset.copyText;
    const word = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      if (source) getSelection().selectAllChildren(source); // so that Ctrl+C copies it
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = word), 1200);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy], [data-copy-text]");
    if (button) copy(button);
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const clock = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hour12: false,
  });
  const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  const short = new Intl.DateTimeFormat("en-GB", {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
  });
  const formats = { full, short };

  const localTimes = (root) => {
    const times = root.matches?.("time") ? [root] : root.querySelectorAll?.("time[datetime]") ?? [];
    for (const time of times) {
      const moment = new Date(time.dateTime);
      time.textContent = (formats[time.dataset.show] ?? clock).format(moment);
      time.title = full.format(moment);
    }
  };

  window.htmx.onLoad(localTimes);
  localTimes(document);

  // A choice made before the scripts ran, or restored by the browser after a step back in its history, fires a change
  // event now. At pageshow all scripts listen, and the browser has restored all fields.
  const chosen = (control) => {
    if (control.options) {
      const rendered = [...control.options].find((option) => option.defaultSelected) ?? control.options[0];
      return Boolean(rendered) && !rendered.selected;
    }
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    return control.defaultValue !== undefined && control.value !== control.defaultValue;
  };

  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) return; // from the back/forward cache: its scripts have handled all choices
    for (const form of document.forms) {
      if ([...form.elements].some(chosen)) form.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
})();
