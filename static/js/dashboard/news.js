// Shows the values of a live frame (counters, event types, changed rows) in the page.

import { showCounts } from "./filters.js";
import { showJump, stayAtEnd } from "./following.js";
import { show } from "./selection.js";
import { state, timeline } from "./state.js";
import { showStopped } from "./status.js";

const title = document.title;

// Called after the frame's rows were inserted.
export function showNews(news) {
  showCounts(news.types);
  if (news.stopped !== state.stopped) showStopped(news.stopped);
  if (timeline.apply(news).includes(state.selected)) show(state.selected);
  showTitle();
  stayAtEnd();
  state.waiting = news.waiting;
  showJump();
}

// The document's title shows the number of invalid events, for a person in another tab.
function showTitle() {
  const invalid = document.querySelector("#counts [data-count=invalid]").textContent;
  document.title = invalid === "0" ? title : `✕ ${invalid} · ${title}`;
}
