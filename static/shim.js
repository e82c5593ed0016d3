// Cact Inspector, page-side script: copies each cact('trigger', …) call to the inspector, and leaves the page as it was.
// No error reaches the page, no code of the page runs for us, no timer or zone of the page is used.
// The server fills in the settings and the parts (static/shim/), which add requests, verdicts and diagnostics.
//
//   cact() ─ announce ┬ each take ─ queue ─ send ─ post ┬ answered ─ onDelivery(items, text)
//                     └ onCall(event)                   └ failed ─── onFailure(tries, status)
//   the page is hidden ─ flush ─ beacon, then onFlush()
//
// The parts are assembled into this scope, where the script starts. They set these hooks, in the order in which
// inspector/script/page_script.py lists them; "a < b": b wraps a.
//   onCall       request-watcher < replay-recorder      onFailure      diagnostics
//   onDelivery   verdicts < offline-queue               onFlush        offline-queue < replay-recorder
//                                                       post, beacon   bridge
(function () {
  const settings = "__SETTINGS__", { collect: COLLECT } = settings;
  const HUB = Symbol.for('cact-inspector'), { currentScript: tag } = document;
  const other = window[HUB];
  const KEY = COLLECT.split('/').pop(); // the capture key: one inspector may have several host names
  const hub = other || { __proto__: null }; // capture key -> { take, tell, report }
  // Frameworks run the element again in their next page.
  if (hub[KEY]) return hub[KEY].tag?.isConnected === false || hub[KEY].report('second_script', 'in the page twice');

  // The browser's own functions, before the page replaces one.
  const { XMLHttpRequest: XHR } = window, { open: openXHR, send: sendXHR } = XHR.prototype, { timeout } = AbortSignal;
  const { stringify, parse } = JSON, { now } = Date, { apply } = Reflect, Err = Error, utf8 = new TextEncoder();
  const { getOwnPropertyDescriptor: describe, getPrototypeOf, defineProperty, hasOwn, keys } = Object;
  const { toString: source } = Function.prototype, { toJSON: dateJSON, toISOString } = Date.prototype;
  const bytes = (text) => utf8.encode(text).length;

  function quietly(work) {
    return (...given) => { try { return work(...given); } catch { /* no error reaches the page */ } };
  }

  // The value of an object's own property, where reading it runs no code: undefined for an accessor.
  const own = (of, key) => {
    const how = describe(of, key);
    if (how && hasOwn(how, 'value')) return how.value;
  };

  // ---- tasks: in no zone of the page (zone.js), by no timer that the page may clear ----

  // zone.js keeps the browser's own functions under such a name; its own leave names on what they listen to.
  const zone = own(window, 'Zone');
  const [addEventListener, removeEventListener, queueMicrotask, Observer] =
    ['addEventListener', 'removeEventListener', 'queueMicrotask', 'MutationObserver']
      .map((name) => window[zone?.__symbol__(name)] || window[name]);
  const tasks = [];
  const { port1, port2 } = new MessageChannel();
  port2.post = port2.postMessage;
  port1.onmessage = quietly(() => { for (const work of tasks.splice(0)) quietly(work)(); });
  const task = (work) => {
    if (tasks.push(work) === 1) port2.post(0);
  };
  const after = (ms, work) => { timeout(ms).onabort = work; };
  const listeners = [];
  const listenAll = quietly(() => { for (const [on, ...given] of listeners) apply(addEventListener, on, given); });
  const listen = (type, work, on = window) => {
    listeners.push([on, type, quietly(work), true]);
    listenAll();
  };

  // ---- copy ----

  let values, lost, above; // values copied so far; characters cut; the objects that hold the current one
  let arrays, objects; // whether the page gave arrays, objects a toJSON

  const quote = (text) => {
    const more = text.length - 8000;
    if (more > 0) {
      lost += more;
      text = text.slice(0, 8000) + `…[+${more} characters]`;
    }
    return stringify(text);
  };

  const unread = (why) => `"[not read: ${why}]"`;
  const { get: nodeName } = describe(Node.prototype, 'nodeName');

  // The JSON of an object that is not plain, undefined for one that is: dates, nodes, and objects with a toJSON.
  const special = (value) => {
    let at = value, how;
    while (at && !(how = describe(at, 'toJSON'))) at = getPrototypeOf(at);
    if (how?.value === dateJSON && own(Date.prototype, 'toISOString') === toISOString) {
      return quietly(() => quote(apply(toISOString, value, [])))() || 'null';
    }
    if (how) return unread('toJSON');
    return quietly(() => quote(`[node ${apply(nodeName, value, [])}]`))();
  };

  // JSON.stringify without running code of the page, and with markers for what would throw or never end.
  // Traps of a Proxy for its keys and descriptors run; there is no way to tell a Proxy.
  function copy(value, depth) {
    if (++values > 5000) return '"[too many values]"';
    if (typeof value === 'string') return quote(value);
    if (typeof value === 'bigint') return describe(BigInt.prototype, 'toJSON') ? unread('toJSON') : quote(`[bigint ${value}]`);
    if (!value || typeof value !== 'object') return stringify(value);
    try {
      if (describe(value, 'window')) return '"[window]"';
      if (ArrayBuffer.isView(value)) return `"[${value.byteLength} bytes]"`;
      const list = Array.isArray(value);
      if (list ? arrays : objects) return unread('toJSON');
      for (let i = depth; i--;) if (above[i] === value) return '"[circular]"';
      if (depth > 63) return '"[too deep]"';
      above[depth] = value;
      const names = list ? null : keys(value), length = list ? own(value, 'length') : names.length;
      // Only dates, nodes and library objects have no keys or such keys, and the prototype of a Proxy is its own affair.
      const odd = names && (!length || /^[_$]|^jQuery|^location$/.test(names[0]) || describe(value, 'toJSON')) && special(value);
      if (odd) return odd;
      let out = '';
      for (let i = 0; i < length && values <= 5000; i++) {
        const key = names ? names[i] : i, how = describe(value, key);
        const part = how && !hasOwn(how, 'value') ? unread('getter') : copy(how && how.value, depth + 1) || !names && 'null';
        if (part) out += (out && ',') + (names ? quote(key) + ':' : '') + part;
      }
      return names ? '{' + out + '}' : '[' + out + ']';
    } catch (error) {
      return quietly(() => quote(`[error: ${own(error, 'message')}]`))();
    }
  }

  const json = (value, theirs) => {
    values = lost = 0;
    above = [];
    arrays = theirs && describe(Array.prototype, 'toJSON');
    objects = theirs && describe(Object.prototype, 'toJSON');
    try { return copy(value, 0) || '{}'; } finally { above = null; }
  };

  // No address of a browser holds "<", so that the server can tell what was masked (events/verdict/personal_values.py).
  const mask = (url) => url.replace(/[\w.+%-]{1,64}(@|%40)[\w.-]+\.[a-z]{2,}/gi, '<e-mail>');

  // One random UUID for this script, whose last group counts; crypto.randomUUID is missing without https.
  const base = URL.createObjectURL(new Blob()).slice(-36);
  let made = 1e12;
  const uuid = () => base.slice(0, 24) + `${++made}`.slice(1);

  // ---- hooks of the parts ----

  const nothing = () => {};
  let onCall = nothing, onDelivery = nothing, onFailure = nothing, onFlush = nothing;
  let setProperty = nothing, site = nothing, permanent = '';
  // Not fetch, which more pages wrap before this script comes: their code would run.
  let post = (body) => new Promise((resolve) => {
    const xhr = new XHR();
    xhr.onloadend = () => resolve({
      status: xhr.status, text: xhr.responseText, wait: xhr.getResponseHeader('Retry-After'),
    });
    apply(openXHR, xhr, ['POST', COLLECT]);
    xhr.timeout = 30000;
    apply(sendXHR, xhr, [body]);
  });
  let beacon = (body) => navigator.sendBeacon(COLLECT, body);

  // ---- queue ----

  const queue = []; // { kind, text, page }: events, updates of sent events, reports
  const OURS = Symbol(); // the key of what this script, of several in the page, adds to an event (entry) and page ({ id, n })
  let flying = 0; // how many of the queue's first items are in the running request
  let timer, tries = 0, most = 50, hiding, leaving;

  const mine = (page) => page[OURS] ||= { id: uuid(), n: 0 };
  const head = (of, n) => json({ ...of, ...mine(of), n });

  const put = (item) => {
    queue.push(item);
    if (queue.length - flying > 500) queue.splice(flying, 1); // the gap in `n` shows the loss
    if (leaving) flush();
    else if (!timer && !flying) task(send);
  };
  const side = (kind, text) => put({ __proto__: null, kind, text, page: here() });

  const take = (event) => {
    put(event[OURS] = { __proto__: event, kind: 'events', text: 0, id: uuid(), n: ++mine(event.page).n });
  };

  // Report the outcome of an event that may have been posted already: the client's request, or that none was sent.
  const tell = (event) => {
    const entry = event[OURS];
    if (!entry?.text) return; // not posted yet: the outcome is posted with the event
    if (!entry.beaconed && queue.indexOf(entry) >= flying) entry.text = 0; // it waits for another post
    else side('updates', `{"id":"${entry.id}",${event.outcome}}`);
  };
  const write = (entry) => {
    const { id, n, head, called = 'null', permanent, error, more = 0, outcome } = entry, size = bytes(called);
    if (size + more > 32000) head.size = size + more; // above the vendor's limit of an event
    entry.text = json({ id, n, ...head, call_site: entry.site = site(error, entry) || null }).slice(0, -1)
      + (outcome ? ',' + outcome : '') + (permanent ? ',"permanent":' + permanent : '')
      + ',"called":' + (size > 48000 ? '{}' : called) + '}';
  };

  // The body of one request: items of one page, under 64 KB.
  const batch = (items) => {
    readAll();
    const { page } = items[0], texts = { __proto__: null, events: '' };
    let count = 0, size = 0;
    for (const item of items) {
      if (!item.text) write(item);
      size += bytes(item.text);
      if (count && (count >= most || size > 48000 || item.page !== page)) break;
      texts[item.kind] = (texts[item.kind] || '') + ',' + item.text;
      count++;
    }
    here();
    let text = '{"page":' + head(page);
    for (const kind in texts) text += `,"${kind}":[${texts[kind].slice(1)}]`;
    return [count, (text + '}').replace(/\\ud[89a-f]../g, '\\ufffd')]; // servers refuse lone surrogates
  };

  // ---- send ----

  const send = quietly(() => {
    timer = 0;
    if (flying || !queue.length) return;
    const [count, body] = batch(queue);
    flying = count;
    const again = (wait, status) => {
      flying = 0;
      timer = 1;
      after(wait || Math.min(10000, 250 * 2 ** tries++), send);
      if (!wait) onFailure(tries, status);
    };
    post(body).then(quietly(({ status, wait, text }) => {
      const answer = quietly(parse)(text);
      if (status === 413 && count > 1) {
        most = count >> 1;
        again(1);
      } else if ([0, 408, 429].includes(status) || status > 499) {
        again(wait * 1000);
      } else if (status !== 413 && (Object(answer) !== answer || status < 400 && status !== 202)) {
        again(0, status); // something between here and the inspector has answered
      } else {
        flying = tries = 0;
        if (status === 410) { // the recording is stopped: events after a resume belong to a new page load
          queue.length = count;
          here()[OURS] = 0;
        }
        const items = queue.splice(0, count);
        send();
        if (status > 399) warn(status, status + ' ' + text);
        else onDelivery(items, text);
      }
    }), quietly(() => again()));
  });

  // Post by beacon what is not on its way. It stays queued, since the page may live on; the server drops duplicates.
  const flush = quietly(() => {
    leaving = hiding; // a request on its way ends with the page
    let rest = queue.filter((item, at) => !item.beaconed && (leaving || at >= flying));
    while (rest.length) {
      const [count, body] = batch(rest);
      if (!beacon(body)) break; // the page has used up the browser's 64 KB
      for (const item of rest.splice(0, count)) item.beaconed = true;
    }
    onFlush();
  });

  const said = {};
  // Once for each code: true the first time.
  const warn = quietly((code, text) => !said[code] && (said[code] = !console.warn('Cact Inspector: ' + text)));
  const report = quietly((code, text, detail = '') => {
    if (warn(code, text)) side('reports', json({ code, detail: mask('' + detail) }));
  });

  // ---- observe ----

  let page, href;
  const here = hub[HUB] ||= () => { // all scripts of this page share one page load
    const at = location.href.replace(/#(?![!/]).*/, ''); // an anchor (#a) stays on the same page, a route (#/a) does not
    if (href !== at) {
      href = at;
      page = { url: mask(location.href), referrer: mask(document.referrer), frame: top !== window || undefined };
    }
    page.title = document.title;
    return page;
  };

  const active = []; // calls that have not returned
  const known = new Set(); // entries of caReady that were announced already; caReady keeps them, too
  const ready = () => own(window, 'caReady') || [];
  const loaded = () => describe(ready(), 'push'); // a container has redefined it, and runs each call at once

  // Parameters are read when the client reads them: in the call; where the client only queues, after the page's script.
  const unreadYet = [];
  const readAll = quietly(() => { for (const work of unreadYet.splice(0)) work(); });
  const read = (queues, work) => {
    unreadYet.push(quietly(work));
    if (queues) queueMicrotask(readAll); // the first one reads all
    else readAll();
  };

  // Call a method of each inspector's script.
  const each = (method, given, targets = hub) => { for (const key in targets) targets[key][method](...given); };

  const announce = quietly((args, targets, target, pushed) => {
    const command = own(args, 0);
    if (above || typeof command !== 'string' || known.has(args)) return;
    if (pushed) known.add(args);
    const queues = !loaded() && (!target || pushed || /caReady/.test(apply(source, target, [])));
    if (command === 'setProperty') return read(queues, () => setProperty(own(args, 1), own(args, 2)));
    const [trigger, container] = command.match(/^trigger(?:_(.+))?$/) || [];
    // The old form: cact('purchase', …). Commands have no underscore, nearly all event names have one.
    const old = !trigger && /_|^(purchase|refund|login|search)$/.test(command);
    if (!trigger && !old) return;
    let name = old ? command : null, params;
    // The client, too, finds its arguments by type; undefined ends the list.
    for (let i = 1; i < 2 || own(args, i) !== undefined; i++) {
      const given = own(args, i);
      if (typeof given === 'string') name ??= given;
      if (typeof given === 'object' && params === undefined) params = given;
    }
    const outer = target && active.at(-1);
    const copied = (event) => read(queues, () => {
      event.called = json(params || undefined, true);
      event.more = lost;
      event.permanent = permanent;
    });
    let event;
    if (outer && outer.event.head.name === name && outer.command === command && !outer.pushed
      && (outer.params === params || outer.target !== target)) {
      // A wrapper of the page passed the call on, or queued it: still one event.
      event = outer.event;
      if (!pushed || outer.params !== params) copied(event);
    } else {
      const page = here(), { title, url, referrer } = page;
      const auto = name === 'page_view' ? { title, url, path: mask(location.pathname), referrer }
        : /^(purchase|refund)$/.test(name) ? { url } : {};
      event = {
        __proto__: null,
        head: { at: now(), name, auto, container, old_form: old || undefined, seen: target ? undefined : 'queue' },
        page, error: target && new Err(), between: pushed && !Array.isArray(args),
      };
      copied(event);
      each('take', [event], targets);
      if (!old) onCall(event);
    }
    if (target) active.push({ params, target, event, command, pushed });
  });

  let seen = 0;
  // Go on in the queue; announce its calls to these inspectors, if any.
  const replay = quietly((targets) => {
    const length = own(ready(), 'length');
    for (; seen < length; seen++) {
      const one = own(ready(), seen);
      if (targets) announce(one, targets);
      known.add(one);
    }
    seen = length;
  });

  const wrapped = new WeakMap(); // original -> proxy, and proxy -> itself
  // Replace the value of a property by a proxy, and change nothing else of its descriptor.
  const replace = quietly((holder, name, traps) => {
    const value = own(holder, name);
    if (!wrapped.has(value)) {
      const proxy = new Proxy(value, { __proto__: null, ...traps });
      wrapped.set(value, proxy).set(proxy, proxy);
    }
    if (wrapped.get(value) !== value) defineProperty(holder, name, { __proto__: null, value: wrapped.get(value) });
    return wrapped.get(value);
  });
  const calls = (apply) => ({ apply, get: (target, key) => (key === 'toString' ? () => '' + target : target[key]) });

  const hooked = (pushes) => calls((target, self, args) => {
    const { length } = active;
    if (!pushes) {
      arm();
      announce(args, hub, target);
    } else for (let i = 0; i < args.length; i++) announce(args[i], hub, target, true);
    try { return apply(target, self, args); } finally { active.length = length; replay(); }
  });
  const calling = hooked(), pushing = hooked(true);
  // Containers replace the queue's push, which their tags then call: each such function is wrapped.
  const queueing = {
    defineProperty: (target, key, how) => {
      if (key === 'push') readAll(); // the container reads what is queued
      else if (!active.length) {
        announce(own(how, 'value'), hub, target, true); // queued past window.cact
        active.length = 0;
      }
      const done = Reflect.defineProperty(target, key, how);
      if (key === 'push') replace(target, key, pushing);
      return done;
    },
  };

  let root;
  const arm = quietly(() => {
    replay(hub);
    // Never make a global: pages ask for them. What is no function or list is left alone.
    if (typeof own(window, 'cact') === 'function') replace(window, 'cact', calling);
    const given = own(window, 'caReady');
    if (Array.isArray(given) && Object.isExtensible(given)) {
      if (loaded()) replace(given, 'push', pushing);
      replace(window, 'caReady', queueing);
    }
    if (root !== (root = document.documentElement)) listenAll(); // document.open() takes all listeners away
  });

  // ---- start ----

  hub[KEY] = { take, tell, report, tag };
  for (const part of "__PARTS__") quietly(part)();
  if (other) replay({ __proto__: null, take: { take } });
  else {
    defineProperty(window, HUB, { __proto__: null, value: hub });
    listen('load', arm, document); // the load of each script element
    listen('readystatechange', arm);
    // A script element is noticed before its code runs, and what the script before it defined is hooked.
    new Observer(quietly(() => {
      arm();
      task(arm);
    })).observe(document, { __proto__: null, childList: true, subtree: true });
    const poll = () => {
      arm();
      after(1000, poll);
    };
    poll();
  }
  // Ours goes last, since the page's own beacons share the browser's 64 KB. A page that is left is hidden after pagehide.
  const leave = quietly(() => document.hidden && flush());
  const last = () => {
    for (const type of ['visibilitychange', 'pagehide']) {
      apply(removeEventListener, window, [type, leave]);
      apply(addEventListener, window, [type, leave]);
    }
  };
  last();
  listen('visibilitychange', last);
  listen('pagehide', () => {
    hiding = true;
    arm();
  });
  listen('pageshow', (event) => {
    hiding = leaving = false;
    if (event.persisted) send();
  });
  listen('online', send);
})();
