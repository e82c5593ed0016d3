// The page in the file: reads the recording, and holds filters, timeline, detail and keys together.
(() => {
  "use strict";
  const { Recording, Filter, List, itemsOf, element, sign, detail, SIGNS } = globalThis.recordingFile;

  const VERDICTS = ["invalid", "warning", "valid"];
  const $ = (selector) => document.querySelector(selector);
  const reference = JSON.parse($("#reference").textContent);
  const groupOf = (code) => (Object.hasOwn(reference.group_of, code) ? reference.group_of[code] : reference.groups[0]);
  const recording = new Recording([...document.querySelectorAll('script[type="application/x-ndjson"]')], groupOf);
  const list = new List($("#timeline"));
  const [root, search, panel, status] = [$("#dashboard"), $("#search"), $("#detail"), $("#status")];
  const nothing = [...panel.childNodes];
  let wanted = new Filter();
  let given = { up: false }; // the search that is under way

  // --- the address: everything that is shown can be sent to a colleague ---

  const remember = () => {
    const query = new URLSearchParams();
    if (list.selected !== null) query.set("event", list.selected);
    wanted.appendTo(query);
    try {
      history.replaceState(null, "", query.size ? `#${query}` : location.pathname);
    } catch {
      // some browsers let a file have no history
    }
  };

  const recall = () => {
    const query = new URLSearchParams(location.hash.slice(1));
    wanted = Filter.parse(query);
    search.value = wanted.text;
    return Number(query.get("event")) || null;
  };

  // --- the events in sight ---

  const refresh = async () => {
    given.up = true;
    const mine = (given = { up: false });
    if (wanted.text) status.textContent = "searching…";
    const found = await recording.filter(wanted, mine);
    if (found === null || mine.up) return;
    list.show(itemsOf(found, recording.pages, !wanted.active && !recording.header?.filter));
    $("[data-none]").hidden = found.length > 0;
    $("[data-clear]").hidden = !wanted.active;
    status.textContent = wanted.active ? `${found.length} of ${recording.events.length} events` : `${recording.events.length} events`;
  };

  const show = (seq) => {
    const entry = recording.events.find((event) => event.seq === seq);
    panel.replaceChildren(...(entry ? [detail(recording.text(entry), entry, reference, recording)] : nothing));
    root.classList.toggle("has-event", Boolean(entry));
    list.select(entry ? seq : null);
    if (entry) list.reveal(seq);
    panel.scrollTop = 0;
    remember();
  };

  // --- filters ---

  const mark = (verdict) => element("span", `verdict ${verdict}`, SIGNS[verdict], { "aria-hidden": "true" });

  const pick = (name, value, label, count, set) => {
    const made = element("label", "pick");
    const box = element("input", "", "", { type: "checkbox", name, value });
    box.checked = set.has(value);
    box.addEventListener("change", () => {
      if (box.checked) set.add(value);
      else set.delete(value);
      remember();
      refresh();
    });
    made.append(box, " ", ...label, " ", element("span", "count", String(count)));
    return made;
  };

  const writeFilters = () => {
    const names = new Map();
    const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
    for (const { name, verdict } of recording.events) {
      verdicts[verdict] += 1;
      const worst = names.get(name);
      const rank = Math.min(VERDICTS.indexOf(verdict), worst?.rank ?? VERDICTS.length);
      names.set(name, { count: (worst?.count ?? 0) + 1, rank });
    }
    $("[data-verdicts]").replaceChildren(...VERDICTS.map((verdict) => pick("verdict", verdict, [mark(verdict), ` ${verdict}`], verdicts[verdict], wanted.verdicts)));
    $("[data-names]").replaceChildren(...[...names].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, { count, rank }]) => {
      const label = [sign(VERDICTS[rank]), " ", element("span", "type-name", name || "(no name)", { title: name })];
      return pick("name", name, label, count, wanted.names);
    }));
    for (const verdict of VERDICTS) $(`[data-count="${verdict}"]`).textContent = verdicts[verdict];
  };

  const clear = () => {
    wanted.clear();
    search.value = "";
    for (const box of document.querySelectorAll(".sidebar input[type=checkbox]")) box.checked = false;
    remember();
    refresh();
  };

  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      wanted.text = search.value.trim();
      remember();
      refresh();
    }, 150);
  });
  $(".sidebar").addEventListener("submit", (event) => event.preventDefault());
  $("[data-clear]").addEventListener("click", clear);

  // --- clicks and keys ---

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(Number(row.dataset.seq));
    } else if (event.target.closest("[data-close]")) show(null);
  });

  const step = (by) => {
    const next = list.neighbour(list.selected, by);
    if (next !== null) show(next);
  };
  const keys = { j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), "/": () => search.focus() };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const writing = event.target.matches("input[type=search]");
    if (event.key === "Escape") {
      if (writing) search.blur();
      else show(null);
    } else if (!writing && !event.target.matches("input[type=radio]") && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  addEventListener("hashchange", () => {
    const seq = recall();
    writeFilters();
    refresh().then(() => show(seq));
  });

  // --- what there is to say about the file ---

  const notes = () => {
    const { header, promised, broken, events, reports } = recording;
    const said = [];
    if (promised !== events.length || broken) said.push(`This file is not whole: it holds ${events.length} events${promised === null ? "" : ` of ${promised}`}.`);
    if (header?.filter) said.push("This is a part of the recording: what a filter let through.");
    if (recording.muted.size) said.push(`${recording.mutedFindings} finding${recording.mutedFindings === 1 ? "" : "s"} muted, of: ${[...recording.muted].join(", ")}.`);
    for (const report of reports) said.push(`The script told from ${report.site || "a page"}: ${report.code.replaceAll("_", " ")}. ${report.detail}`);
    $("[data-notes]").replaceChildren(...said.map((text) => element("p", "report", text)));
    if (header?.redacted.length) {
      const made = $("[data-redacted]");
      made.hidden = false;
      made.title = `Masked: ${header.redacted.join(", ")}`;
    }
  };

  (async () => {
    const seq = recall();
    let painted = false;
    await recording.read((count) => {
      status.textContent = `reading… ${count}`;
      if (painted || !count) return;
      painted = true;
      list.show(itemsOf(recording.events, recording.pages, false));
    });
    writeFilters();
    notes();
    await refresh();
    if (seq) show(seq);
    document.documentElement.dataset.ready = "";
  })();
})();
