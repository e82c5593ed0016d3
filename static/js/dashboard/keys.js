// Keyboard shortcuts; _no_event.html lists them.

import { togglePause } from "./following.js";
import { close, step } from "./selection.js";

const KEYS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  p: togglePause,
  n: () => document.querySelector("[data-new]")?.requestSubmit(),
  "/": () => document.getElementById("search").focus(),
  Escape: close,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input[type=search], input[type=text], textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key.startsWith("Arrow") && event.target.matches("input")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
