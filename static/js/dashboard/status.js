// The status word in the bar: the state of the live connection and of the recording.

import { live } from "./connection.js";
import { state } from "./state.js";

const status = document.getElementById("status");
const WORDS = {
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

// `connection` is a state of the live connection.
export function showState(connection) {
  const shown = connection !== "live" ? connection : state.stopped ? "stopped" : state.paused ? "paused" : "live";
  status.dataset.state = shown;
  status.textContent = WORDS[shown];
  for (const note of document.querySelectorAll("[data-gone]")) note.hidden = shown !== "gone";
  if (shown === "ended") location.reload(); // the share has ended: its rows must leave the screen
  if (shown === "login") status.append(" · ", loginLink());
}

export function showStateAgain() {
  showState(live.open ? "live" : status.dataset.state);
}

// The recording was stopped or resumed, in this page or another one.
export function showStopped(stopped) {
  state.stopped = stopped;
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "stopped") !== stopped;
  showStateAgain();
}

function loginLink() {
  const link = document.createElement("a");
  link.href = `/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Log in";
  return link;
}
