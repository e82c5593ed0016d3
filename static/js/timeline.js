// The rows in the page: a window onto the recording, at most `most` rows, that follows its end or stays where
// the person scrolled to.

const NEAR = 48; // pixels from the end that still count as being there

export class Timeline {
  constructor(most) {
    this.most = most;
  }

  // The section is replaced when a filter changes: look it up each time.
  get section() { return document.getElementById("timeline"); }
  get holder() { return document.getElementById("rows"); }
  get rows() { return this.holder.getElementsByClassName("row"); }
  get first() { return this.rows[0]; }
  get last() { return this.rows[this.rows.length - 1]; }
  get filtered() { return "filtered" in this.section.dataset; }

  // The sequence number that the server had reached when it rendered the section.
  get renderedUpTo() { return Number(this.section.dataset.cursor); }

  // False once rows at the end were let go because the person loaded older ones.
  get attached() { return !document.getElementById("newer"); }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.section;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd() { this.section.scrollTop = this.section.scrollHeight; }

  row(seq) { return document.getElementById(`event-${seq}`); }

  // Let the oldest rows go; the page header that the remaining ones belong to stays.
  trimStart() {
    const surplus = this.rows.length - this.most;
    if (surplus <= 0) return;
    const older = document.getElementById("older");
    const keep = this.rows[surplus];
    let header = null;
    for (let node = older.nextElementSibling; node && node !== keep;) {
      const next = node.nextElementSibling;
      if (node.classList.contains("page")) header = node;
      node.remove();
      node = next;
    }
    if (header) older.after(header);
    older.hidden = false;
  }

  // Let the newest rows go and leave a place from where they load again.
  trimEnd() {
    if (this.rows.length <= this.most) return;
    let node = this.rows[this.most - 1].nextElementSibling;
    while (node) {
      const next = node.nextElementSibling;
      node.remove();
      node = next;
    }
    const sentinel = document.createElement("div");
    sentinel.id = "newer";
    sentinel.className = "sentinel";
    sentinel.textContent = "newer events…";
    sentinel.setAttribute("hx-get", document.getElementById("older").getAttribute("hx-get"));
    sentinel.setAttribute("hx-trigger", "intersect once root:#timeline");
    sentinel.setAttribute("hx-swap", "outerHTML");
    this.holder.append(sentinel);
    window.htmx.process(sentinel);
  }

  // Older rows came in above: a page header that now stands twice for the same page goes.
  mergeHeaders() {
    let page = null;
    for (const header of this.holder.querySelectorAll(".page")) {
      if (header.dataset.page === page) header.remove();
      page = header.dataset.page;
    }
  }

  // Write what a frame says about rows that stand here already.
  apply({ pages, gaps }) {
    for (const [page, received] of Object.entries(pages)) {
      const text = `${received} event${received === 1 ? "" : "s"}`;
      for (const count of this.holder.getElementsByClassName(`page-count-${page}`)) count.textContent = text;
    }
    for (const [seq, gap] of gaps) {
      const place = document.getElementById(`gap-${seq}`);
      if (place && !gap) place.remove();
      else if (place) place.lastChild.textContent = gapText(gap);
    }
  }
}

function gapText([first, last]) {
  const which = first === last ? `event ${first}` : `events ${first}–${last}`;
  return ` ${which} of this page never arrived`;
}
