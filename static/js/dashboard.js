// The dashboard: holds timeline and live connection together; filters, selection, pause and keys.

import { Live } from "./dashboard/live.js";
import { Timeline } from "./dashboard/timeline.js";

const root = document.getElementById("dashboard");
const filters = document.getElementById("filters");
const detail = document.getElementById("detail");
const jump = document.getElementById("jump");
const pause = document.querySelector("[data-pause]");
const status = document.getElementById("status");

const timeline = new Timeline(Number(root.dataset.maxRows));
let paused = false;
let stopped = root.dataset.stopped === "true"; // the recording takes no events
let waiting = 0; // events that the rows do not show yet
let following = timeline.attached; // the person is at the end and wants to stay there
let selected = Number(new URLSearchParams(location.search).get("event")) || null;

const title = document.title;
const SIGNS = { invalid: "✕", warning: "⚠", valid: "✓" };
const STATES = {
  live: "● live",
  paused: "❚❚ paused",
  stopped: "■ stopped",
  polling: "◌ polling: no socket",
  reconnecting: "○ reconnecting…",
  gone: "✕ this recording was deleted",
  ended: "✕ this link has ended",
  refused: "✕ the live connection was refused",
  login: "✕ you are logged out",
};

// The filter as the address carries it: without what is empty.
function filterQuery() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(filters)) if (value !== "" || name === "name") query.append(name, value);
  return query.toString();
}

const live = new Live(root, {
  cursor: timeline.renderedUpTo,
  changes: timeline.renderedChanges,
  query: filterQuery,
  beforeNews,
  onNews,
  onState: showState,
});

function showState(state) {
  const shown = state !== "live" ? state : stopped ? "stopped" : paused ? "paused" : state;
  status.dataset.state = shown;
  status.textContent = STATES[shown];
  for (const note of document.querySelectorAll("[data-gone]")) note.hidden = shown !== "gone";
  if (shown === "ended") location.reload(); // what was shared is nobody's to read any more
  if (shown === "login") status.append(" · ", loginLink());
}

function loginLink() {
  const link = document.createElement("a");
  link.href = `/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Log in";
  return link;
}

// Somebody stopped or resumed the recording, here or elsewhere.
function showStopped(now) {
  stopped = now;
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "stopped") !== stopped;
  showState(live.open ? "live" : status.dataset.state);
}

// Rows flow while the person watches the end; otherwise they wait on the server, and nothing is lost.
function flow() {
  const wanted = following && !paused && timeline.attached;
  if (wanted) waiting = 0;
  if (wanted && live.held) live.follow();
  if (!wanted) live.hold();
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Resume" : "Pause";
  showJump();
}

// Asked before the rows come in: whoever has scrolled away since the last look is not pulled back.
function beforeNews() {
  if (following && !live.held && !timeline.atEnd) {
    following = false;
    flow();
  }
}

function onNews(news) {
  for (const [name, [total, verdict]] of Object.entries(news.types)) writeType(name, total, verdict);
  for (const verdict of Object.keys(SIGNS)) {
    const count = document.querySelector(`#counts [data-count="${verdict}"]`).textContent;
    filters.querySelector(`[data-verdict-count="${verdict}"]`).textContent = count;
  }
  if (news.stopped !== stopped) showStopped(news.stopped);
  const changed = timeline.apply(news);
  if (changed.includes(selected)) show(selected);
  // Seen from another tab: how many events of this recording are invalid.
  const invalid = document.querySelector("#counts [data-count=invalid]").textContent;
  document.title = invalid === "0" ? title : `✕ ${invalid} · ${title}`;
  if (following && !live.held) {
    timeline.trimStart();
    timeline.toEnd();
  }
  waiting = news.waiting;
  showJump();
}

function writeType(name, total, verdict) {
  const count = filters.querySelector(`[data-type-count="${CSS.escape(name)}"]`);
  const sign = filters.querySelector(`[data-type-icon="${CSS.escape(name)}"]`);
  if (!count || !sign) return;
  count.textContent = total;
  sign.textContent = SIGNS[verdict];
  sign.className = `verdict ${verdict}`;
}

// A list of event types that was on its way while a person chose one does not undo the choice.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id !== "types") return;
  const chosen = new Set(new FormData(filters).getAll("name"));
  for (const box of detail.fragment.querySelectorAll("input[name=name]")) box.toggleAttribute("checked", chosen.has(box.value));
});

// Links that take the filter with them.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-with-filter]");
  if (link) link.search = filterQuery();
});

function showJump() {
  jump.hidden = following && !paused;
  jump.querySelector("[data-jump-text]").textContent = waiting ? `${waiting} new` : "Newest";
}

// --- scrolling ---

document.addEventListener("scroll", (event) => {
  if (event.target !== timeline.section) return;
  const atEnd = timeline.atEnd && timeline.attached;
  if (atEnd === following) return;
  following = atEnd;
  flow();
}, { capture: true, passive: true });

