// The popup: reads the extension's storage and sends every change to the background worker as a message.
import { pageIn, trouble } from './counts.js';
import { api, chosen, config, originOf } from './sites.js';

const TROUBLE = {
  away: `The inspector at ${new URL(config.dashboard).host} does not answer. `
    + 'Events wait until it is back: start it with "make run".',
  stopped: 'The recording is stopped: resume it on its dashboard.',
  gone: 'The inspector no longer has this recording. Download the extension of another one.',
};

const find = (id) => document.getElementById(id);
const others = new Set(); // other sites that are switched on, or were when the popup opened
const [tab] = await api.tabs.query({ active: true, currentWindow: true });
const origin = originOf(tab.url);
let framesChanged = false; // whether a frame's site was switched in this popup and the page not reloaded since
const short = (site) => site.replace(/^https:\/\//, '');

const ask = async (message) => {
  await api.runtime.sendMessage(message);
  await show();
};
const switchSite = (site, on) => ask({ ask: 'site', origin: site, on });

// The origins of frames from other sites: each is switched on by itself.
async function framesOf() {
  try {
    const target = { tabId: tab.id, allFrames: true };
    const func = () => location.origin;
    const found = await api.scripting.executeScript({ target, func, injectImmediately: true });
    return [...new Set(found.map(({ result }) => originOf(result)))].filter((one) => one && one !== origin);
  } catch {
    return []; // a page in which the browser allows no script
  }
}

// Rows of sites that were switched off stay, so that the focus stays and the change can be undone.
function list(id, wanted, sites) {
  const rows = find(id).querySelector('div');
  for (const site of wanted) {
    const row = [...rows.children].find(({ title }) => title === site) ?? rows.appendChild(newRow(site));
    row.querySelector('input').checked = sites.includes(site);
  }
  find(id).hidden = !wanted.length;
}

function newRow(site) {
  const row = find('show').cloneNode(true);
  row.removeAttribute('id');
  row.title = site;
  row.querySelector('span').textContent = short(site);
  row.querySelector('input').onchange = ({ target }) => {
    framesChanged ||= frames.includes(site);
    switchSite(site, target.checked);
  };
  return row;
}

// The sentence that says why the page needs a reload for the switches to take effect; '' where it does not.
function stale(on, shows, page) {
  if (on && !page) return 'Reload the page to capture it from its first event on.';
  if (!on && page) return 'Nothing more is captured. Reload the page to take the script out of it.';
  return framesChanged || on && page.show !== shows ? 'Reload the page for this to take effect.' : '';
}

async function show() {
  const [{ sites, show: shows }, found, wrong] = await Promise.all([chosen(), pageIn(tab.id), trouble()]);
  const page = found?.origin === origin ? found : null;
  const on = sites.includes(origin);
  const why = origin ? stale(on, shows, page) : '';

  find('site').querySelector('input').checked = on;
  find('show').querySelector('input').checked = shows;
  find('stale').hidden = !why;
  find('why').textContent = why;
  find('counts').hidden = !(on && page);
  for (const verdict of ['invalid', 'warning', 'valid']) {
    find('counts').querySelector(`.${verdict} b`).textContent = page?.[verdict] ?? 0;
  }
  find('trouble').hidden = !wrong;
  find('trouble').textContent = TROUBLE[wrong] ?? '';
  list('frames', frames, sites);
  for (const site of sites) if (site !== origin && !frames.includes(site)) others.add(site);
  list('others', [...others], sites);
  const origins = origin ? [`${origin.replace(/:\d+$/, '')}/*`] : [];
  find('denied').hidden = await api.permissions.contains({ origins });
}

find('recording').textContent = config.name;
find('dashboard').href = config.dashboard;
if (origin) {
  const site = find('site');
  site.title = origin;
  site.querySelector('span').textContent = `Capture ${short(origin)}`;
  site.querySelector('input').disabled = false;
  site.querySelector('input').onchange = ({ target }) => switchSite(origin, target.checked);
}
find('show').querySelector('input').onchange = ({ target }) => ask({ ask: 'show', on: target.checked });
find('reload').onclick = async () => {
  framesChanged = false;
  await api.tabs.reload(tab.id);
  await show();
};
find('allow').onclick = async () => {
  await api.permissions.request({ origins: ['<all_urls>'] });
  await show();
};

const frames = await framesOf();
api.storage.onChanged.addListener(show);
await show();
await ask({ ask: 'checkHealth' });
