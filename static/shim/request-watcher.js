// Watches the vendor client's requests: pairs each with its cact call, and reports calls without a request.
// Assembled into the scope of static/shim.js.
export default function () {
  if (other) return;
  const VENDOR = /\/events(\/batch)?\?(.*&)?tc_s=|\/cdp\/events\b/;
  const pending = []; // events whose request has not been seen, the oldest first

  // ---- pair ----

  // The event of a request: that of the running call, else the oldest pending one of this name.
  const pair = (name) => {
    const same = pending.filter(({ head }) => head.name === name);
    const event = same.findLast((one) => active.some(({ event }) => event === one)) || same[0];
    if (event) pending.splice(pending.indexOf(event), 1);
    return event;
  };

  const found = quietly((name, url, sent) => {
    const to = mask(url.replace(/([?&]t(oken|c_skey)=)[^&]*/g, '$1…'));
    const outcome = (sent ? '"sent":' + sent : '"pixel":' + stringify(to.split('?')[1])) + ',"sent_to":' + stringify(to);
    const settle = () => {
      const event = pair(name);
      if (event) each('tell', [Object.assign(event, { outcome })]);
      return event;
    };
    const event = { head: { at: now(), name, auto: {} }, page: here(), error: new Err(), outcome };
    // A container runs calls while it loads, before its queue can be read. A request without a call becomes an event of
    // its own, judged as it was sent.
    const late = () => {
      arm();
      if (!settle()) each('take', [event]);
    };
    if (!settle()) (hiding ? late : task)(late); // no task of a page that is left runs
  });
  const text = quietly((url, body) => {
    const { event_name, event } = parse(body);
    found(event_name ?? event, url, body.length > 40000 ? '{}' : body);
  });

  // ---- read: by the browser's own getters, which run no code of the page, and take objects of any frame ----

  const using = ({ prototype }, name) => {
    const method = own(prototype, name) || describe(prototype, name).get;
    return quietly((of) => apply(method, of, []));
  };
  const size = using(Blob, 'size'), length = using(ArrayBuffer, 'byteLength'), href = using(URL, 'href');
  const target = using(Request, 'url'), clone = using(Request, 'clone');

  let proof; // the functions in place when it was last certain that they pass each request on to this script
  const request = quietly((address, body) => {
    const url = new URL(typeof address === 'string' ? address : target(address) || href(address), location).href;
    if (!VENDOR.test(url)) return;
    proof = current();
    if (typeof body === 'string') text(url, body);
    else {
      const copy = body === undefined ? clone(address)
        : (size(body) ?? length(body)) !== undefined || ArrayBuffer.isView(body) ? new Response(body) : 0;
      if (copy) task(() => copy.text().then((body) => text(url, body)));
      else proof = 0; // an object or a stream, which only the browser can read
    }
    return url;
  });

  // ---- watch ----

  let depth = 0; // taps that have been reached: a wrapper of the page calls the browser's own function
  let native = !loaded(); // a container that came first has kept the browser's functions
  const taps = [], current = () => taps.map(([holder, name]) => own(holder, name));
  const blocked = (url) => {
    url = url.split('?')[0];
    each('report', ['request_failed', 'blocked: ' + url, url]);
  };

  const addresses = new WeakMap();
  const watch = (realm) => {
    // Wrap a method, and hand its calls to `work`. A beacon that the browser refuses is none: the client then posts by XHR.
    const tap = quietly((holder, name, work) => {
      if (realm === window) taps.push([holder, name]); // frames come and go
      const method = own(holder, name);
      const tell = quietly((...given) => realm !== window && own(realm, HUB) || work(...given)); // a frame's script watches it
      if (method) native = replace(holder, name, calls((target, self, args) => {
        const reached = ++depth, late = name === 'sendBeacon';
        if (!late) tell(self, args);
        const result = apply(target, self, args);
        if (late && result && reached === depth) tell(self, args);
        return result;
      })) && native && /^function \w+\(\)\s*{\s*\[native/.test(apply(source, method, []));
    });
    const { navigator, Navigator: { prototype }, XMLHttpRequest: { prototype: xhr } } = realm;
    const beacon = (_, [url, body]) => request(url, body);
    if (wrapped.has(own(xhr, 'send'))) return; // in place already
    tap(prototype, 'sendBeacon', beacon);
    tap(navigator, 'sendBeacon', beacon); // of a page that gave it one
    tap(realm, 'fetch', (_, [resource, options]) => request(resource, options && own(options, 'body')));
    tap(xhr, 'open', (xhr, [, url]) => addresses.set(xhr, url));
    tap(xhr, 'send', (xhr, [body]) => {
      const url = request(addresses.get(xhr), body);
      if (url) apply(addEventListener, xhr, ['error', () => blocked(url)]);
    });
  };
  watch(window);
  listen('load', () => { for (let i = 0; i < window.length; i++) quietly(watch)(window[i]); }, document);
  new PerformanceObserver(quietly((list) => {
    for (const { name: url } of list.getEntries()) {
      const name = new URL(url).searchParams.get('event_name'); // a pixel
      if (name && VENDOR.test(url)) found(name, url);
    }
  })).observe({ type: 'resource', buffered: true });
  if (native) proof = current();
  listen('securitypolicyviolation', ({ disposition, blockedURI }) => {
    if (disposition !== 'report' && VENDOR.test(blockedURI)) blocked(blockedURI);
  });

  // ---- nothing left the page ----

  const overdue = quietly((event) => {
    if (!pending.includes(event) || !proof || !current().every((method, at) => method === proof[at])) return;
    event.outcome = '"unsent":true';
    each('tell', [event]);
    if (loaded()) return; // a container waits for consent, or ignores these calls
    each('report', ready().length ? ['no_container', 'no container']
      : ['fake_container', 'an ad blocker answers']);
  });

  onCall = (event) => {
    pending.push(event);
    if (pending.length > 500) pending.shift();
    // A call that was queued before this script ran may have led to a request before it ran, too.
    if (event.error || !loaded()) after(5000, () => overdue(event));
  };
}
