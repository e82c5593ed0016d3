// Cact Inspector, session replay: records the screen with rrweb, where the recording's session replay is on. At the
// first error it stops for good; no error reaches the page. The server fills in rrweb and the sanitizer (clean.js).
(function (core, limits, load, cleaner) {
  'use strict';
  document.currentScript?.remove();
  if (!core || core.strip || !window.CompressionStream) return;
  core.strip = true;
  let record;
  try { record = load(); } catch { return; } // the page has replaced a built-in that rrweb needs
  const { settings: { collect, strip, bridge }, fetch, here, mine, after, stringify, now, listen, onCall, onFlush } = core;
  const SOON = 150, EACH = 2000, CHECKOUT = 120000; // ms
  const MOST_ELEMENTS = 15000, SLOW = 1000, QUICK = 200, MOST_WAITING = 20, MOST_EVENTS = 10000, MOST_TEXT = 7e6, BEACON = 24000;

  const texts = strip.endsWith('#text');
  const stars = (text) => text.replace(/\S/g, '*');
  const emails = (text) => text.replace(/[\w.+%-]{1,64}(@|%40)[\w.-]+\.[a-z]{2,}/gi, stars);
  const waiting = []; // parts to post: { page, n, events }; while `flying`, the first is in the running request
  let clean, page, n, since, pictured, cost, queue = [], timer, end, over, flying;

  const finish = () => {
    const stop = end;
    end = null;
    try { stop?.(); } catch { /* rrweb goes on, and its events are ignored */ }
  };
  const giveUp = () => {
    over = true;
    queue = [];
    waiting.length = 0;
    finish();
    return true;
  };
  const quietly = (work) => (...given) => {
    try { return over ? undefined : work(...given); } catch { giveUp(); }
  };

  const current = () => mine(here()).id;
  const path = (part) => `/strip?page=${part.page}&n=${part.n}`;

  // ---- record ----

  const cut = () => {
    timer = null;
    if (queue.length) waiting.push({ page, n: ++n, events: queue });
    queue = [];
    if (waiting.length > MOST_WAITING) giveUp();
  };
  // Full snapshots at intervals let the player seek; where one takes long, only the first is taken.
  const soon = (wait) => {
    if (timer) return;
    const mark = timer = {};
    after(wait, quietly(() => {
      if (timer !== mark) return; // sent meanwhile
      if (end && cost < QUICK && now() - pictured > CHECKOUT) record.takeFullSnapshot(true);
      cut();
      send();
    }));
  };

  const keep = (event) => {
    const kept = clean(event);
    if (kept) queue.push(kept);
    if (queue.length > MOST_EVENTS) giveUp();
  };
  // Record an event that marks the present, so that the replay also covers a time without changes.
  const still = () => { if (end) keep({ type: 5, timestamp: now(), data: {} }); };
  const turn = () => {
    page = current();
    n = 0;
    since = now();
  };

  const emit = quietly((event) => {
    if (page !== current()) { // a soft navigation: its replay begins with a full snapshot of its own
      keep(event);
      cut();
      turn();
      return record.takeFullSnapshot(true);
    }
    if (now() - since > limits.seconds * 1000 - 1) {
      cut();
      finish();
      return send();
    }
    keep(event);
    if (event.type === 2) { // the page may be left soon: its first snapshot is posted at once
      pictured = now();
      timer = null;
    }
    soon(event.type === 2 ? 0 : EACH);
  });

  const begin = quietly(() => {
    if (document.getElementsByTagName('*').length > MOST_ELEMENTS) return giveUp();
    clean = cleaner(texts ? emails : stars, stars);
    turn();
    const from = now();
    end = record({
      emit,
      errorHandler: giveUp,
      maskAllInputs: true,
      maskTextSelector: texts ? 'textarea, [contenteditable]:not([contenteditable=false])' : '*',
      maskInputFn: stars,
      blockSelector: 'img, picture, video, audio, canvas, svg, iframe, frame, object, embed, cact-inspector',
      slimDOMOptions: 'all',
      recordAfter: 'DOMContentLoaded',
      sampling: { mousemove: 100, mousemoveCallback: 1000, scroll: 200, media: 800, input: 'last' },
    });
    cost = now() - from;
    if (over) finish(); // an error occurred in record()
    if (cost > SLOW) giveUp();
  });

  // ---- send ----

  const packed = (text) => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob();
  // Servers refuse lone surrogates.
  const written = ({ events }) => stringify(events).replace(/\\ud[89a-f]../g, '\\ufffd');

  const post = (part, body, text) => (bridge ? core.post(text, path(part)) : fetch(collect + path(part), {
    method: 'POST', body, credentials: 'omit',
  }));
  // The limit as the server counts it, so that it refuses no part: the browser's console would show each refusal.
  const spent = {};
  const fits = (page, size) => (spent[page] = (spent[page] || 0) + Math.max(size, 1000)) <= limits.bytes;
  const deliver = async (part) => {
    const text = written(part);
    if (text.length > MOST_TEXT) return false;
    const body = await packed(text);
    if (!fits(part.page, body.size)) {
      if (part.page === page) finish(); // the limit holds for this page load; the next one begins at 0
      return true;
    }
    for (let tries = 0; tries < 4; tries++) {
      const { status } = await post(part, body, text).catch(() => ({ status: 0 }));
      if (status === 202) return true;
      if (status && status < 500 && status !== 429 && status !== 408 || status === 507) return false;
      await new Promise((done) => after(1000 * 2 ** tries, done));
    }
    return false;
  };
  const send = async () => {
    if (flying) return;
    flying = true;
    try {
      while (waiting.length && !over) {
        const [part] = waiting;
        if (!await deliver(part)) giveUp();
        if (waiting[0] === part) waiting.shift();
      }
    } catch {
      giveUp();
    }
    flying = false;
  };

  // Post the remaining parts uncompressed where they are small: the page's own beacons share their 64 KB.
  const leave = quietly(() => {
    still();
    cut();
    let room = BEACON;
    for (const part of waiting.slice(flying ? 1 : 0)) {
      const text = written(part);
      if ((room -= text.length) < 0) return;
      if (bridge) core.post(text, path(part));
      else navigator.sendBeacon(collect + path(part), text);
    }
  });

  const called = quietly(() => {
    if (page !== current()) {
      cut();
      if (end) {
        turn();
        record.takeFullSnapshot(true);
      } else begin();
    }
    still();
    timer = null;
    soon(SOON);
  });
  core.onCall = (event) => {
    onCall(event);
    called();
  };
  core.onFlush = () => { // after the events: both share the browser's 64 KB
    onFlush();
    if (core.leaving) leave();
  };
  if (document.readyState === 'loading') listen('DOMContentLoaded', begin, document);
  else begin();
})(window[Symbol.for('cact-inspector.strip')], "__LIMITS__", () => "__RECORD__", "__CLEAN__");
