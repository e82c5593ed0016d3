// What the browser wakes. It takes messages from our scripts in pages and from our popup, from nobody else.
import { begin, count, forget } from './counts.js';
import { failed, look, post, postKept, postOnce, postStrip } from './post.js';
import { api, chosen, config, originOf, start, switchShow, switchSite } from './sites.js';

const OFF = { status: 403, retryAfter: null, text: 'This site is switched off in the extension.' };

const FROM_POPUP = {
  site: ({ origin, on }) => switchSite(origin, on),
  show: ({ on }) => switchShow(on),
  look,
};

const FROM_PAGE = {
  begin: async ({ since }, { tab, origin, show }) => {
    await begin(tab.id, since, origin, show);
    await postKept();
  },
  post: async ({ body, key, path }, { tab, origin }) => {
    if (path) return postStrip(body, path);
    const answer = await (key ? postOnce(key, { origin, body }) : post(body));
    if (!failed(answer)) await count(tab.id, body, answer.text);
    return answer;
  },
  stay: async () => {}, // being asked keeps the background awake
};

const isPopup = ({ url }) => url?.startsWith(api.runtime.getURL(''));

async function fromPage(message, { tab, origin: own }) {
  const origin = originOf(own) ?? originOf(tab?.url); // a sandboxed frame has none of its own
  const { sites, show } = await chosen();
  if (!sites.includes(origin)) return OFF;
  return FROM_PAGE[message.ask](message, { tab, origin, show });
}

api.runtime.onMessage.addListener((message, sender, answer) => {
  if (sender.id !== api.runtime.id) return false;
  const work = isPopup(sender) ? FROM_POPUP[message.ask](message) : fromPage(message, sender);
  work.then(answer, () => answer());
  return true; // the answer comes later
});

api.storage.local.onChanged.addListener((changes) => {
  const isNew = ([key, { oldValue, newValue }]) => key.startsWith('left:') && newValue && !oldValue;
  if (Object.entries(changes).some(isNew)) postKept();
});

api.tabs.onUpdated.addListener(async (tab, { status }, { url }) => {
  if (status !== 'loading') return;
  const origin = originOf(url);
  await forget(tab, (await chosen()).sites.includes(origin) ? origin : null);
});
api.tabs.onRemoved.addListener((tab) => forget(tab, null));

// To be woken when the browser starts: all of this runs each time.
api.runtime.onStartup.addListener(() => {});
api.runtime.onInstalled.addListener(() => {});

// For a browser that was started for one site: once, and only now, so that its first page is captured too.
async function openOnce() {
  const { opened } = await api.storage.session.get('opened');
  if (opened) return;
  await api.storage.session.set({ opened: true });
  await api.windows.create({ url: 'open.html' });
}

(async () => {
  await start();
  if (config.open) await openOnce();
  await postKept();
})();
