// The sites that are switched on, and the content scripts registered for them. Any site may be switched on, so the
// manifest asks for permission for all sites.
import './config.js';
import { turns } from './turns.js';

export const api = globalThis.browser ?? globalThis.chrome;
export const config = globalThis.cactInspector;
const isFirefox = api.runtime.getURL('').startsWith('moz-');
const inTurn = turns();

// The origin of a web page's URL; null for files and the browser's own pages.
export function originOf(address) {
  try {
    const { protocol, origin } = new URL(address);
    return /^https?:$/.test(protocol) ? origin : null;
  } catch {
    return null;
  }
}

export const chosen = () => api.storage.local.get({ sites: [], show: false });

export const switchSite = (origin, on) => inTurn(async () => {
  const sites = new Set((await chosen()).sites);
  if (on) sites.add(origin);
  else sites.delete(origin);
  await storeSites(sites);
  await register();
});

export const switchShow = (show) => inTurn(async () => {
  await api.storage.local.set({ show });
  await register();
});

// Switches the sites of a build's configuration on, once: a user may switch them off for good.
export const start = () => inTurn(async () => {
  const { build } = await api.storage.local.get('build');
  if (build !== config.bridge) {
    const configured = config.sites.map(originOf).filter(Boolean);
    await storeSites(new Set([...(await chosen()).sites, ...configured]));
    await api.storage.local.set({ build: config.bridge });
  }
  await register();
});

const storeSites = (sites) => api.storage.local.set({ sites: [...sites].toSorted() });

async function register() {
  const { sites, show } = await chosen();
  const known = await api.scripting.getRegisteredContentScripts();
  if (!sites.length) {
    if (known.length) await api.scripting.unregisterContentScripts();
    return;
  }
  const save = known.length ? 'updateContentScripts' : 'registerContentScripts';
  await api.scripting[save](scriptsFor(sites, show));
}

// A match pattern for a site. In Chromium a pattern without a port matches every port; Firefox supports no port in
// patterns, so the worker checks the origin of each message.
function pattern(site) {
  const { protocol, hostname, port } = new URL(site);
  const ending = isFirefox ? '' : `:${port || (protocol === 'https:' ? 443 : 80)}`;
  return `${protocol}//${hostname}${ending}/*`;
}

// A frame is captured if its own origin is switched on, whatever page contains it. An about:blank or srcdoc frame
// has the origin of the page that made it.
function scriptsFor(sites, show) {
  const common = {
    matches: sites.map(pattern),
    allFrames: true,
    matchOriginAsFallback: true,
    runAt: 'document_start',
  };
  return [
    { ...common, id: 'bridge', js: ['config.js', 'bridge.js'], world: 'ISOLATED' },
    {
      ...common,
      id: 'shim',
      js: ['shim.js', ...(config.strip ? [config.strip] : []), ...(show ? ['shim-show.js'] : [])],
      world: 'MAIN',
    },
  ];
}
