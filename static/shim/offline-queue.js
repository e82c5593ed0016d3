// Offline queue: stores the bodies of unacknowledged posts in localStorage when the page is left; the site's next page
// posts them. No list passes JSON.stringify, which a toJSON of the page would change. A stored body stays until it was
// delivered, or reported as lost. Assembled into the scope of static/shim.js.
export default function () {
  const PREFIX = 'cact-inspector ' + COLLECT, kept = PREFIX + uuid(), store = localStorage, delivered = onDelivery;
  const earlier = [];
  let stored; // the bodies in the storage

  // [the time, what page loads have ended, the bodies …]
  onFlush = quietly(() => {
    let rest = queue, left = '';
    stored = '';
    while (rest.length && stored.length < 5e5) {
      const { page } = rest[0], [count, body] = batch(rest);
      left += ',' + head(page, mine(page).n);
      stored += ',' + stringify(body);
      rest = rest.slice(count);
    }
    if (stored) store[kept] = `[${now()},${stringify(left.slice(1))}${stored}]`;
    else delete store[kept];
  });

  for (const key of keys(store)) {
    if (!key.startsWith(PREFIX)) continue;
    const [at, left, ...bodies] = quietly(parse)(store[key]) || [];
    if (now() - at < 864e5 && quietly(parse)(`[${left}]`)) {
      side('left', left); // before this page's events
      earlier.push([key, bodies]);
    } else {
      report('lost', 'events lost', key);
      delete store[key];
    }
  }
  const resend = async () => {
    for (const [key, bodies] of earlier.splice(0)) {
      for (const body of bodies) if ((await post(body)).status !== 202) return earlier.push([key, bodies]);
      delete store[key];
    }
  };
  onDelivery = (items, text) => {
    delivered(items, text);
    resend().then(nothing, nothing); // only after this page's first acknowledged post
    if (stored && !queue.length) onFlush();
  };
}
