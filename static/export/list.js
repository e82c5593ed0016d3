// The timeline: only the rows in sight are in the page, so that a hundred thousand of them scroll like ten.
// The dashboard draws the same rows by templates/inspector/_timeline_rows.jinja: change both.
(() => {
  "use strict";
  const file = (globalThis.recordingFile ??= {});

  const SPARE = 12; // rows beyond each edge, so that scrolling shows no white
  const MOST_PRINTED = 2000;
  const SIGNS = { invalid: "✕", warning: "⚠", valid: "✓", error: "✕", info: "i" };
  const clock = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hour12: false,
  });

  // An element with text alone in it: what a recording holds is hostile and never markup.
  const element = (tag, className = "", text = "", attributes = {}) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== "") made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  const sign = (verdict) => {
    const made = element("span", `verdict ${verdict}`);
    made.append(element("span", "", SIGNS[verdict] ?? "", { "aria-hidden": "true" }), element("span", "visually-hidden", verdict));
    return made;
  };

  const partsOf = (url) => {
    try {
      const { pathname, search, host } = new URL(url);
      return host ? [pathname, search, host] : [url, "", ""];
    } catch {
      return [url, "", ""];
    }
  };

  const range = ([first, last]) => (first === last ? `event ${first}` : `events ${first}–${last}`);

  const pageHeader = (page) => {
    const made = element("div", "page");
    if (!page) {
      made.append(element("span", "page-path", "Over HTTP"), element("span", "page-title", "from a server, an app, a container or a pixel"));
      return made;
    }
    const [path, query, host] = partsOf(page.url);
    const shown = element("span", "page-path", path, { title: page.url });
    shown.append(element("span", "page-query", query));
    made.append(shown, element("span", "page-title", page.title), element("span", "page-host", host));
    if (page.frame) made.append(element("span", "badge", "frame"));
    made.append(element("time", "", clock.format(new Date(page.started_at))), element("span", "page-count", `${page.count} event${page.count === 1 ? "" : "s"}`));
    return made;
  };

  const eventRow = (event) => {
    const row = element("a", `row ${event.verdict}`, "", { href: `#event=${event.seq}`, "data-seq": event.seq, tabindex: "-1" });
    const summary = element("span", "summary");
    for (const mark of event.marks) summary.append(element("span", "mark", mark), " ");
    summary.append(event.summary);
    if (event.more) summary.append(element("span", "more", ` +${event.more}`));
    row.append(element("time", "", clock.format(event.at)), element("span", "name", event.title), sign(event.verdict), summary);
    return row;
  };

  const makers = {
    page: (item) => pageHeader(item.page),
    gap: (item) => element("div", "gap", item.text),
    event: (item) => eventRow(item.event),
  };

  // What stands in the timeline for these events: a header where another page begins, and what never arrived.
  const itemsOf = (events, pages, whole) => {
    const items = [];
    const tails = whole ? [...pages.values()].filter((page) => page.tail_after !== null).sort((one, other) => one.tail_after - other.tail_after) : [];
    const tell = (before) => {
      while (tails.length && tails[0].tail_after < before) {
        const page = tails.shift();
        const last = page.missing.at(-1);
        if (last?.[1] !== page.last_n) continue;
        items.push({ kind: "gap", text: `${range(last)} of ${partsOf(page.url)[0] || "an earlier page"} never arrived` });
      }
    };
    let previous;
    for (const event of events) {
      tell(event.seq);
      if (event.page !== previous) items.push({ kind: "page", page: event.page });
      previous = event.page;
      const gap = whole && event.n !== null && event.page?.missing.find(([, last]) => last === event.n - 1);
      if (gap) items.push({ kind: "gap", text: `${range(gap)} of this page never arrived` });
      items.push({ kind: "event", event, page: event.page });
    }
    tell(Infinity);
    return items;
  };

  class List {
    constructor(section) {
      this.section = section;
      this.rows = section.querySelector("[data-rows]");
      this.sticky = section.querySelector("[data-sticky]");
      this.items = [];
      this.places = new Map(); // seq -> its item's number
      this.selected = null;
      section.addEventListener("scroll", () => this.later(), { passive: true });
      addEventListener("resize", () => this.later());
      addEventListener("beforeprint", () => this.print());
      addEventListener("afterprint", () => this.draw());
    }

    // Shows these items; the row in sight stays where it is when more follow it.
    show(items) {
      this.items = items;
      this.places = new Map();
      for (const [place, item] of items.entries()) if (item.kind === "event") this.places.set(item.event.seq, place);
      this.draw();
    }

    get height() {
      return parseFloat(getComputedStyle(this.section).getPropertyValue("--row")) || 26;
    }

    later() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = undefined;
        this.draw();
      });
    }

    draw() {
      const { height, section } = this;
      const first = Math.max(Math.floor(section.scrollTop / height) - SPARE, 0);
      const last = Math.min(Math.ceil((section.scrollTop + section.clientHeight) / height) + SPARE, this.items.length);
      this.rows.style.height = `${this.items.length * height}px`;
      this.rows.replaceChildren(...this.items.slice(first, last).map((item, index) => this.make(item, (first + index) * height)));
      const top = this.items[Math.floor(section.scrollTop / height)];
      this.sticky.replaceChildren(...(top ? [pageHeader(top.page ?? null)] : []));
      this.sticky.hidden = !top || top.kind === "page";
    }

    make(item, top) {
      const made = makers[item.kind](item);
      made.style.top = `${top}px`;
      if (item.kind === "event" && item.event.seq === this.selected) made.setAttribute("aria-current", "true");
      return made;
    }

    // All rows one below the other: paper does not scroll.
    print() {
      const shown = this.items.slice(0, MOST_PRINTED).map((item) => makers[item.kind](item));
      if (this.items.length > MOST_PRINTED) {
        shown.push(element("div", "gap", `${this.items.length - MOST_PRINTED} further rows are not printed: narrow them down with the filters.`));
      }
      this.rows.style.height = "auto";
      this.rows.replaceChildren(...shown);
    }

    select(seq) {
      this.selected = seq;
      this.draw();
    }

    // Scrolls until the event's row is in sight.
    reveal(seq) {
      const place = this.places.get(seq);
      if (place === undefined) return;
      const { height, section } = this;
      const [top, bottom] = [(place - 1) * height, (place + 1) * height];
      if (top < section.scrollTop) section.scrollTop = top;
      else if (bottom > section.scrollTop + section.clientHeight) section.scrollTop = bottom - section.clientHeight;
      this.draw();
    }

    // The event that many events after (before) this one; from none, the first (last) in the list.
    neighbour(seq, step) {
      let place = this.places.get(seq) ?? (step > 0 ? -1 : this.items.length);
      do place += step;
      while (this.items[place] && this.items[place].kind !== "event");
      return this.items[place]?.event.seq ?? null;
    }
  }

  Object.assign(file, { List, itemsOf, element, sign, clock, SIGNS });
})();
