// The recording in this file: read once into a small index, each line again when it is looked at.
(() => {
  "use strict";
  const file = (globalThis.recordingFile ??= {});
  const { dotted } = file;

  const BUSY_MS = 30; // reading and searching leave the page alone at least this often
  const LONGEST_SUMMARY = 160;
  const NOT_READ = new Set(["[not read: getter]", "[not read: toJSON]"]);
  const MISSING = new Set(["missing_required", "missing_conditional"]);
  const breath = () => new Promise((resolve) => setTimeout(resolve));
  const clip = (text) => (text.length <= LONGEST_SUMMARY ? text : `${text.slice(0, LONGEST_SUMMARY - 1)}…`);

  // One line on the gravest findings, and how many further ones there are.
  const summarize = (findings) => {
    const missing = findings.filter((one) => MISSING.has(one.code)).map((one) => dotted(one.path));
    const grave = findings.filter((one) => one.severity !== "info");
    if (missing.length) {
      return [clip(`${missing.join(", ")} missing`), grave.filter((one) => !MISSING.has(one.code)).length];
    }
    const first = grave.find((one) => one.severity === "error") ?? grave[0] ?? findings[0];
    return [clip(first.message), Math.max(grave.length - 1, 0)];
  };

  // What an event without findings carries, in a few words.
  const digest = (event) => {
    const marked = event.source === "page";
    let params = event.called ?? event.sent;
    if (marked && NOT_READ.has(params)) params = event.sent;
    if (params === null && NOT_READ.has(event.called)) return marked ? "not read" : "";
    if (params === null || typeof params !== "object" || Array.isArray(params)) return "";
    const words = Object.entries(params)
      .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
      .map(([name, value]) => `${name} ${marked && NOT_READ.has(value) ? "not read" : value}`);
    if (Array.isArray(params.items)) words.push(`${params.items.length} item${params.items.length === 1 ? "" : "s"}`);
    return clip(words.slice(0, 4).join(" · "));
  };

  const marks = (event) => {
    const wire = event.source === "page" && event.called === null && event.sent !== null;
    return [
      event.delivery === "unsent" && "not sent", wire && "on the wire only", event.seen === "queue" && "read from the queue", event.container,
    ].filter(Boolean);
  };

  const verdictOf = (findings) => {
    const has = (severity) => findings.some((finding) => finding.severity === severity);
    return has("error") ? "invalid" : has("warning") ? "warning" : "valid";
  };

  class Recording {
    // groupOf(code): the group of a finding's code.
    constructor(blocks, groupOf) {
      this.blocks = blocks;
      this.groupOf = groupOf;
      this.muted = new Set(); // groups of findings that are switched off
      this.mutedFindings = 0;
      this.header = null;
      this.events = [];
      this.pages = new Map();
      this.reports = [];
      this.promised = null; // how many events the last line says there are
      this.broken = 0; // lines that cannot be read
      this.cached = [null, []];
    }

    // Reads all lines; tells now and then how far it is.
    async read(onProgress) {
      let since = performance.now();
      for (const [block, element] of this.blocks.entries()) {
        for (const [number, line] of element.textContent.split("\n").entries()) {
          if (!line) continue;
          this.take(line, block, number);
          if (performance.now() - since < BUSY_MS) continue;
          onProgress(this.events.length);
          await breath();
          since = performance.now();
        }
      }
      onProgress(this.events.length);
    }

    take(text, block, number) {
      let line;
      try {
        line = JSON.parse(text);
      } catch {
        this.broken += 1;
        return;
      }
      if (line.event) this.add(line.event, block, number);
      else if (line.page_load) this.pages.set(line.page_load.page_id, { ...line.page_load, count: 0 });
      else if (line.format) {
        this.header = line;
        this.muted = new Set(line.recording.muted);
      }
      else if (line.report) this.reports.push(line.report);
      else if (line.end) this.promised = line.end.events;
    }

    // The findings that are shown, and the muted ones. The twin of events/verdict/muting.py.
    divide(findings) {
      const mutes = (finding) => this.muted.has(this.groupOf(finding.code));
      return [findings.filter((finding) => !mutes(finding)), findings.filter(mutes)];
    }

    add(event, block, number) {
      const [findings, muted] = this.divide(event.findings);
      const [summary, more] = findings.length ? summarize(findings) : [digest(event), 0];
      this.mutedFindings += muted.length;
      const page = this.pages.get(event.page_load) ?? null;
      if (page) page.count += 1;
      const at = Date.parse(event.fired_at);
      const { seq, event_name: name, n } = event;
      const verdict = this.muted.size ? verdictOf(findings) : event.verdict;
      const title = name || (event.unknown?.includes("/event_name") ? "(unknown name)" : "(no name)");
      this.events.push({ seq, name, title, verdict, n, page, at, summary, more, marks: marks(event), block, number });
    }

    // The line of an event as text.
    text(event) {
      if (this.cached[0] !== event.block) {
        this.cached = [event.block, this.blocks[event.block].textContent.split("\n")];
      }
      return this.cached[1][event.number];
    }

    // The events that pass a Filter. null: given up.
    async filter(wanted, given) {
      const matches = wanted.matcher();
      const found = [];
      let since = performance.now();
      for (const event of this.events) {
        if (matches(event, () => this.text(event))) found.push(event);
        if (performance.now() - since < BUSY_MS) continue;
        await breath();
        if (given.up) return null;
        since = performance.now();
      }
      return found;
    }
  }

  Object.assign(file, { Recording });
})();
