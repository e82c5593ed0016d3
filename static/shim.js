// Cact Inspector: copies each cact('trigger', …) to the inspector; the page never notices.
(function () {
  'use strict';
  const COLLECT = "__COLLECT_URL__";
  const HUB = Symbol.for('cact-inspector');
  const other = window[HUB];
  const hub = other || { __proto__: null }; // collect address -> listener
  if (hub[COLLECT]) return;

  // Not the page's later ones.
  const { setTimeout, fetch } = window;
  const { stringify } = JSON, { now } = Date, { apply } = Reflect, Err = Error, utf8 = new TextEncoder();
  const bytes = (text) => utf8.encode(text).length;

  const quietly = (work) => (...given) => {
    try { return work(...given); } catch { /* never into the page */ }
  };
  let told;
  const warn = quietly((text) => {
    if (!told) console.warn('Cact Inspector: ' + text);
    told = true;
  });

  // ---- copy ----

  let values, lost, above; // so far; characters cut; objects around

  const quote = (text) => {
    const more = text.length - 8000;
    if (more > 0) {
      lost += more;
      text = text.slice(0, 8000) + `…[+${more} characters]`;
    }
    return stringify(text);
  };

  // JSON.stringify, with markers for what would throw or never end.
  function copy(holder, key, depth) {
    if (++values > 5000) return '"[too many values]"';
    try {
      let value = holder[key], out = '';
      if (value && (typeof value === 'object' || typeof value === 'bigint')
        && typeof value.toJSON === 'function') value = value.toJSON(key);
      if (typeof value === 'string') return quote(value);
      if (typeof value === 'bigint') return quote(`[bigint ${value}]`);
      if (!value || typeof value !== 'object') return stringify(value);
      if (value.window === value) return '"[window]"';
      if (value.nodeType) return quote(`[node ${value.nodeName}]`);
      if (ArrayBuffer.isView(value)) return `"[${value.byteLength} bytes]"`;
      for (let i = depth; i--;) if (above[i] === value) return '"[circular]"';
      if (depth > 63) return '"[too deep]"';
      above[depth] = value;
      const names = Array.isArray(value) ? null : Object.keys(value), { length } = names || value;
      for (let i = 0; i < length && values <= 5000; i++) {
        const part = copy(value, names ? names[i] : i, depth + 1) || !names && 'null';
        if (part) out += (out && ',') + (names ? quote(names[i]) + ':' : '') + part;
      }
      return names ? '{' + out + '}' : '[' + out + ']';
    } catch (e) {
      return quietly(() => quote(`[error: ${e.message || e}]`))() || '"[error]"';
    }
  }

  const json = (value) => {
    values = lost = 0;
    above = [];
    try { return copy([value], 0, 0) || '{}'; } finally { above = null; }
  };

  const mask = (url) => url.replace(/[\w.+%-]{1,64}(@|%40)[\w.-]+\.[a-z]{2,}/gi, '***'); // e-mail

  const random = quietly(() => crypto.getRandomValues(new Uint8Array(1))[0]);
  const digit = () => ((random() || Math.random() * 16) & 15).toString(16);
  const uuid = () => 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, digit);

  // ---- send ----

  const load = uuid(), queue = [];
  let number = 0, flying = 0; // that many of it are on the way
  let timer, tries = 0, most = 50, leaving;

  const take = (event) => {
    queue.push({ __proto__: event, n: ++number });
    if (queue.length - flying > 500) queue.splice(flying, 1); // the numbers tell
    if (leaving) flush();
    else if (!timer && !flying) timer = document.hidden ? queueMicrotask(send) || 1 : setTimeout(send, 5);
  };

  // One request: of one page; small, as the page's own beacons share 64 KB with it.
  const batch = (entries) => {
    const { page } = entries[0];
    let count = 0, size = 0, text = '';
    for (const entry of entries) {
      if (!entry.text) {
        const { n, head, called, error, more } = entry, size = bytes(called);
        if (size + more > 32000) head.size = size + more; // more than the client may send
        entry.text = json({ id: uuid(), n, ...head, sent: null, call_site: site(error) || null })
          .slice(0, -1) + ',"called":' + (size > 48000 ? '{}' : called) + '}';
        entry.size = bytes(entry.text);
      }
      size += entry.size;
      if (count && (count >= most || size > 48000 || entry.page !== page)) break;
      text += (count++ ? ',' : '') + entry.text;
    }
    here();
    text = '{"page":' + json({ id: load, ...page }) + ',"events":[' + text + ']}';
    return [count, text.replace(/\\ud[89a-f]../g, '\\ufffd')]; // servers refuse lone surrogates
  };

  const post = (body) =>
    fetch(COLLECT, { method: 'POST', body, keepalive: body.length < 16000, credentials: 'omit' });

  const send = quietly(() => {
    timer = 0;
    if (flying || !queue.length) return;
    const [count, body] = batch(queue);
    flying = count;
    let open = true;
    const done = (again, wait) => {
      if (!open) return;
      open = false;
      flying = 0;
      if (again) {
        timer = setTimeout(send, wait || Math.min(10000, 250 * 2 ** tries++) * (1 + Math.random()) / 2);
      } else {
        tries = 0;
        queue.splice(0, count);
        send();
      }
    };
    setTimeout(done, 30000, true);
    post(body).then((answer) => {
      const { status } = answer;
      if (status === 413 && count > 1) {
        most = count >> 1;
        done(true, 1);
      } else if (status === 408 || status === 429 || status > 499) {
        done(true, Math.min(answer.headers.get('Retry-After'), 3600) * 1000);
      } else {
        done();
        if (status > 399) return answer.text().then((said) => warn(status + ' ' + said.slice(0, 300)));
      }
    }).catch(() => done(true));
  });

  // All that is unconfirmed. It stays queued, as the page may live on; the server drops doubles.
  const flush = quietly(() => {
    let rest = queue.filter((entry) => !entry.beaconed);
    while (rest.length) {
      const [count, body] = batch(rest);
      const ok = quietly(() => navigator.sendBeacon(COLLECT, body))();
      if (!ok) post(body).catch(() => {});
      for (const entry of rest.splice(0, count)) entry.beaconed = ok;
    }
  });

  // ---- watch ----

  let page, href;
  const here = () => {
    if (href !== location.href) {
      href = location.href;
      page = { url: mask(href), referrer: document.referrer };
    }
    page.title = document.title;
    return page;
  };

  // The caller's frame; the three above are ours.
  const site = quietly((error) => mask(error.stack.match(/[a-z-]+:\/\/\S+?:\d+:\d+/gi)[3]));

  const active = []; // calls that have not returned

  const announce = quietly((args, listeners, target) => {
    if (above || args[0] !== 'trigger') return;
    let name = null, params;
    // By type, as the client; undefined ends them.
    for (let i = 1; i < 2 || args[i] !== undefined; i++) {
      if (typeof args[i] === 'string' && name === null) name = args[i];
      if (typeof args[i] === 'object' && params === undefined) params = args[i];
    }
    const called = json(params || undefined), more = lost;
    const outer = target && active[active.length - 1];
    let event;
    if (outer && outer.name === name && (outer.params === params || outer.target !== target)) {
      // Handed on by a wrapper of the page: one event.
      event = Object.assign(outer.event, { called, more });
    } else {
      const { title, url, referrer } = here();
      const auto = name === 'page_view' ? { title, url, path: location.pathname, referrer }
        : /^(purchase|refund)$/.test(name) ? { url } : {};
      event = { head: { at: now(), name, auto }, called, more, page, error: target && new Err() };
      for (const key in listeners) listeners[key](event);
    }
    if (target) active.push({ name, params, target, event });
  });

  let seen = 0;
  const ready = () => window.caReady || [];
  const mark = quietly(() => { seen = ready().length; });
  const replay = quietly((listeners) => {
    for (let i = seen; i < ready().length; i++) announce(ready()[i], listeners);
    mark();
  });

  const wrapped = new WeakMap(); // or proxy -> proxy
  const wrap = quietly((value) => {
    if (typeof value !== 'function') return;
    if (!wrapped.has(value)) {
      const proxy = new Proxy(value, {
        get: (target, key) => (key === 'toString' ? () => '' + target : target[key]),
        apply: (target, self, args) => {
          const { length } = active;
          arm();
          announce(args, hub, target);
          try { return apply(target, self, args); } finally { active.length = length; mark(); }
        },
      });
      wrapped.set(value, proxy).set(proxy, proxy);
    }
    return wrapped.get(value);
  });

  // The stub overwrites window.cact at any time: a setter notices. A global `function cact` removes the
  // setter: then its value is wrapped, and what was queued meanwhile read.
  let current;
  const get = () => current;
  const set = (value) => { current = wrap(value) || value; };
  const arm = quietly(() => {
    const found = Object.getOwnPropertyDescriptor(window, 'cact') || { configurable: true };
    if (found.get === get || found.value && found.value === wrapped.get(found.value)) return;
    replay(hub);
    if (found.get) return; // another tool's
    set(window.cact);
    if (!found.configurable) window.cact = current;
    else Object.defineProperty(window, 'cact', { get, set, configurable: true, enumerable: true });
  });

  const listen = (type, work) => addEventListener(type, quietly(work), true);

  hub[COLLECT] = take;
  if (other) replay({ __proto__: null, take });
  else {
    Object.defineProperty(window, HUB, { value: hub });
    arm();
    document.addEventListener('load', arm, true); // of each script
    listen('readystatechange', arm);
    listen('pagehide', arm);
    setInterval(arm, 1000);
  }
  listen('pagehide', () => { leaving = true; flush(); });
  listen('pageshow', (event) => { leaving = false; if (event.persisted) send(); });
  listen('visibilitychange', () => document.hidden && flush());
  listen('online', send);
  listen('securitypolicyviolation', ({ disposition, blockedURI }) => {
    if (disposition === 'report' || blockedURI !== COLLECT) return;
    hub[COLLECT] = () => {};
    queue.length = 0;
    warn("this page's content security policy (connect-src) blocks " + COLLECT);
  });
})();
