// The parameter table: every row of the reference in its order, with what the event carries there. The same as
// inspector/parameters.py makes; tests/test_export_html.py holds the two together.
(() => {
  "use strict";
  const file = (globalThis.recordingFile ??= {});
  const { shorten, kindOf } = file;

  const MOST_LINES = 2000;
  const GRAVITY = ["error", "warning", "info"];

  // Why the script has no value, and where the shown one is from.
  const whyNotRead = (known, absent) => {
    const why = "A getter or toJSON of the page: reading it would change the page.";
    if (!known) return `${why} No request of the client was seen, so the value is unknown.`;
    return `${why} ${absent ? "The client’s request lacks it." : "Taken from the client’s request."}`;
  };

  const child = (path, name) => `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

  // A JSON Pointer as people write it: items[0].product.price.
  const dotted = (path) => path.split("/").slice(1).reduce((text, token) => {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    return /^\d+$/.test(name) ? `${text}[${name}]` : text ? `${text}.${name}` : name;
  }, "");

  const plain = (path, name, depth, kind, required, value) => ({
    path, name, depth, kind, required, value, state: "given", container: false, custom: false, vendor: false,
    unsent: false, notRead: "", unknown: "", example: "", description: "", note: "", findings: [],
  });

  const standard = (row, value, path, name, depth) => ({
    ...plain(path, name, depth, row.type ?? "any", row.required, value === null ? "" : shorten(value)),
    state: value === null ? "absent" : "given",
    example: row.example ?? "", description: row.description, note: row.note ?? "",
  });

  class Walk {
    constructor(objects, findings, unsent, open) {
      this.objects = objects;
      this.open = open; // paths of objects and arrays that may hold more than is known
      this.shown = new Set([...findings.map((finding) => finding.path), ...unsent]); // have a line even without a value
      this.unsent = new Map(); // the path of an object -> names of what was set before and never sent
      for (const path of unsent) {
        const end = path.lastIndexOf("/");
        const name = path.slice(end + 1).replaceAll("~1", "/").replaceAll("~0", "~");
        this.unsent.set(path.slice(0, end), [...(this.unsent.get(path.slice(0, end)) ?? []), name]);
      }
    }

    *objectLines(spec, holder, path, depth, showAbsent) {
      const names = new Set(spec.rows.map((row) => row.name));
      const rest = new Set([...holder.keys(), ...(this.unsent.get(path) ?? [])].filter((name) => !names.has(name)));
      for (const row of spec.rows) {
        const place = `${path}/${row.name}`;
        const value = holder.get(row.name) ?? null;
        if (value !== null || this.shown.has(place) || (showAbsent && row.listed)) {
          yield* this.rowLines(row, value, place, depth, showAbsent);
        }
        if (!row.numbered) continue;
        const prefix = row.name.replace(/1$/, "");
        for (const name of rest) {
          if (!name.startsWith(prefix) || !/^\d+$/.test(name.slice(prefix.length))) continue;
          rest.delete(name);
          yield standard(row, holder.get(name) ?? null, child(path, name), name, depth);
        }
      }
      for (const name of rest) yield this.extra(spec, name, holder.get(name), child(path, name), depth);
      yield* this.more(path, depth);
    }

    // The line that says that the object or array at this path may hold more.
    *more(path, depth) {
      if (this.open.has(path)) yield { ...plain(`${path}/-`, "…", depth, "", "", ""), state: "unknown" };
    }

    *rowLines(row, value, path, depth, showAbsent) {
      const line = standard(row, value, path, row.name, depth);
      const nested = row.nested === undefined ? null : this.objects[row.nested];
      const kind = kindOf(value);
      const holds = nested && (kind === "array" || (kind === "object" && row.type !== "Item[]"));
      if (!holds) {
        yield line;
      } else if (kind === "object") {
        yield { ...line, container: true, value: "" };
        yield* this.objectLines(nested, value, path, depth + 1, showAbsent);
      } else {
        yield { ...line, container: true, value: `${value.length} item${value.length === 1 ? "" : "s"}` };
        for (const [index, item] of value.entries()) {
          const held = kindOf(item) === "object";
          const name = `${row.name}[${index}]`;
          const place = `${path}/${index}`;
          yield { ...plain(place, name, depth + 1, "Item", "", held ? "" : shorten(item)), container: held };
          if (held) yield* this.objectLines(nested, item, place, depth + 2, showAbsent);
        }
        yield* this.more(path, depth + 1);
      }
    }

    extra(spec, name, value, path, depth) {
      const vendor = spec.ignored.includes(name);
      const hashed = spec.suffixes.some((suffix) => name.endsWith(suffix));
      const found = value === undefined
        ? { ...plain(path, name, depth, "", "", ""), state: "absent" }
        : plain(path, name, depth, kindOf(value), "", shorten(value));
      return { ...found, vendor, custom: !vendor && !hashed };
    }
  }

  // Each finding goes beside its parameter, or the nearest one that holds it; the others are returned.
  const attach = (lines, findings) => {
    const byPath = new Map(lines.map((line) => [line.path, line]));
    return findings.filter((finding) => {
      let { path } = finding;
      while (path && !byPath.has(path)) path = path.slice(0, path.lastIndexOf("/"));
      const line = byPath.get(path);
      if (!line) return true;
      line.findings.push(finding);
      if (finding.code.startsWith("missing_") && line.path === finding.path) line.state = "missing";
      return false;
    });
  };

  // What is unknown of an event, for the lines of its table: as _Unknown of parameter_table.py.
  class Unknown {
    constructor(paths, unread) {
      this.paths = new Set(paths);
      this.unread = new Set(unread);
      this.whole = this.paths.has("");
      this.open = new Set(paths.filter((path) => path.endsWith("/-")).map((path) => path.slice(0, -2)));
      this.around = new Set();
      for (let path of paths) {
        while (path) this.around.add((path = path.slice(0, path.lastIndexOf("/"))));
      }
    }

    show(line) {
      if (this.paths.has(line.path)) {
        if (line.value.startsWith('"') && !this.unread.has(line.path)) line.unknown = "known in part";
        else Object.assign(line, { state: "unknown", unknown: "unknown", value: "" });
      } else if (line.state === "absent") {
        const holder = line.path.slice(0, line.path.lastIndexOf("/"));
        if (line.required.startsWith("yes") && this.open.has(holder)) Object.assign(line, { state: "unknown", unknown: "unknown" });
      } else if (!line.container && this.around.has(line.path)) line.unknown = "known in part";
    }

    sentences() {
      const told = [["/event_name", "Only the page knows this event’s name."], ["", "Only the page knows the parameters of this call."]];
      return told.filter(([path]) => this.paths.has(path) && !this.unread.has(path)).map(([, sentence]) => sentence);
    }
  }

  // spec: the prepared reference in the file; findings: plain objects; judged: {params, automatic, permanent,
  // unread, unknown, unsent, requested}, the last whether a request was seen: without one, what was not read is unknown.
  const parameterTable = (spec, name, judged, findings) => {
    const known = Object.hasOwn(spec.events, name);
    const root = spec.objects[known ? spec.events[name] : spec.custom];
    const { unread, unsent, requested } = judged;
    const unknown = new Unknown(judged.unknown, unread);
    const walk = new Walk(spec.objects, findings, unsent, unknown.open);
    const holder = judged.params instanceof Map ? judged.params : new Map();
    const whole = unread.includes("");
    const lines = [];
    let cut = false;
    for (const line of !unknown.whole ? walk.objectLines(root, holder, "", 0, known) : []) {
      cut = lines.length === MOST_LINES;
      if (cut) break;
      line.automatic = judged.automatic.includes(line.path);
      line.permanent = judged.permanent.includes(line.path);
      line.unsent = line.state === "absent" && unsent.includes(line.path);
      if (line.unsent) line.state = "unsent";
      if (unread.includes(line.path)) {
        line.notRead = whyNotRead(requested, line.state === "absent");
        if (!requested) line.value = "";
      }
      unknown.show(line);
      lines.push(line);
    }
    const general = attach(lines, findings);
    for (const line of lines) {
      line.severity = GRAVITY.find((one) => line.findings.some((finding) => finding.severity === one)) ?? "";
    }
    return { lines, general, cut, notRead: whole ? whyNotRead(requested, false) : "", unknown: unknown.sentences() };
  };

  Object.assign(file, { parameterTable, dotted });
})();
