// Session replay player of one page load. Stored rrweb events may come from any client: they pass the sanitizer that
// the page used, and play in a frame without scripts, under a content security policy without requests.

import clean from "../shim/clean.js";

const screen = document.getElementById("screen");
const play = document.querySelector("[data-play]");
const scrub = document.querySelector("[data-scrub]");
const clock = document.querySelector("[data-clock]");
const note = document.querySelector("[data-note]");
const marks = [...document.querySelectorAll(".strip-mark")];

const RULES = [
  "rr-box { display: inline-block; max-width: 100%; background: rgb(128 128 128 / .22) !important }",
  "rr-off { display: none !important }",
];
const MARK = 15; // width of a mark in pixels
const asIs = (text) => text;
const sieve = clean(asIs, asIs);

let events = [];
let last = 0; // number of the part that was loaded last
let replayer = null;
let wanted = Date.parse(marks.find(({ dataset }) => dataset.seq === asked())?.dataset.at); // a moment by the page's clock
let playing = false;
let size = { width: 1, height: 1 };

function asked() {
  return new URLSearchParams(location.search).get("event");
}

const start = () => events[0].timestamp;
const firstPicture = () => events.find(({ type }) => type === 2).timestamp - start();
const length = () => events[events.length - 1].timestamp - start();

// ---- reading ----

async function read() {
  for (;;) {
    const answer = await fetch(`${screen.dataset.parts}?after=${last}`, { credentials: "same-origin" });
    if (!answer.ok) return;
    const { parts, last: reached } = await answer.json();
    if (!parts.length) return;
    last = reached;
    events.push(...parts.flat().map(sieveOne).filter(Boolean));
    events.sort((one, other) => one.timestamp - other.timestamp);
  }
}

function sieveOne(event) {
  try {
    return sieve(event);
  } catch {
    return null; // not an rrweb event
  }
}

// Drops the events before the first full snapshot: rrweb cannot apply them.
function trim() {
  const first = events.findIndex(({ type }) => type === 2);
  if (first < 0) events = [];
  else if (events[first - 1]?.type === 4) events = events.slice(first - 1);
  else events = [{ type: 4, data: { href: "about:blank", width: 1280, height: 800 }, timestamp: events[first].timestamp }, ...events.slice(first)];
}

// ---- showing ----

function build() {
  replayer?.destroy();
  screen.replaceChildren();
  replayer = new window.rrwebReplay.Replayer(events, {
    root: screen,
    mouseTail: false,
    showWarning: false,
    triggerFocus: false,
    pauseAnimation: true,
    insertStyleRules: RULES,
    useVirtualDom: true,
  });
  replayer.iframe.inert = true;
  replayer.iframe.title = "The page as it was";
  replayer.on("resize", ({ width, height }) => fit({ width, height }));
  replayer.on("finish", () => pause());
  const { width, height } = events[0].data;
  fit({ width, height });
}

function fit(now = size) {
  size = now;
  const scale = Math.min(1, screen.clientWidth / size.width, screen.clientHeight / size.height);
  const holder = screen.firstElementChild;
  if (!holder) return;
  holder.style.transform = `scale(${scale})`;
  holder.style.left = `${Math.max(0, (screen.clientWidth - size.width * scale) / 2)}px`;
}

const at = () => Math.min(Math.max(replayer.getCurrentTime(), 0), length());

function show() {
  const now = playing ? at() : Number(scrub.value);
  if (playing) scrub.value = now;
  clock.textContent = `${words(now)} / ${words(length())}`;
  if (playing) requestAnimationFrame(show);
}

function words(milliseconds) {
  const seconds = milliseconds / 1000;
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
}

function lay() {
  scrub.max = length();
  scrub.disabled = play.disabled = false;
  layMarks();
}

// Places the marks by time; a mark that would cover another one is placed beside it.
function layMarks() {
  const width = marks[0]?.parentElement.clientWidth ?? 0;
  let least = 0;
  for (const mark of marks) {
    const place = (Date.parse(mark.dataset.at) - start()) / Math.max(1, length());
    least = Math.max(least, Math.min(1, place) * width);
    mark.style.left = `${Math.min(least, width)}px`;
    least += MARK;
  }
}

function seek(offset) {
  const place = Math.min(Math.max(offset, 0), length());
  scrub.value = place;
  if (playing) replayer.play(place);
  else replayer.pause(Math.max(place, firstPicture() + 1)); // rrweb does not apply events at exactly this offset
  show();
}

function pause() {
  if (playing) replayer.pause();
  playing = false;
  play.textContent = "▶";
  play.setAttribute("aria-label", "Play");
}

function toggle() {
  if (playing) return pause();
  playing = true;
  play.textContent = "❚❚";
  play.setAttribute("aria-label", "Pause");
  const from = Number(scrub.value);
  replayer.play(from >= length() - 50 ? 0 : from);
  show();
}

// Seek to the moment of an event; where it lies outside the replay, to the nearest frame, with a notice.
async function showEvent(seq) {
  const mark = marks.find(({ dataset }) => dataset.seq === String(seq));
  for (const one of marks) one.toggleAttribute("aria-current", one === mark);
  if (!mark) return;
  pause();
  wanted = Date.parse(mark.dataset.at);
  if (wanted > start() + length()) await more();
  const offset = wanted - start();
  seek(offset);
  const far = (ms) => (Math.abs(ms) / 1000).toFixed(1);
  note.textContent = `#${seq} ${mark.title}: ` + (offset < -50 ? `the strip begins ${far(offset)} s after it`
    : offset > length() + 500 ? `the strip ends ${far(offset - length())} s before it`
    : "the page at its moment");
  document.documentElement.dataset.shown = seq;
}

// Poll for further parts: the recorded page may still be open.
async function more() {
  const before = events.length;
  await read();
  if (events.length === before) return;
  build();
  lay();
}

// ---- controls ----

play.addEventListener("click", toggle);
scrub.addEventListener("input", () => {
  note.textContent = "";
  seek(Number(scrub.value));
});
for (const mark of marks) {
  mark.addEventListener("click", () => {
    showEvent(mark.dataset.seq);
    if (parent !== window) parent.postMessage({ cactInspector: "select", seq: Number(mark.dataset.seq) }, location.origin);
  });
}
addEventListener("keydown", (event) => {
  if (event.key !== " " || event.target.closest("button, input")) return;
  event.preventDefault();
  toggle();
});
addEventListener("message", ({ origin, source, data }) => {
  if (origin === location.origin && source === parent && data?.cactInspector === "show") ready.then(() => showEvent(data.seq));
});
addEventListener("storage", ({ key, newValue }) => {
  if (key === "theme") document.documentElement.dataset.theme = newValue ?? "";
});
new ResizeObserver(() => {
  fit();
  if (events.length) layMarks();
}).observe(screen);

const ready = (async () => {
  await read();
  trim();
  if (!events.length) throw new Error("nothing to show");
  build();
  lay();
  note.textContent = "";
  seek(0);
  if (asked()) await showEvent(asked());
  document.documentElement.dataset.ready = "1";
})();
ready.catch(() => { note.textContent = "This strip cannot be played."; });
