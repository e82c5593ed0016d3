// Content script between the page's script and the background worker: forwards posts and returns the answers.
(() => {
  'use strict';
  const api = globalThis.browser ?? globalThis.chrome;
  const name = globalThis.cactInspector.bridge;
  const AWAY = { status: 0, wait: null, text: '' };
  const ORPHANED = { status: 410, wait: null, text: '{"error":{"message":"The extension was reloaded: reload the page too."}}' };

  // After the extension was reloaded or removed, this script still runs, but its messages fail.
  const ask = async (message) => {
    try {
      return await api.runtime.sendMessage(message) ?? AWAY;
    } catch {
      return api.runtime?.id ? AWAY : ORPHANED;
    }
  };

  const post = (body, leaving, path) => {
    if (!leaving) return ask({ ask: 'post', body, path });
    // The page may end before a stopped worker has started, and its messages are lost then; storage is not.
    const key = `left:${Date.now()}:${crypto.randomUUID()}`;
    const stored = (async () => api.storage.local.set({ [key]: { origin: self.origin, body } }))();
    stored.catch(() => {}); // storage is full, or the extension was reloaded
    return ask({ ask: 'post', body, key });
  };

  // On the window, before any listener of the page, and in one task: a page that is left runs no further task.
  const forward = async (event) => {
    event.stopImmediatePropagation();
    try {
      const { id, body, leaving, path } = JSON.parse(event.detail);
      const detail = JSON.stringify({ id, ...await post(String(body), leaving, path) });
      document.dispatchEvent(new CustomEvent(`${name}:answer`, { detail }));
    } catch {
      // the DOM event is not from our script
    }
  };
  const listen = () => addEventListener(name, forward, true);
  listen();
  // document.open() takes all listeners away; the observer stays, and a listener that is still there is not added twice.
  new MutationObserver(listen).observe(document, { childList: true });

  if (window !== window.top) return;
  const begin = (since) => ask({ ask: 'begin', since });
  const now = Date.now();
  if (document.prerendering) document.addEventListener('prerenderingchange', () => begin(now), { once: true });
  else begin(now);
  addEventListener('pageshow', (event) => event.persisted && begin(Date.now()), true);
  // Firefox drops storage writes of a tab that closes, so its background must stay alive: it stops after 30 s.
  if (api.runtime.getURL('').startsWith('moz-')) setInterval(() => document.hidden || ask({ ask: 'stay' }), 20_000);
})();
