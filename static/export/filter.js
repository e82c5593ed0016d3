// The filter of the page in the file: which events are wanted. Its twin on the server is
// events/recordings/filter_parameters.py: the same parameters, limits and meaning. Change both.
(() => {
  "use strict";
  const file = (globalThis.recordingFile ??= {});
  const VERDICTS = ["invalid", "warning", "valid"];
  const MOST_NAMES = 100;
  const LONGEST_TEXT = 200;

  class Filter {
    constructor() {
      this.names = new Set();
      this.verdicts = new Set();
      this.text = "";
    }

    // The filter in a query string. What the server refuses is left out here: a file has no page for an error.
    static parse(query) {
      const filter = new Filter();
      filter.names = new Set(query.getAll("name").slice(0, MOST_NAMES));
      filter.verdicts = new Set(query.getAll("verdict").filter((one) => VERDICTS.includes(one)));
      filter.text = (query.getAll("q").at(-1) ?? "").slice(0, LONGEST_TEXT).trim();
      return filter;
    }

    // False where every event passes.
    get active() {
      return Boolean(this.names.size || this.verdicts.size || this.text);
    }

    // The sets stay the same ones: the check boxes hold on to them.
    clear() {
      this.names.clear();
      this.verdicts.clear();
      this.text = "";
    }

    // Adds the filter's parameters to a query string.
    appendTo(query) {
      for (const name of this.names) query.append("name", name);
      for (const verdict of this.verdicts) query.append("verdict", verdict);
      if (this.text) query.set("q", this.text);
    }

    // Makes a test of events: of an event in the index, with its line as text, which is only asked for when needed.
    matcher() {
      const text = this.text.toLowerCase();
      // In a line a text may stand as it is, inside a payload, or as a string of JSON, in a name or an address.
      const rough = [text, JSON.stringify(text).slice(1, -1)].map((one) => one.replaceAll("<", "\\u003c"));
      return (event, line) =>
        (!this.names.size || this.names.has(event.name)) &&
        (!this.verdicts.size || this.verdicts.has(event.verdict)) &&
        (!text || holds(line(), text, rough));
    }
  }

  // The text of most lines rules them out; only the others are taken apart.
  const holds = (line, text, rough) => {
    const lower = line.toLowerCase();
    if (!rough.some((one) => lower.includes(one))) return false;
    const { event_name, page_url, called, sent, findings } = JSON.parse(line).event;
    // As on a server, sentences are not searched.
    const facts = JSON.stringify(findings, (key, value) => (key === "message" ? undefined : value));
    const fields = [event_name, page_url, JSON.stringify(called), JSON.stringify(sent), facts];
    return fields.some((field) => field.toLowerCase().includes(text));
  };

  Object.assign(file, { Filter });
})();
