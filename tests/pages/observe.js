// Records in a page what must be the same with and without the page-side script. Every run of a page loads it first.
// It replaces nothing, listens to nothing and sends nothing: the runner reads observed() of each frame.
//
//   boundary(label)        records the globals: names, descriptors, and what a function says of itself
//   note(label, value)     records a value
//   noted(label)           whether a value was recorded under this label; for a step that waits
//   tried(label, work)     records what a function returns or throws, and returns it
//   counted(label, value)  counts a run of a getter, a toJSON or a toString, and returns the value
//   watched(target, label) a Proxy that counts each of its traps
(() => {
  'use strict';
  const { stringify } = JSON, { ownKeys } = Reflect;
  const { getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf, keys } = Object;
  const timer = setTimeout, { keyFor } = Symbol;
  const log = [], counts = { __proto__: null }, before = { __proto__: null };

  const add = (line) => { log[log.length] = line; };
  const count = (what) => { counts[what] = (counts[what] || 0) + 1; };

  // ---- values ----

  /** A text that tells values apart; it runs no getter, toJSON or toString. */
  const describe = (value, depth = 0) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
      return typeof value === 'string' ? stringify(value) : `${typeof value} ${String(value)}`;
    }
    if (typeof value === 'function') return `function ${value.name}`;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (depth > 3) return 'object';
    let text = '';
    for (const key of ownKeys(value)) {
      const found = getOwnPropertyDescriptor(value, key);
      if (!found || !found.enumerable) continue;
      text += `${text && ', '}${String(key)}: ${found.get ? 'getter' : describe(found.value, depth + 1)}`;
    }
    return `{${text}}`;
  };

  const note = (label, value) => add(`${label}: ${describe(value)}`);

  const noted = (label) => log.some((line) => line.startsWith(label));

  const tried = (label, work) => {
    let result;
    try {
      result = work();
    } catch (error) {
      add(`${label}: throws ${describe(error)}`);
      return;
    }
    add(`${label}: returns ${describe(result)}`);
    return result;
  };

  // ---- what runs ----

  const counted = (label, value) => {
    count(label);
    return value;
  };

  const TRAPS = ['get', 'set', 'has', 'deleteProperty', 'apply', 'construct', 'defineProperty', 'getPrototypeOf',
    'setPrototypeOf', 'isExtensible', 'preventExtensions', 'ownKeys', 'getOwnPropertyDescriptor'];
  const KEYED = new Set(['get', 'set', 'has', 'deleteProperty', 'defineProperty', 'getOwnPropertyDescriptor']);

  const watched = (target, label) => {
    const handler = { __proto__: null };
    for (const trap of TRAPS) {
      const forward = Reflect[trap];
      handler[trap] = (...given) => {
        count(`${label}.${trap}${KEYED.has(trap) ? ` ${String(given[1])}` : ''}`);
        return forward(...given);
      };
    }
    return new Proxy(target, handler);
  };

  // ---- globals ----

  const WATCHED = {
    window: ['cact', 'caReady', 'fetch', 'XMLHttpRequest', 'Request', 'Blob', 'Proxy', 'JSON', 'Promise', 'Image',
      'MutationObserver', 'MessageChannel', 'AbortSignal', 'setTimeout', 'setInterval', 'clearTimeout',
      'requestAnimationFrame', 'queueMicrotask', 'addEventListener', 'onerror', 'onunhandledrejection', 'console'],
    navigator: ['sendBeacon'],
    'Navigator.prototype': ['sendBeacon'],
    'XMLHttpRequest.prototype': ['open', 'send', 'setRequestHeader', 'addEventListener'],
    'EventTarget.prototype': ['addEventListener', 'removeEventListener', 'dispatchEvent'],
    'HTMLImageElement.prototype': ['src'],
    'HTMLIFrameElement.prototype': ['src', 'srcdoc', 'contentWindow', 'contentDocument'],
    'Node.prototype': ['appendChild', 'insertBefore'],
    'Element.prototype': ['setAttribute', 'innerHTML', 'append'],
    'Document.prototype': ['write', 'open', 'close', 'createElement'],
    'History.prototype': ['pushState', 'replaceState'],
    'Array.prototype': ['push', 'toJSON'],
    'Object.prototype': ['toJSON'],
    'Function.prototype': ['apply', 'call', 'toString'],
    'Promise.prototype': ['then'],
    Object: ['defineProperty', 'keys'],
    Error: ['prepareStackTrace', 'stackTraceLimit'],
    document: ['cookie', 'title', 'write', 'open'],
    console: ['log', 'warn', 'error'],
  };

  const flags = ({ writable, enumerable, configurable }) =>
    `${writable ? 'w' : '-'}${enumerable ? 'e' : '-'}${configurable ? 'c' : '-'}`;

  /** What a function shows of itself; its identity may differ. */
  const face = (value) => {
    if (typeof value !== 'function') return typeof value;
    let source = '?';
    try {
      source = String(value); // as pages ask: a Proxy answers Function.prototype.toString with native code
    } catch {
      // a revoked proxy
    }
    const native = source.includes('[native code]');
    return `function ${value.name}/${value.length} ${native ? 'native' : source} [${getOwnPropertyNames(value)}]`;
  };

  const shape = (holder, name) => {
    const found = getOwnPropertyDescriptor(holder, name);
    if (!found) return 'absent';
    const accessor = found.get || found.set;
    const value = accessor ? `get ${face(found.get)}, set ${face(found.set)}` : face(found.value);
    return `${accessor ? 'accessor' : 'data'} ${flags(found)} ${value}`;
  };

  const changed = (name, text) => {
    if (before[name] === text) return;
    before[name] = text;
    add(`  ${name}: ${text}`);
  };

  const follow = (path) => path.split('.').reduce((holder, name) => holder && holder[name], window);

  const boundary = (label = '') => {
    add(`boundary ${label}`);
    const listed = [];
    for (const name in window) listed[listed.length] = name;
    const known = before.listed || [];
    for (const name of listed) if (!known.includes(name)) add(`  + in for…in: ${name}`);
    for (const name of known) if (!listed.includes(name)) add(`  - in for…in: ${name}`);
    before.listed = listed;
    for (const name of ['cact', 'caReady']) {
      changed(`${name} in window`, String(name in window));
      changed(`typeof ${name}`, typeof window[name]);
      changed(`keys have ${name}`, String(keys(window).includes(name)));
    }
    for (const [path, names] of Object.entries(WATCHED)) {
      const holder = follow(path);
      if (holder) for (const name of names) changed(`${path}.${name}`, shape(holder, name));
    }
    changed('frames', String(window.length));
    const queue = window.caReady;
    if (!Array.isArray(queue)) return;
    changed('caReady holds', `${queue.length} calls, own names ${getOwnPropertyNames(queue).filter((name) => !/^\d/.test(name))}`);
    changed('caReady.push', shape(queue, 'push'));
    changed('caReady is an Array', String(getPrototypeOf(queue) === Array.prototype));
  };

  const named = (key) => (typeof key === 'symbol' ? keyFor(key) || key.description : key);
  /** Our script marks a window with registered symbols, so that a second one finds the first. */
  const ours = (key) => typeof key === 'symbol' && /^cact-inspector/.test(keyFor(key));
  const names = (holder) => ownKeys(holder).filter((key) => !ours(key)).map(named).sort();

  /** All that was recorded. `timer` is the number of the next timer: it tells how many were set before. */
  const observed = () => {
    boundary('at the end');
    // All but our own tag, and the script by which it reports that a policy blocks its posts.
    const elements = document.querySelectorAll(':not(script[src*="/shim/"], script[src*="/collect/"])').length;
    return {
      log, counts, elements,
      names: { window: names(window), document: names(document), navigator: names(navigator) },
      timer: timer(() => {}),
    };
  };

  Object.assign(window, { boundary, note, noted, tried, counted, watched, observed });
  boundary('at the start');
})();
