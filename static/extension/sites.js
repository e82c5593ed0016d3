// Which sites are switched on, and the scripts that run in them. It may be any site, whenever somebody wants to
// look at it: that is why the manifest asks for all of them.
import './config.js';
import { turns } from './turns.js';

export const api = globalThis.browser ?? globalThis.chrome;
export const config = globalThis.cactInspector;
const isFirefox = api.runtime.getURL('').startsWith('moz-');
const inTurn = turns();

// Of a web page: null for files and the browser's own pages.
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
  await keepSites(sites);
  await register();
});

export const switchShow = (show) => inTurn(async () => {
  await api.storage.local.set({ show });
  await register();
});

// The sites that a build comes with are switched on once: they may be switched off for good.
export const start = () => inTurn(async () => {
  const { build } = await api.storage.local.get('build');
  if (build !== config.bridge) {
    const brought = config.sites.map(originOf).filter(Boolean);
    await keepSites(new Set([...(await chosen()).sites, ...brought]));
    await api.storage.local.set({ build: config.bridge });
  }
  await register();
});

const keepSites = (sites) => api.storage.local.set({ sites: [...sites].toSorted() });

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

// Without a port Chromium takes every port; with one Firefox takes none, so there the worker tells them apart.
function pattern(site) {
  const { protocol, hostname, port } = new URL(site);
  const ending = isFirefox ? '' : `:${port || (protocol === 'https:' ? 443 : 80)}`;
  return `${protocol}//${hostname}${ending}/*`;
}

// A frame is captured where its own origin is switched on, whatever page it stands in. An about:blank or
// srcdoc frame counts as the page that made it.
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