// A wheel or finger that goes up wins over rows that arrive: without this a busy timeline could not be left.
document.addEventListener("wheel", (event) => event.deltaY < 0 && leaveEnd(event), { passive: true });
document.addEventListener("touchmove", (event) => leaveEnd(event), { passive: true });

function leaveEnd(event) {
  const { section } = timeline;
  if (!following || !section.contains(event.target) || section.scrollHeight <= section.clientHeight) return;
  following = false;
  flow();
}

// A pane that changes its size (the event opens, the window shrinks) must not look like scrolling away.
new ResizeObserver(() => following && timeline.toEnd()).observe(document.querySelector(".middle"));

jump.addEventListener("click", () => {
  following = true;
  paused = false;
  if (timeline.attached) {
    timeline.toEnd();
    flow();
  } else {
    reload();
  }
});

pause.addEventListener("click", togglePause);

function togglePause() {
  paused = !paused;
  flow();
  showState(live.open ? "live" : status.dataset.state);
}

function reload() {
  window.htmx.trigger(filters, "submit");
}

// Scrolling loads older or newer rows: the request says from where, with the filter as it is.
document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  if (elt.id !== "older" && elt.id !== "newer") return;
  for (const [name, value] of new URLSearchParams(filterQuery())) parameters.append(name, value);
  if (elt.id === "older") parameters.set("before", timeline.first?.dataset.seq ?? 0);
  else parameters.set("after", timeline.last?.dataset.seq ?? 0);
});

let heightBefore = 0;

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id === "older") heightBefore = timeline.section.scrollHeight - timeline.section.scrollTop;
});

let handled = null; // htmx tells of a swap once for every element that it brought: the first time is enough

document.addEventListener("htmx:afterSwap", ({ detail: { requestConfig, xhr } }) => {
  if (!xhr || xhr === handled) return;
  handled = xhr;
  const id = requestConfig?.elt.id;
  if (id === "older") {
    timeline.mergeHeaders();
    timeline.section.scrollTop = timeline.section.scrollHeight - heightBefore; // what the person reads stays put
    timeline.trimEnd();
    flow();
  } else if (id === "newer") {
    const end = document.querySelector("#newer[data-end]");
    timeline.trimStart();
    if (end) {
      live.cursor = Number(end.dataset.cursor);
      end.remove();
      following = timeline.atEnd;
    }
    flow();
  } else if (id === "filters") {
    filtersApplied();
  }
  mark();
});

// --- filters ---

function filtersApplied() {
  following = true;
  document.querySelector("[data-clear-filters]").hidden = filterQuery() === "";
  writeAddress();
  timeline.toEnd();
  live.follow(timeline.renderedUpTo, timeline.renderedChanges);
  if (paused) live.hold();
  waiting = 0;
  showJump();
}

document.querySelector("[data-clear-filters]").addEventListener("click", () => {
  for (const box of filters.querySelectorAll("input[type=checkbox]")) box.checked = false;
  document.getElementById("search").value = "";
  reload();
});

// Everything has an address that can be sent to a colleague.
function writeAddress() {
  const query = new URLSearchParams(filterQuery());
  if (selected) query.set("event", selected);
  const text = query.toString();
  history.replaceState(history.state, "", text ? `${root.dataset.address}?${text}` : root.dataset.address);
  takeAlong(text);
}

// Sharing starts with what is looked at.
function takeAlong(query) {
  const share = document.querySelector("a[data-share]");
  if (share) share.search = query;
}

// --- selection ---

document.addEventListener("click", (event) => {
  const row = event.target.closest("a.row");
  if (row && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    select(Number(row.dataset.seq));
  }
  if (event.target.closest("[data-close-event]")) {
    event.preventDefault();
    close();
  }
});

function select(seq) {
  selected = seq;
  mark();
  writeAddress();
  root.classList.add("has-event");
  show(seq).then(() => { detail.scrollTop = 0; });
}

// The event beside the timeline, with the tab that was open before.
function show(seq) {
  const tab = detail.querySelector("input[name=tab]:checked")?.value;
  return window.htmx.ajax("GET", `${root.dataset.address}events/${seq}/`, { target: detail, swap: "innerHTML" }).then(() => {
    if (tab) detail.querySelector(`input[name=tab][value="${tab}"]`)?.click();
  });
}

function close() {
  selected = null;
  mark();
  writeAddress();
  root.classList.remove("has-event");
}

function mark() {
  for (const row of document.querySelectorAll("a.row[aria-current]")) row.removeAttribute("aria-current");
  const row = selected && timeline.row(selected);
  row?.setAttribute("aria-current", "true");
  return row;
}

function step(by) {
  const rows = [...timeline.rows];
  const at = rows.findIndex((row) => Number(row.dataset.seq) === selected);
  const next = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
  if (!next) return;
  select(Number(next.dataset.seq));
  next.scrollIntoView({ block: "nearest" });
}

// --- keys ---

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

takeAlong(location.search);
if (following) timeline.toEnd();
flow();
mark()?.scrollIntoView({ block: "center" });
document.documentElement.dataset.ready = "1";
