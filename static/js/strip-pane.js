// The replay pane beside the timeline: a frame with the player of the selected event's page load.

const root = document.getElementById("dashboard");
const detail = document.getElementById("detail");
const pane = document.getElementById("strip");
const button = document.querySelector("[data-strip-switch]");
const frame = pane.querySelector("iframe");
const word = pane.querySelector("[data-strip-word]");
const help = pane.querySelector("[data-strip-help]");
const KEY = "strip";

let shown = ""; // the page load in the frame

const remembered = () => {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false; // storage may be forbidden
  }
};

function open(on) {
  pane.hidden = !on;
  root.classList.toggle("has-strip", on);
  button.setAttribute("aria-pressed", String(on));
  if (on) show();
}

function toggle() {
  open(pane.hidden);
  try {
    localStorage.setItem(KEY, pane.hidden ? "0" : "1");
  } catch {
    // without storage the choice lasts until the page is closed
  }
}

function show() {
  if (pane.hidden) return;
  const event = root.classList.contains("has-event") && detail.querySelector("article.event");
  const load = event ? event.dataset.pageLoad : "";
  frame.hidden = !load;
  word.hidden = help.hidden = Boolean(load);
  if (!load) {
    shown = "";
    word.textContent = event ? "This event came from no page: a server, an app, a container or a pixel sent it."
      : "Choose an event to see the page as it was at that moment.";
    return;
  }
  const plays = load === shown && frame.contentDocument?.getElementById("screen");
  shown = load;
  if (plays) frame.contentWindow.postMessage({ cactInspector: "show", seq: Number(event.dataset.event) }, location.origin);
  else frame.contentWindow.location.replace(`${pane.dataset.address}${load}/?event=${event.dataset.event}`); // adds no history entry
}

button.addEventListener("click", toggle);

document.addEventListener("keydown", (event) => {
  if (event.key !== "v" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input[type=search], input[type=text], textarea, select")) return;
  toggle();
});

document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => target === detail && show());

// A click on a mark in the player selects its event in the timeline.
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== frame.contentWindow || data?.cactInspector !== "select") return;
  const row = document.getElementById(`event-${data.seq}`);
  if (row) row.click();
  else location.assign(`${root.dataset.address}?event=${Number(data.seq)}`);
});

open(remembered());
