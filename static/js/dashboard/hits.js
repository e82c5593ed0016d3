// Marks what the query found, in rows and in the open event, by the browser's highlights: no element is added, so that
// a row stays as cheap as before. Browsers without them show no marks.

import { root, timeline } from "./state.js";

const MOST = 2000; // ranges: a flood of hits must not slow the page

const detail = document.getElementById("detail");
let waiting = 0;

export function markHits() {
  if (!globalThis.CSS?.highlights || waiting) return;
  waiting = requestAnimationFrame(() => {
    waiting = 0;
    const texts = JSON.parse(timeline.section.dataset.hits).map((text) => text.toLowerCase());
    CSS.highlights.delete("hit");
    if (!texts.length) return;
    const ranges = [];
    collect(timeline.holder, texts, ranges);
    if (root.classList.contains("has-event")) collect(detail, texts, ranges);
    CSS.highlights.set("hit", new Highlight(...ranges));
  });
}

function collect(place, texts, ranges) {
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < MOST; node = walker.nextNode()) {
    const content = node.data.toLowerCase();
    if (content.length !== node.data.length) continue; // a letter that becomes two: places would be wrong
    for (const text of texts) {
      for (let at = content.indexOf(text); at >= 0 && ranges.length < MOST; at = content.indexOf(text, at + text.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + text.length);
        ranges.push(range);
      }
    }
  }
}

document.addEventListener("htmx:afterSettle", markHits);
