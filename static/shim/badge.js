// Cact Inspector: shows verdicts in the page under test, in its console and as a badge. Loaded on request only.
(function () {
  'use strict';
  const VERDICTS = Symbol.for('cact-inspector.verdicts'), DASHBOARD = Symbol.for('cact-inspector.dashboard');
  const HIDDEN = 'cact-inspector.hidden'; // in sessionStorage

  const quietly = (work) => (...given) => {
    try { return work(...given); } catch { /* no error reaches the page */ }
  };

  // The browser's own functions, before the page replaces one. Not error or warn: error monitoring counts those.
  const { groupCollapsed, groupEnd, log } = window.console || {}, { parse } = JSON;

  // ---- console ----

  const SIGNS = { __proto__: null, invalid: '✕', warning: '⚠', valid: '✓', error: '✕', info: 'i' };
  const COLOURS = { '✕': '#b3261e', '⚠': '#8a5a00', '✓': '#1a7340', i: '#5b6472' };
  // White text on a coloured background: a script cannot find out whether the console is light or dark.
  const chip = (kind) => `background: ${COLOURS[SIGNS[kind]]}; color: #fff; padding: 1px 5px; border-radius: 3px`;
  const BOLD = 'font-weight: 600', PLAIN = 'font-weight: 400';

  const clip = (text, most = 999) => (text.length > most ? text.slice(0, most) + '…' : text);

  // A JSON Pointer in dotted notation: items[0].product.price
  const place = (path) =>
    path.replace(/\/(\d+)(?=\/|$)/g, (token, digits, at) => (at ? `[${digits}]` : token))
      .slice(1).replace(/\//g, '.').replace(/~1/g, '/').replace(/~0/g, '~');

  const summarize = (findings, grave) => {
    const missing = findings.filter(({ code }) => /_required|_conditional/.test(code));
    const more = grave - (missing.length || 1);
    const said = missing[0] ? missing.map(({ path }) => place(path)).join(', ') + ' missing' : findings[0].message;
    return clip(said, 160) + (more > 0 ? ` (${more} more)` : '');
  };

  // Most sentences begin with the path and hold both values, which are not repeated then.
  const printFinding = quietly(({ severity, path, message, expected, got }) => {
    const where = place(path);
    let rest = message.startsWith(where) ? message.slice(where.length) : ': ' + message;
    if (expected && !message.includes(expected)) rest += ` Expected ${expected}.`;
    if (got && !message.includes(got)) rest += ` Got ${got}.`;
    log(`%c${SIGNS[severity]} ${severity}%c %s%c%s`, chip(severity), BOLD, clip(where), PLAIN, clip(rest));
  });

  const print = quietly(({ name, verdict, findings, called, call_site }) => {
    const of = (severity) => findings.filter((finding) => finding.severity === severity);
    const grave = [...of('error'), ...of('warning')], sorted = [...grave, ...of('info')];
    groupCollapsed(`%ccact ${SIGNS[verdict]} ${verdict}%c %s%c %s`, chip(verdict), BOLD, clip(name || '(no name)', 100),
      PLAIN, sorted[0] ? summarize(sorted, grave.length) : '');
    try {
      sorted.forEach(printFinding);
      log('called with', quietly(parse)(called) || called);
      if (call_site) log('called at', call_site);
    } finally {
      groupEnd();
    }
  });

  // ---- badge ----

  // The page's universal selectors match only the host element, whose styles here are !important.
  // The box is a popover, above every z-index of the page; without popover support it has a high z-index.
  const CSS = `
    :host { display: contents !important }
    div {
      all: initial; color-scheme: light dark; direction: ltr; position: fixed; z-index: 2147483647;
      right: 8px; bottom: 8px; display: flex; overflow: hidden; white-space: nowrap; user-select: none;
      font: 500 12px/26px system-ui; color: light-dark(#5b6472, #9aa3b2);
      background: light-dark(#fff, #1d2026); border: 1px solid #8888;
      border-radius: 14px; box-shadow: 0 1px 4px #8888
    }
    a { display: flex; gap: 8px; padding: 0 8px 0 12px; color: inherit; text-decoration: none }
    button { all: unset; width: 28px; border-left: 1px solid #8888; text-align: center; cursor: pointer }
    [href]:hover, button:hover { background: #8883 }
    :focus-visible { outline: auto; outline-offset: -2px }
    .invalid { color: light-dark(#b3261e, #ff8f85) }
    .warning { color: light-dark(#8a5a00, #f2bd57) }
    .valid { color: light-dark(#1a7340, #6fcf97) }
    @media print { div { display: none } }`;

  const counts = { __proto__: null, invalid: 0, warning: 0, valid: 0 };
  let host, box, link, filled, looks = 0, attached = 0;

  const add = (parent, name) => parent.appendChild(document.createElement(name));

  const build = quietly(() => {
    host = document.createElement('cact-inspector');
    const root = host.attachShadow({ mode: 'closed' }), sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS); // the page's content security policy does not apply to it
    root.adoptedStyleSheets = [sheet];
    box = add(root, 'div');
    box.popover = 'manual';
    box.onclick = box.onmousedown = box.onpointerdown = box.onkeydown = (event) => event.stopPropagation();
    link = add(box, 'a');
    link.target = '_blank';
    link.rel = 'noopener';
    const close = add(box, 'button');
    close.textContent = '×';
    close.title = close.ariaLabel = 'Hide Cact Inspector in this tab';
    close.onclick = quietly(() => {
      host.remove();
      link = null;
      sessionStorage[HIDDEN] = 1;
    });
  });

  const fill = () => {
    const { invalid, warning, valid } = counts, address = window[DASHBOARD];
    const label = `Cact Inspector: ${invalid} invalid, ${warning} with warnings, ${valid} valid`;
    if (filled === (filled = label + address)) return;
    link.title = link.ariaLabel = label + (address ? '. Open the dashboard' : '');
    if (address) link.href = address;
    link.textContent = 'cact';
    for (const verdict in counts) {
      const part = add(link, 'span');
      part.textContent = `${SIGNS[verdict]}\ufe0e ${counts[verdict]}`;
      if (counts[verdict]) part.className = verdict;
    }
  };

  // Attach late, since some frameworks compare the whole document with their own rendering when they start; last in
  // <html>, since they replace <body>. Checking each second, unlike an observer, costs the same on a busy page.
  const look = quietly(() => {
    if (!link) return; // hidden by the user, or build() failed in this browser
    fill();
    const ready = document.body && (document.readyState === 'complete' || ++looks > 5);
    if (!ready || host.isConnected || ++attached > 20) return; // give up where the page removes the badge again and again
    document.documentElement.append(host);
    box.showPopover?.();
  });

  // ---- verdicts ----

  // What the page-side script pushes: the items of a post, and the inspector's answer.
  const pair = quietly(({ items, text }) => {
    const sent = new Map(items.map((item) => [item.id, item]));
    for (const result of parse(text).results) {
      const { id, n, head, site, called } = sent.get(result.event_id) || {};
      if (head) show({ ...result, id, n, name: head.name, at: head.at, call_site: site, called });
    }
  });

  const show = quietly((entry) => {
    if (entry.items) return pair(entry);
    print(entry);
    if (entry.verdict in counts) counts[entry.verdict]++;
    if (link) fill();
  });

  quietly(() => {
    let verdicts = window[VERDICTS];
    if (!verdicts) Object.defineProperty(window, VERDICTS, { value: verdicts = [], writable: true });
    if (Object.hasOwn(verdicts, 'push')) return; // this script was loaded twice
    verdicts.push = show;
    verdicts.splice(0).forEach(show);
    if (window.top !== window || quietly(() => sessionStorage[HIDDEN])()) return;
    build();
    look();
    setInterval(look, 1000);
  })();
})();
