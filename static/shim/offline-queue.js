// Offline queue: stores unacknowledged events in localStorage when the page is left; the site's next page posts them.
export default function (core) {
  const { settings, queue, pages, mine, side, put, now, parse, stringify, bytes, uuid, quietly } = core;
  const PREFIX = 'cact-inspector ' + settings.collect + ' ';
  const MOST = 500000, DAY = 864e5;
  const store = localStorage, backlog = [];
  let kept;

  core.onFlush = quietly(() => {
    let size = 0;
    const groups = new Map();
    for (const { kind, text, page } of queue.concat(backlog)) {
      if (kind !== 'events' || (size += text.length) > MOST) continue;
      if (!groups.has(page)) groups.set(page, [{ ...page, ...mine(page) }]);
      groups.get(page).push(text);
    }
    if (kept) delete store[kept];
    kept = groups.size && PREFIX + uuid();
    if (kept) store[kept] = stringify([now(), ...groups.values()]);
  });

  const delivered = core.onDelivery;
  core.onDelivery = (items, text) => {
    delivered(items, text);
    for (const item of backlog.splice(0)) put(item); // only after this page's first acknowledged post
    if (kept && !queue.length) core.onFlush();
  };

  for (const key of Object.keys(store)) {
    if (!key.startsWith(PREFIX)) continue;
    const [at, ...groups] = parse(store[key]);
    delete store[key];
    if (now() - at < DAY) for (const [{ n, ...page }, ...texts] of groups) {
      pages.set(page, { id: page.id, n });
      side('left', { ...page, n });
      for (const text of texts) backlog.push({ kind: 'events', text, size: bytes(text), page });
    }
  }
}
