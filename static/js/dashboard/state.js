// Shared by the dashboard's modules: elements of the page, the timeline's rows, and one state object.

import { Timeline } from "./timeline.js";

export const root = document.getElementById("dashboard");
export const filters = document.getElementById("filters");
export const timeline = new Timeline(Number(root.dataset.maxRows));

export const SIGNS = { invalid: "✕", warning: "⚠", valid: "✓" };

export const state = {
  paused: false, // the person has stopped the rows
  stopped: root.dataset.stopped === "true", // the recording takes no events
  muted: Number(root.dataset.muted), // the groups of findings that are switched off, as a bitmask
  waiting: 0, // events that the rows do not show yet
  following: timeline.attached, // the person is at the end and wants to stay there
  selected: Number(new URLSearchParams(location.search).get("event")) || null, // the open event's number
  heightBefore: 0, // pixels from the first row in view to the end, before older rows come in
  handledSwap: null, // the request whose swap was handled last
};
