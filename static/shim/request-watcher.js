// Watches the vendor client's requests: pairs each with its cact call, and reports calls without a request.
export default function (core) {
  const { first, hub, active, setTimeout, now, parse, Err, quietly, emit, here, mask, ready, own, listen } = core;
  if (!first) return;
  const REQUEST_TIMEOUT = 5000; // ms until a call without a request counts as unsent
  const VENDOR = /\/events(\/batch)?\?(.*&)?tc_s=|\/cdp\/events\b/;
  const pending = []; // events whose request has not been seen, the oldest first

  const tell = (event) => { for (const key in hub) hub[key].tell(event); };
  const report = (...given) => { for (const key in hub) hub[key].report(...given); };

  // ---- pair ----

  // The event of a request: that of the running call, else the oldest pending one of this name.
  const pair = (name) => {
    let at = -1;
    for (let i = active.length; i-- && at < 0;) if (active[i].name === name) at = pending.indexOf(active[i].event);
    if (at < 0) at = pending.findIndex(({ head }) => head.name === name);
    return pending.splice(at < 0 ? pending.length : at, 1)[0];
  };

  const seen = quietly((url, body) => {
    const { event_name, event: older } = parse(body), name = event_name ?? older;
    const how = { sent: body.length > 40000 ? '{}' : body, to: mask(url.replace(/([?&]token=)[^&]*/, '$1…')) };
    const event = pair(name);
    if (event) tell(Object.assign(event, how));
    // A request without a call becomes an event of its own, judged as it was sent.
    else emit(hub, { head: { at: now(), name, auto: {} }, called: 'null', more: 0, page: here(), error: new Err(), ...how });
  });

  const request = quietly((url, body) => {
    url = new URL(url, location).href;
    if (!VENDOR.test(url)) return;
    if (body instanceof Blob) body.text().then((text) => seen(url, text));
    else seen(url, ArrayBuffer.isView(body) ? new TextDecoder().decode(body) : '' + body);
    return url;
  });

  // ---- watch ----

  // Wrap a method without changing its calls: `before` gets the arguments, `after` the result.
  const tap = quietly((holder, name, before, after = () => {}) => {
    const { apply } = Reflect;
    before = quietly(before);
    after = quietly(after);
    holder[name] = new Proxy(holder[name], {
      get: (target, key) => (key === 'toString' ? () => '' + target : target[key]),
      apply: (target, self, args) => {
        before(self, ...args);
        const result = apply(target, self, args);
        after(result, ...args);
        return result;
      },
    });
  });

  const blocked = (url) => {
    url = url.split('?')[0];
    report('request_failed', `the browser kept the client's request to ${url} back: look for an ad blocker or a policy`, url);
  };

  // A beacon that the browser refuses is ignored: the client then posts by fetch or XHR.
  tap(Navigator.prototype, 'sendBeacon', () => {}, (taken, url, body) => taken && request(url, body));
  tap(window, 'fetch', (_, resource, options = {}) => {
    if (!(resource instanceof Request)) request(resource, options.body);
    else if (VENDOR.test(resource.url)) resource.clone().text().then((text) => request(resource.url, text));
  });
  const addresses = new WeakMap();
  tap(XMLHttpRequest.prototype, 'open', (xhr, _, url) => addresses.set(xhr, url));
  tap(XMLHttpRequest.prototype, 'send', (xhr, body) => {
    const url = request(addresses.get(xhr), body);
    if (url) xhr.addEventListener('error', () => blocked(url));
  });
  listen('securitypolicyviolation', ({ disposition, blockedURI }) => {
    if (disposition !== 'report' && VENDOR.test(blockedURI)) blocked(blockedURI);
  });

  // ---- nothing left the page ----

  const overdue = quietly((event) => {
    if (!pending.includes(event)) return;
    event.unsent = true;
    tell(event);
    if (own(ready())) return; // a container is loaded: it waits for consent, or ignores these calls
    if (ready().length) report('no_container', 'no container takes the calls out of caReady: check its address, consent, ad blockers');
    else report('fake_container', 'something answers cact but sends nothing: most likely an ad blocker, so switch it off here');
  });

  core.onCall = (event) => {
    pending.push(event);
    if (pending.length > 500) pending.shift();
    // A call that was queued before this script ran may have led to a request before it ran, too.
    if (event.error || !own(ready())) setTimeout(overdue, REQUEST_TIMEOUT, event);
  };
}
