// Between the page's script and the extension: carries what it wants to post, and brings the answers back.
(() => {
  'use strict';
  const api = globalThis.browser ?? globalThis.chrome;
  const name = globalThis.cactInspector.bridge;
  const AWAY = { status: 0, retryAfter: null, text: '' };
  const ORPHANED = { status: 410, retryAfter: null, text: 'The extension was reloaded: reload the page too.' };

  // An extension that was reloaded or taken away leaves this script behind, cut off.
  const ask = async (message) => {
    try {
      return await api.runtime.sendMessage(message) ?? AWAY;
    } catch {
      return api.runtime?.id ? AWAY : ORPHANED;
    }
  };

  const post = (body, leaving, path) => {
    if (!leaving) return ask({ ask: 'post', body, path });
    // A page may be gone before a sleeping worker has woken, and its messages with it. What is stored stays.
    const key = `left:${Date.now()}:${crypto.randomUUID()}`;
    const stored = (async () => api.storage.local.set({ [key]: { origin: self.origin, body } }))();
    stored.catch(() => {}); // full, or orphaned
    return ask({ ask: 'post', body, key });
  };

  // On the window, before any listener of the page, and all in one turn: a page that is left has no other.
  addEventListener(name, async (event) => {
    event.stopImmediatePropagation();
    try {
      const { id, body, leaving, path } = JSON.parse(event.detail);
      const detail = JSON.stringify({ id, ...await post(String(body), leaving, path) });
      document.dispatchEvent(new CustomEvent(`${name}:answer`, { detail }));
    } catch {
      // not from our script
    }
  }, true);

  if (window !== window.top) return;
  const begin = (since) => ask({ ask: 'begin', since });
  const now = Date.now();
  if (document.prerendering) document.addEventListener('prerenderingchange', () => begin(now), { once: true });
  else begin(now);
  addEventListener('pageshow', (event) => event.persisted && begin(Date.now()), true);
  // Firefox stores nothing of a tab that is closed, so its background may not fall asleep: it does after 30 s.
  if (api.runtime.getURL('').startsWith('moz-')) setInterval(() => document.hidden || ask({ ask: 'stay' }), 20_000);
})();
