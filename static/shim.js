// Cact Inspector, page-side script: copies each cact('trigger', …) call to the inspector. No error reaches the page.
// The server fills in the settings and the parts (static/shim/), which add requests, verdicts and diagnostics.
//
//   cact() ─ announce ┬ emit ─ take ─ queue ─ send ─ core.post ┬ answered ─ core.onDelivery(items, text)
//                     └ core.onCall(event)                     └ failed ─── core.onFailure(tries)
//   pagehide ─ flush ─ core.beacon, then core.onFlush()
//
// The parts set these hooks in the order in which inspector/script/page_script.py lists them; "a < b": b wraps a.
//   onCall       request-watcher < replay-recorder      onFailure      diagnostics
//   onDelivery   verdicts < offline-queue               onFlush        offline-queue
//                                                       post, beacon   bridge
(function () {
  'use strict';
  const settings = "__SETTINGS__", parts = "__PARTS__", { collect: COLLECT } = settings;
  const HUB = Symbol.for('cact-inspector');
  const other = window[HUB];
  const KEY = COLLECT.split('/').pop(); // the capture key: one inspector may have several host names
  const hub = other || { __proto__: null }; // capture key -> { take, tell, report }
  if (hub[KEY]) return hub[KEY].report('second_script', 'this script is in the page twice: take one away');

  // The browser's own functions, before the page replaces one.
  const { setTimeout, fetch } = window;
  const { stringify, parse } = JSON, { now } = Date, { apply } = Reflect, Err = Error, utf8 = new TextEncoder();
  const bytes = (text) => utf8.encode(text).length;

  function quietly(work) {
    return (...given) => { try { return work(...given); } catch { /* no error reaches the page */ } };
  }

  // ---- copy ----

  let values, lost, above; // values copied so far; characters cut; the objects that hold the current one

  const quote = (text) => {
    const more = text.length - 8000;
    if (more > 0) {
      lost += more;
      text = text.slice(0, 8000) + `…[+${more} characters]`;
    }
    return stringify(text);
  };

  // JSON.stringify, with markers for values that would throw or never end.
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

  const random = quietly(() => crypto.getRandomValues(new Uint8Array(32)));
  const uuid = () => {
    const some = random() || [];
    let at = 0;
    return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'
      .replace(/x/g, () => ((some[at++] ?? Math.random() * 16) & 15).toString(16));
  };

  // ---- queue ----

  const queue = []; // { kind, text, size, page }: events, updates of sent events, reports
  const entries = new WeakMap(), pages = new WeakMap(); // event -> entry, page -> { id, n }
  let flying = 0; // how many of the queue's first items are in the running request
  let timer, tries = 0, most = 50, leaving;

  const mine = (of) => {
    if (!pages.has(of)) pages.set(of, { id: uuid(), n: 0 });
    return pages.get(of);
  };
  const head = (of) => json({ ...of, ...mine(of), n: undefined });

  const put = (item) => {
    queue.push(item);
    if (queue.length - flying > 500) queue.splice(flying, 1); // the gap in `n` shows the loss
    if (leaving) flush();
    else if (!timer && !flying) timer = document.hidden ? queueMicrotask(send) || 1 : setTimeout(send, 5);
  };
  const side = (kind, value, text = json(value)) => put({ kind, text, size: bytes(text), page: here() });

  const take = (event) => {
    const entry = { __proto__: event, kind: 'events', id: uuid(), n: ++mine(event.page).n };
    entries.set(event, entry);
    put(entry);
  };

  // Report the outcome of an event that may have been posted already: the client's request, or that none was sent.
  const tell = (event) => {
    const entry = entries.get(event);
    if (!entry || !entry.text) return; // not posted yet: the outcome is posted with the event
    side('updates', 0, `{"id":"${entry.id}",${outcome(event)}}`);
  };
  const outcome = ({ sent, to }) => sent ? `"sent":${sent},"sent_to":${stringify(to)}` : '"unsent":true';

  const write = (entry) => {
    const { id, n, head, called, permanent, error, more, sent, unsent } = entry, size = bytes(called);
    if (size + more > 32000) head.size = size + more; // above the vendor's limit of an event
    entry.site = site(error, entry) || null;
    entry.text = json({ id, n, ...head, call_site: entry.site }).slice(0, -1)
      + (sent || unsent ? ',' + outcome(entry) : '') + (permanent ? ',"permanent":' + permanent : '')
      + ',"called":' + (size > 48000 ? '{}' : called) + '}';
    entry.size = bytes(entry.text);
  };

  // The body of one request: items of one page, under 64 KB, which the page's own keepalive requests share.
  const batch = (items) => {
    const { page } = items[0], texts = { __proto__: null, events: [] };
    let count = 0, size = 0;
    for (const item of items) {
      if (!item.text) write(item);
      size += item.size;
      if (count && (count >= most || size > 48000 || item.page !== page)) break;
      (texts[item.kind] = texts[item.kind] || []).push(item.text);
      count++;
    }
    here();
    let text = '{"page":' + head(page);
    for (const kind in texts) text += `,"${kind}":[${texts[kind]}]`;
    return [count, (text + '}').replace(/\\ud[89a-f]../g, '\\ufffd')]; // servers refuse lone surrogates
  };

  // ---- send ----

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
        if (!wait) core.onFailure(tries);
      } else {
        tries = 0;
        const items = queue.splice(0, count);
        send();
        return items;
      }
    };
    setTimeout(done, 30000, true);
    core.post(body).then(({ status, retryAfter, text }) => {
      if (status === 413 && count > 1) {
        most = count >> 1;
        done(true, 1);
      } else if (!status || status === 408 || status === 429 || status > 499) {
        done(true, Math.min(retryAfter, 3600) * 1000);
      } else {
        if (status === 410) { // the recording is stopped: events after a resume belong to a new page load
          queue.length = count;
          pages.delete(here());
        }
        const items = done();
        if (status > 399) warn(status, status + ' ' + text.slice(0, 300));
        else core.onDelivery(items || [], text);
      }
    }).catch(() => done(true));
  });

  // Post all unacknowledged items by beacon. They stay queued, since the page may live on; the server drops duplicates.
  const flush = quietly(() => {
    let rest = queue.filter((item) => !item.beaconed);
    while (rest.length) {
      const [count, body] = batch(rest);
      const ok = core.beacon(body);
      if (!ok) core.post(body).catch(() => {});
      for (const item of rest.splice(0, count)) item.beaconed = ok;
    }
    core.onFlush();
  });

  const said = {};
  const warn = quietly((code, text) => {
    if (said[code]) return;
    said[code] = 1;
    console.warn('Cact Inspector: ' + text);
    return true;
  });
  const report = quietly((code, text, detail = '') => {
    if (warn(code, text)) side('reports', { code, detail: mask(detail) });
  });

  // ---- observe ----

  let page, href;
  const here = hub.here || (() => {
    const at = location.href.replace(/#(?![!/]).*/, ''); // an anchor (#a) stays on the same page, a route (#/a) does not
    if (href !== at) {
      href = at;
      page = { url: mask(location.href), referrer: mask(document.referrer) };
      if (top !== window) page.frame = true;
    }
    page.title = document.title;
    return page;
  });

  const PLACE = /[a-z-]+:\/\/\S+?:\d+:\d+/gi;
  const places = (error) => error.stack.match(PLACE) || [];
  const self = quietly(() => places(new Err())[0].replace(/:\d+:\d+$/, ':'))() || '-';
  // The call site: the first stack frame outside this script; the next one where the stub or the container made the call.
  const site = quietly((error, { between }) =>
    mask(places(error).filter((place) => !place.startsWith(self)).slice(between ? 1 : 0)[0]));

  const active = []; // calls that have not returned
  const known = new WeakSet(); // objects in caReady that were announced already
  const permanent = { __proto__: null };
  let permanentText;

  const setProperty = (path, value) => {
    const steps = path.replace(/\[(\w+)]/g, '.$1').split('.'), last = steps.pop(), text = json(value);
    if (/__proto__/.test(path) || text.length > 8000) return;
    let holder = permanent;
    for (const step of steps) {
      const next = holder[step];
      holder = holder[step] = next && typeof next === 'object' ? next : { __proto__: null };
    }
    holder[last] = parse(text, (key, value) => (key === '__proto__' ? undefined : value));
    const all = json(permanent);
    if (all.length < 16000) permanentText = all;
  };

  const emit = (listeners, event) => {
    for (const key in listeners) listeners[key].take(event);
    return event;
  };

  const announce = quietly((args, listeners, target, pushed) => {
    const command = args[0];
    if (above || typeof command !== 'string' || known.has(args)) return;
    if (pushed) known.add(args);
    if (command === 'setProperty') return setProperty(args[1], args[2]);
    const [, container] = command.match(/^trigger(?:_(.+))?$/) || [0, 0];
    // The old form: cact('purchase', …). Commands have no underscore, nearly all event names have one.
    const old = container === 0 && /_|^(login|purchase|refund|search)$/.test(command);
    if (container === 0 && !old) return;
    let name = old ? command : null, params;
    // The client, too, finds its arguments by type; undefined ends the list.
    for (let i = 1; i < 2 || args[i] !== undefined; i++) {
      if (typeof args[i] === 'string' && name === null) name = args[i];
      if (typeof args[i] === 'object' && params === undefined) params = args[i];
    }
    const outer = target && active[active.length - 1];
    let event;
    if (outer && outer.name === name && outer.command === command && !outer.pushed
      && (outer.params === params || outer.target !== target)) {
      // A wrapper of the page passed the call on, or queued it: still one event.
      event = outer.event;
      if (!pushed || outer.params !== params) Object.assign(event, { called: json(params || undefined), more: lost });
    } else {
      const called = json(params || undefined), more = lost, page = here(), { title, url, referrer } = page;
      const auto = name === 'page_view' ? { title, url, path: location.pathname, referrer }
        : /^(purchase|refund)$/.test(name) ? { url } : {};
      event = {
        head: { at: now(), name, auto, container: container || undefined, old_form: old || undefined },
        called, more, page, permanent: permanentText, error: target && new Err(),
        between: pushed && !Array.isArray(args),
      };
      emit(listeners, event);
      if (!old) core.onCall(event);
    }
    if (target) active.push({ name, params, target, event, command, pushed });
  });

  let seen = 0;
  const ready = () => window.caReady || [];
  const mark = quietly(() => {
    const { length } = ready();
    for (; seen < length; seen++) quietly(() => known.add(ready()[seen]))(); // throws for null and other non-objects
    seen = length;
  });
  const replay = quietly((listeners) => {
    for (let i = seen; i < ready().length; i++) if (ready()[i]) announce(ready()[i], listeners);
    mark();
  });

  const wrapped = new WeakMap(); // original -> proxy, and proxy -> itself
  const wrap = quietly((value, pushes) => {
    if (typeof value !== 'function') return;
    if (!wrapped.has(value)) {
      const proxy = new Proxy(value, {
        get: (target, key) => (key === 'toString' ? () => '' + target : target[key]),
        apply: (target, self, args) => {
          const { length } = active;
          if (pushes) quietly(() => args.forEach((one) => announce(one, hub, target, true)))();
          else {
            arm();
            announce(args, hub, target);
          }
          try { return apply(target, self, args); } finally { active.length = length; mark(); }
        },
      });
      wrapped.set(value, proxy).set(proxy, proxy);
    }
    return wrapped.get(value);
  });

  // Containers replace the queue's push, which their tags then call: each such function is wrapped.
  const own = (queue) => Object.getOwnPropertyDescriptor(queue, 'push');
  const adopt = quietly((queue) => {
    if (!Array.isArray(queue)) return;
    if (!wrapped.has(queue)) {
      const tapped = (target, how) => {
        const old = own(target) || {}, free = how.configurable || old.configurable || old.writable;
        const value = free && how.configurable !== false && wrap(how.value, true);
        return value ? { ...how, value } : how;
      };
      if (own(queue)) Object.defineProperty(queue, 'push', tapped(queue, own(queue)));
      const proxy = new Proxy(queue, {
        defineProperty: (target, key, how) => {
          if (key === 'push') how = tapped(target, how);
          else if (!active.length) {
            announce(how.value, hub, target, true); // queued past window.cact
            active.length = 0;
          }
          return Reflect.defineProperty(target, key, how);
        },
      });
      wrapped.set(queue, proxy).set(proxy, proxy);
    }
    return wrapped.get(queue);
  });

  // The stub may overwrite window.cact at any time: a setter wraps the new value. A global `function cact` removes
  // the setter: then the next check wraps its value and reads the calls that were queued meanwhile.
  const hook = (name, wrapping) => {
    let current;
    const get = () => current;
    const set = (value) => { current = wrapping(value) || value; };
    return quietly(() => {
      const found = Object.getOwnPropertyDescriptor(window, name) || { configurable: true };
      if (found.get === get || found.value && found.value === wrapped.get(found.value)) return;
      replay(hub);
      if (found.get) return; // the getter of another tool
      set(window[name]);
      if (!found.configurable) window[name] = current;
      else Object.defineProperty(window, name, { get, set, configurable: true, enumerable: true });
    });
  };
  const hooks = [hook('cact', wrap), hook('caReady', adopt)];
  const arm = () => { for (let i = 0; i < 2; i++) hooks[i](); };

  // ---- start ----

  const listen = (type, work, on = window) => on.addEventListener(type, quietly(work), true);
  const nothing = () => {};
  const core = {
    settings, first: !other, hub, queue, pages, active, setTimeout, now, parse, stringify, Err,
    quietly, bytes, uuid, mask, mine, put, side, warn, report, listen, here, emit, ready, own, send,
    post: (body) => fetch(COLLECT, { method: 'POST', body, keepalive: body.length < 16000, credentials: 'omit' })
      .then((answer) => answer.text().then((text) =>
        ({ status: answer.status, retryAfter: answer.headers.get('Retry-After'), text }))),
    beacon: quietly((body) => navigator.sendBeacon(COLLECT, body)),
    stop: () => {
      hub[KEY].take = hub[KEY].tell = nothing;
      queue.length = 0;
    },
    onCall: nothing, onDelivery: nothing, onFailure: nothing, onFlush: nothing,
  };
  hub[KEY] = { take, tell, report };
  for (const part of parts) quietly(part)(core);
  if (other) replay({ __proto__: null, take: { take } });
  else {
    Object.defineProperty(hub, 'here', { value: here }); // all scripts of this page share one page load
    Object.defineProperty(window, HUB, { value: hub });
    arm();
    document.addEventListener('load', arm, true); // the load of each script element
    listen('readystatechange', arm);
    listen('pagehide', arm);
    setInterval(arm, 1000);
  }
  listen('pagehide', () => { leaving = true; flush(); });
  listen('pageshow', (event) => { leaving = false; if (event.persisted) send(); });
  listen('visibilitychange', () => document.hidden && flush());
  listen('online', send);
})();
