// What a frame of the live connection says, shown everywhere in the page.

import { showCounts } from "./filters.js";
import { showJump, stayAtEnd } from "./following.js";
import { show } from "./selection.js";
import { state, timeline } from "./state.js";
import { showStopped } from "./status.js";

const title = document.title;

// The frame's rows are in the page already.
export function showNews(news) {
  showCounts(news.types);
  if (news.stopped !== state.stopped) showStopped(news.stopped);
  if (timeline.apply(news).includes(state.selected)) show(state.selected);
  showTitle();
  stayAtEnd();
  state.waiting = news.waiting;
  showJump();
}

// Seen from another tab: how many events of this recording are invalid.
function showTitle() {
  const invalid = document.querySelector("#counts [data-count=invalid]").textContent;
  document.title = invalid === "0" ? title : `✕ ${invalid} · ${title}`;
}
