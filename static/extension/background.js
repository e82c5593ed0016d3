// The background worker: handles messages from our scripts in pages and from our popup, and rejects all others.
import { begin, count, forget } from './counts.js';
import { checkHealth, failed, post, postStored, postStoredOnce, postStrip } from './post.js';
import { api, chosen, config, originOf, start, switchShow, switchSite } from './sites.js';

const OFF = { status: 403, wait: null, text: '{"error":{"message":"This site is switched off in the extension."}}' };

const FROM_POPUP = {
  site: ({ origin, on }) => switchSite(origin, on),
  show: ({ on }) => switchShow(on),
  checkHealth,
};

const FROM_PAGE = {
  begin: async ({ since }, { tab, origin, show }) => {
    await begin(tab.id, since, origin, show);
    await postStored();
  },
  post: async ({ body, key, path }, { tab, origin }) => {
    if (path) return postStrip(body, path);
    const answer = await (key ? postStoredOnce(key, { origin, body }) : post(body));
    if (!failed(answer)) await count(tab.id, body, answer.text);
    return answer;
  },
  stay: async () => {}, // receiving a message keeps the background alive
};

const isPopup = ({ url }) => url?.startsWith(api.runtime.getURL(''));

async function fromPage(message, { tab, origin: own }) {
  const origin = originOf(own) ?? originOf(tab?.url); // a sandboxed frame has no origin
  const { sites, show } = await chosen();
  if (!sites.includes(origin)) return OFF;
  return FROM_PAGE[message.ask](message, { tab, origin, show });
}

api.runtime.onMessage.addListener((message, sender, answer) => {
  if (sender.id !== api.runtime.id) return false;
  const work = isPopup(sender) ? FROM_POPUP[message.ask](message) : fromPage(message, sender);
  work.then(answer, () => answer());
  return true; // keeps the channel open for an asynchronous answer
});

api.storage.local.onChanged.addListener((changes) => {
  const isNew = ([key, { oldValue, newValue }]) => key.startsWith('left:') && newValue && !oldValue;
  if (Object.entries(changes).some(isNew)) postStored();
});

api.tabs.onUpdated.addListener(async (tab, { status }, { url }) => {
  if (status !== 'loading') return;
  const origin = originOf(url);
  await forget(tab, (await chosen()).sites.includes(origin) ? origin : null);
});
api.tabs.onRemoved.addListener((tab) => forget(tab, null));

// Empty listeners, so that the browser starts the worker: the code below runs at each start.
api.runtime.onStartup.addListener(() => {});
api.runtime.onInstalled.addListener(() => {});

// Opens the site of a browser that was started for one site: once, and after the scripts are registered, so that
// the first page is captured too.
async function openOnce() {
  const { opened } = await api.storage.session.get('opened');
  if (opened) return;
  await api.storage.session.set({ opened: true });
  await api.windows.create({ url: 'open.html' });
}

(async () => {
  await start();
  if (config.open) await openOnce();
  await postStored();
})();
