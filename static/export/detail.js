// One event: its parameters beside the reference, its payloads as trees.
(() => {
  "use strict";
  const file = (globalThis.recordingFile ??= {});
  const { parse, write, kindOf, parameterTable, dotted, element, sign, clock } = file;

  const OPEN_LEVELS = 3;
  const MOST_BRANCHES = 500; // entries of one object or list; copying gives them all
  const TABS = { parameters: "Parameters", payload: "Payload", called: "Called", sent: "Sent" };

  const tree = (value, key = null, level = 0) => {
    const kind = kindOf(value);
    const label = key === null ? [] : [element("span", "key", String(key)), ": "];
    const entries = kind === "object" ? [...value] : kind === "array" ? [...value.entries()] : null;
    if (!entries?.length) {
      const leaf = element("div", "leaf");
      leaf.append(...label, element("span", kind, write(value)));
      return leaf;
    }
    const branch = element("details");
    branch.open = level < OPEN_LEVELS;
    const summary = element("summary");
    summary.append(...label, kind === "object" ? "{…} " : "[…] ", element("span", "size", String(entries.length)));
    branch.append(summary, ...entries.slice(0, MOST_BRANCHES).map(([name, entry]) => tree(entry, name, level + 1)));
    if (entries.length > MOST_BRANCHES) branch.append(element("div", "leaf muted", `${entries.length - MOST_BRANCHES} more`));
    return branch;
  };

  const message = (finding, place, group) => {
    const item = element("li", finding.severity, "", { "data-code": finding.code });
    item.append(sign(finding.severity), element("span", "message", (place ? `${place}: ` : "") + finding.message), " ", element("span", "finding-group", group));
    return item;
  };

  const badge = (text, title) => element("span", "badge automatic", text, { title });

  const valueCell = (line, groupOf) => {
    const cell = element("td", "value");
    const example = line.example ? element("span", "example", `such as ${line.example}`) : "";
    if (line.state === "missing") cell.append(element("span", "missing-word", line.severity === "error" ? "MISSING" : "not given"), " ", example);
    else cell.append(line.state === "absent" ? example : line.state === "given" ? line.value : "");
    if (line.unknown) cell.append(" ", element("em", "unknown", line.unknown, { title: "Only the page knows it" }));
    if (line.notRead) cell.append(" ", element("span", "badge", "not read", { title: line.notRead }));
    if (line.unsent) cell.append(" ", element("span", "aside", "set with setProperty, but the request lacks it"));
    if (line.findings.length) {
      const list = element("ul", "findings");
      list.append(...line.findings.map((finding) => message(finding, finding.path === line.path ? "" : dotted(finding.path), groupOf(finding.code))));
      cell.append(list);
    }
    return cell;
  };

  const row = (line, groupOf) => {
    const kinds = `depth-${line.depth} ${line.state} ${line.severity}${line.container ? " container" : ""}`;
    const made = element("tr", kinds, "", { "data-path": line.path, "data-state": line.state });
    if (line.description) made.title = `${line.description} ${line.note}`.trim();
    const name = element("td", "", line.name);
    if (line.automatic) name.append(" ", badge("automatic", "The client adds this by itself"));
    if (line.permanent) name.append(" ", badge("set before", "Set before with cact('setProperty', …)"));
    if (line.custom) name.append(" ", element("span", "badge", "custom"));
    if (line.vendor) name.append(" ", element("span", "badge", "vendor"));
    made.append(name, element("td", "type", line.kind), element("td", "required", line.required), valueCell(line, groupOf));
    return made;
  };

  const parameters = (table, groupOf) => {
    const tools = element("div", "tab-tools");
    const absent = element("label", "push");
    absent.append(element("input", "", "", { type: "checkbox", "data-show-absent": "" }), " Show what may be left out");
    tools.append(element("span", "", "In the reference's order"), absent);
    const head = element("tr");
    for (const [name, text] of [["col-name", "Name"], ["col-type", "Type"], ["col-required", "Required"], ["", "Value"]]) {
      head.append(element("th", name, text, { scope: "col" }));
    }
    const body = element("tbody");
    body.append(...table.lines.map((line) => row(line, groupOf)));
    if (!table.lines.length) {
      const none = element("tr");
      none.append(element("td", "muted", table.notRead || table.unknown.length ? "Its parameters are unknown." : "This event carries no parameters.", { colspan: "4" }));
      body.append(none);
    }
    const thead = element("thead");
    thead.append(head);
    const shown = element("table", "parameters");
    shown.append(thead, body);
    const note = table.notRead ? [element("p", "outcome", `Parameters not read. ${table.notRead}`, { "data-not-read": "" })] : [];
    note.push(...table.unknown.map((sentence) => element("p", "outcome", sentence, { "data-unknown": "" })));
    return table.cut ? [tools, ...note, shown, element("p", "muted", "There is more than fits here: the payload has it all.")] : [tools, ...note, shown];
  };

  const payload = (words, value) => {
    const tools = element("div", "tab-tools");
    tools.append(element("span", "", words));
    if (value === null) return [tools];
    const copy = element("button", "push", "Copy JSON", { type: "button" });
    copy.addEventListener("click", () => copyText(copy, write(value, "  ")));
    tools.append(copy);
    const holder = element("div", "tree");
    holder.append(tree(value));
    return [tools, holder];
  };

  const copyText = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser does not let it";
    }
    setTimeout(() => (button.textContent = "Copy JSON"), 1200);
  };

  const sentWords = (event) => {
    if (event.get("delivery") === "unsent") return "Called, but nothing left the page within 5 seconds.";
    if (event.get("sent") === null) {
      return event.get("source") === "page"
        ? "It is not known whether a request left for this call: the script could not watch this page's requests, or none was made yet. Put the script first in the page's head."
        : "No request of the client was seen for this call: it came here directly.";
    }
    const to = event.get("sent_to");
    return to ? `As it was sent to ${to}` : "As it was sent";
  };

  const facts = (event, entry) => {
    const list = element("dl", "facts");
    const fact = (term, text, quiet = false) => {
      if (text === "" || text === null) return;
      const pair = element("div");
      pair.append(element("dt", quiet ? "visually-hidden" : "", term), element("dd", "", String(text)));
      list.append(pair);
    };
    fact("Number", `#${entry.seq}`, true);
    fact("Time", clock.format(entry.at), true);
    fact("on", event.get("page_url"));
    fact("called at", event.get("call_site"));
    fact("Seen", event.get("seen") === "queue" ? "read from the queue" : "", true);
    fact("by a tag in container", event.get("container"));
    fact("Frame", entry.page?.frame ? "in a frame" : "", true);
    fact("arrived by", event.get("source") === "page" ? "" : event.get("source"));
    return list;
  };

  const verdictWords = (verdict, findings) => {
    const count = (severity) => findings.filter((finding) => finding.severity === severity).length;
    const [errors, warnings] = [count("error"), count("warning")];
    if (errors) return `${errors} error${errors === 1 ? "" : "s"}`;
    return warnings ? `${warnings} warning${warnings === 1 ? "" : "s"}` : verdict;
  };

  const head = (event, entry, findings) => {
    const made = element("header", "event-head");
    const title = element("h2");
    const verdict = element("span", `verdict ${entry.verdict}`);
    verdict.append(sign(entry.verdict), ` ${verdictWords(entry.verdict, findings)}`);
    const close = element("button", "plain close", "✕", { type: "button", "data-close": "", "aria-label": "Close", title: "Close (Esc)" });
    title.append(element("span", "", entry.title), verdict, close);
    made.append(title, facts(event, entry));
    return made;
  };

  // The tab that a person chose stays chosen from event to event.
  let chosen = "parameters";

  const tabs = (panels) => {
    const made = element("div", "tabs");
    for (const [name, words] of Object.entries(TABS)) {
      const input = element("input", "", "", { type: "radio", name: "tab", id: `tab-${name}`, value: name });
      input.checked = name === chosen;
      input.addEventListener("change", () => (chosen = name));
      made.append(input, element("label", "", words, { for: `tab-${name}` }));
    }
    for (const [name, content] of Object.entries(panels)) {
      const panel = element("div", `tab tab-${name}`);
      panel.append(...content);
      made.append(panel);
    }
    return made;
  };

  const mutedFindings = (findings, groupOf) => {
    const made = element("details", "muted-findings");
    const list = element("ul");
    list.append(...findings.map((finding) => message(finding, "", groupOf(finding.code))));
    made.append(element("summary", "", `${findings.length} finding${findings.length === 1 ? "" : "s"} muted`), list);
    return made;
  };

  // The event in this line of the file, as an element. entry: what the index knows of it.
  const detail = (line, entry, reference, recording) => {
    const groupOf = (code) => recording.groupOf(code);
    const event = parse(line).get("event");
    const [findings, muted] = recording.divide(event.get("findings").map((finding) => Object.fromEntries(finding)));
    const [automatic, permanent] = [event.get("automatic"), event.get("permanent")];
    const [unread, unsent] = [event.get("unread") ?? [], event.get("unsent_permanent") ?? []];
    const unknown = event.get("unknown") ?? [];
    const params = event.get("effective") ?? event.get("called");
    const table = parameterTable(reference, entry.name, { params, automatic, permanent, unread, unknown, unsent, requested: event.get("sent") instanceof Map }, findings);
    const made = element("article", "event", "", { "data-event": entry.seq });
    made.append(head(event, entry, findings));
    if (table.general.length) {
      const list = element("ul", "general");
      list.append(...table.general.map((finding) => message(finding, "", groupOf(finding.code))));
      made.append(list);
    }
    if (muted.length) made.append(mutedFindings(muted, groupOf));
    const words = `What is judged${automatic.length ? ", automatic parameters included" : ""}${permanent.length ? ", with what was set before" : ""}`;
    made.append(tabs({
      parameters: parameters(table, groupOf),
      payload: payload(words, params),
      called: payload(event.get("called") === null ? "No call was seen: it is judged as it was sent." : "As the page passed it", event.get("called")),
      sent: payload(sentWords(event), event.get("sent")),
    }));
    return made;
  };

  Object.assign(file, { detail });
})();
