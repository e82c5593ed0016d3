// The timeline's rows in the page: at most `most` consecutive rows of the recording, at its end or around the scroll
// position.

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

  // The number of the recording's last change that the rows show.
  get renderedChanges() { return Number(this.section.dataset.changes); }

  // False once rows at the end were removed because older ones were loaded.
  get attached() { return !document.getElementById("newer"); }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.section;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd() { this.section.scrollTop = this.section.scrollHeight; }

  // The number of the first row in view.
  get seqInView() {
    const top = this.section.getBoundingClientRect().top;
    const row = [...this.rows].find((one) => one.getBoundingClientRect().bottom > top);
    return row ? Number(row.dataset.seq) : null;
  }

  // The row with this number, else the next one.
  rowFrom(seq) { return this.row(seq) ?? this.#firstAfter(seq); }

  row(seq) { return document.getElementById(`event-${seq}`); }

  // Remove the oldest rows, but not the page header of the remaining ones.
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

  // Remove the newest rows, and insert an element that loads them again on scroll.
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

  // Older rows were inserted above: remove the second header of a page that has two now.
  mergeHeaders() {
    let page = null;
    for (const header of this.holder.querySelectorAll(".page")) {
      if (header.dataset.page === page) header.remove();
      page = header.dataset.page;
    }
  }

  // Update rows that a frame changes, and remove those that no longer match; returns their sequence numbers.
  apply({ pages, gaps, tails, gone }) {
    for (const [page, received] of Object.entries(pages)) {
      const text = `${received} event${received === 1 ? "" : "s"}`;
      for (const count of this.holder.getElementsByClassName(`page-count-${page}`)) count.textContent = text;
    }
    for (const [seq, gap] of gaps) {
      const place = document.getElementById(`gap-${seq}`);
      if (place && !gap) place.remove();
      else if (place) place.lastChild.textContent = gapText(gap);
    }
    for (const tail of tails) this.#tail(...tail);
    for (const seq of gone) this.row(seq)?.remove();
    const changed = [...document.getElementById("changed").content.querySelectorAll("a.row")];
    for (const row of changed) this.#replace(row);
    return changed.map((row) => Number(row.dataset.seq)).concat(gone);
  }

  // Replace a changed row, or insert it where it matches the filter only now.
  #replace(row) {
    const old = document.getElementById(row.id);
    if (old) {
      if (old.hasAttribute("aria-current")) row.setAttribute("aria-current", "true");
      old.replaceWith(row);
      return;
    }
    const seq = Number(row.dataset.seq);
    if (!this.filtered || !this.first || seq < Number(this.first.dataset.seq)) return;
    const next = this.#firstAfter(seq);
    if (next) next.before(row);
    else if (this.attached) this.holder.append(row);
  }

  // Show that the last events of a page load never arrived; "" as text removes the notice, since they did arrive.
  #tail(page, after, text) {
    document.getElementById(`tail-${page}`)?.remove();
    if (!text || !this.first) return;
    const next = this.#firstAfter(after);
    if (!next && !this.attached) return;
    const line = document.createElement("div");
    line.id = `tail-${page}`;
    line.className = "gap tail";
    line.setAttribute("role", "alert");
    line.dataset.after = after;
    const sign = line.appendChild(document.createElement("span"));
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = "✕";
    line.append(` ${text}`);
    if (next) this.#headOf(next).before(line);
    else this.holder.append(line);
  }

  #firstAfter(seq) {
    return [...this.rows].find((row) => Number(row.dataset.seq) > seq);
  }

  // The elements above a row that belong to it: its page's header, its gaps.
  #headOf(row) {
    let head = row;
    while (head.previousElementSibling?.matches(".page, .gap")) head = head.previousElementSibling;
    return head;
  }
}

function gapText([first, last]) {
  const which = first === last ? `event ${first}` : `events ${first}–${last}`;
  return ` ${which} of this page never arrived`;
}
