// Following: requests new rows while the timeline is scrolled to its end and not paused; else they wait on the server.

import { live } from "./connection.js";
import { filters, state, timeline } from "./state.js";
import { showStateAgain } from "./status.js";

const jump = document.getElementById("jump");
const pause = document.querySelector("[data-pause]");

// Send follow or hold, as the state says; a later follow brings all rows that were held.
export function flow() {
  const wanted = state.following && !state.paused && timeline.attached;
  if (wanted) state.waiting = 0;
  if (wanted && live.held) live.follow();
  if (!wanted) live.hold();
  pause.setAttribute("aria-pressed", String(state.paused));
  pause.textContent = state.paused ? "Resume" : "Pause";
  showJump();
}

export function showJump() {
  jump.hidden = state.following && !state.paused;
  jump.querySelector("[data-jump-text]").textContent = state.waiting ? `${state.waiting} new` : "Newest";
}

export function togglePause() {
  state.paused = !state.paused;
  flow();
  showStateAgain();
}

// Called before rows are inserted: a person who has scrolled away meanwhile is not scrolled back.
export function leaveEndWhereScrolledAway() {
  if (state.following && !live.held && !timeline.atEnd) stopFollowing();
}

export function stayAtEnd() {
  if (!state.following || live.held) return;
  timeline.trimStart();
  timeline.toEnd();
}

function stopFollowing() {
  state.following = false;
  flow();
}

document.addEventListener("scroll", (event) => {
  if (event.target !== timeline.section) return;
  const atEnd = timeline.atEnd && timeline.attached;
  if (atEnd === state.following) return;
  state.following = atEnd;
  flow();
}, { capture: true, passive: true });

// Scrolling up by wheel or touch stops following at once: rows that arrive all the time would scroll back.
document.addEventListener("wheel", (event) => event.deltaY < 0 && leaveEnd(event), { passive: true });
document.addEventListener("touchmove", (event) => leaveEnd(event), { passive: true });

function leaveEnd(event) {
  const { section } = timeline;
  if (!state.following || !section.contains(event.target) || section.scrollHeight <= section.clientHeight) return;
  stopFollowing();
}

// A pane that changes its size (the event opens, the window shrinks) must not count as scrolling away.
new ResizeObserver(() => state.following && timeline.toEnd()).observe(document.querySelector(".middle"));

jump.addEventListener("click", () => {
  state.following = true;
  state.paused = false;
  if (timeline.attached) {
    timeline.toEnd();
    flow();
  } else {
    window.htmx.trigger(filters, "submit"); // reloads the newest rows
  }
});

pause.addEventListener("click", togglePause);
