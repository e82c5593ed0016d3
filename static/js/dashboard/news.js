// Shows the values of a live frame (counters, event types, changed rows) in the page.

import { showCounts, showGroups } from "./filters.js";
import { showJump, stayAtEnd } from "./following.js";
import { markHits } from "./hits.js";
import { reloadRows } from "./loading.js";
import { count, countNews } from "./query.js";
import { show } from "./selection.js";
import { state, timeline } from "./state.js";
import { showStopped } from "./status.js";

const title = document.title;

// Called after the frame's rows were inserted.
export function showNews(news) {
  showCounts(news.types);
  showGroups(news.groups);
  if (news.stopped !== state.stopped) showStopped(news.stopped);
  if (timeline.apply(news).includes(state.selected)) show(state.selected);
  showTitle();
  stayAtEnd();
  countNews(news);
  markHits();
  state.waiting = news.waiting;
  showJump();
  if (news.muted !== state.muted) showMuting(news.muted);
}

// Groups of findings were switched off or on, in this page or another one: each row may have another verdict.
function showMuting(muted) {
  state.muted = muted;
  reloadRows().then(() => count());
  if (state.selected) show(state.selected);
}

// The document's title shows the number of invalid events, for a person in another tab.
function showTitle() {
  const invalid = document.querySelector("#counts [data-count=invalid]").textContent;
  document.title = invalid === "0" ? title : `✕ ${invalid} · ${title}`;
}
