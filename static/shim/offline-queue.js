// Offline queue: stores the bodies of unacknowledged posts in localStorage when the page is left; the site's next page
// posts them. No list passes JSON.stringify, which a toJSON of the page would change. A stored body stays until it was
// delivered, or reported as lost. Assembled into the scope of static/shim.js.
export default function () {
  const PREFIX = 'cact-inspector ' + COLLECT, kept = PREFIX + uuid(), store = localStorage, delivered = onDelivery;
  let busy;

  onFlush = quietly(() => {
    let rest = [...queue], text = now();
    while (rest.length && `${text}`.length < 5e5) {
      const { page } = rest[0], [count, body] = batch(rest), left = head(page, mine(page).n);
      text += `,${stringify(`{"page":${left},"events":[],"left":[${left}]}`)},${stringify(body)}`;
      rest = rest.slice(count);
    }
    if (queue.length) store[kept] = `[${text}]`;
    else delete store[kept];
  });

  const resend = async () => {
    if (busy) return;
    busy = true;
    for (const key of keys(store)) {
      if (key === kept || !key.startsWith(PREFIX)) continue;
      const [at, ...bodies] = quietly(parse)(store[key]) || [];
      if (now() - at < 864e5) for (const body of bodies) busy &&= (await post(body)).status === 202;
      else report('lost', 'events are lost', key);
      if (!busy) return;
      delete store[key];
    }
    busy = false;
  };
  const again = () => resend().then(nothing, nothing);
  again();
  onDelivery = (items, text) => {
    delivered(items, text);
    again();
    if (!queue.length) onFlush();
  };
}
