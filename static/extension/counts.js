// What each tab's page has sent so far, and the badge that says so. Kept for the session: workers come and go.
import { api } from './sites.js';
import { turns } from './turns.js';

const RED = '#b3261e', AMBER = '#8a5a00', GREY = '#5b6472';
const MOST_UNCONFIRMED = 500; // events that a page holds; more of their ids need not be known
const inTurn = turns();
const keyOf = (tab) => `tab:${tab}`;

export async function pageIn(tab) {
  const key = keyOf(tab);
  return (await api.storage.session.get(key))[key];
}

export const begin = (tab, since, origin, show) => inTurn(() =>
  keepPage(tab, { since, origin, show, invalid: 0, warning: 0, valid: 0, seen: [] }));

// Unless the tab is still at this origin; null is nobody's.
export const forget = (tab, origin) => inTurn(async () => {
  const page = await pageIn(tab);
  if (page && page.origin !== origin) await api.storage.session.remove(keyOf(tab));
});

// `receipt` is the inspector's answer to `body`. Of a page that was left meanwhile nothing counts any more, also
// where this one sends it.
export const count = (tab, body, receipt) => inTurn(async () => {
  const page = await pageIn(tab);
  if (!page) return;
  const old = new Set(listed(body, 'events').filter(({ at }) => at < page.since).map(({ id }) => id));
  for (const { event_id: id, verdict } of listed(receipt, 'results')) {
    if (old.has(id) || page.seen.includes(id)) continue; // twice, as its confirmation did not come in time
    page.seen.push(id);
    page[verdict]++;
  }
  page.seen = page.seen.slice(-MOST_UNCONFIRMED);
  await keepPage(tab, page);
});

function listed(json, name) {
  try {
    return JSON.parse(json)[name] ?? [];
  } catch {
    return []; // not our script's, or not our inspector's
  }
}

async function keepPage(tab, page) {
  await api.storage.session.set({ [keyOf(tab)]: page });
  await paint(tab, page, await trouble());
}

// '', 'away' (nobody answers), 'gone' (there is no such recording any more) or 'stopped' (it takes nothing now).
export const trouble = async () => (await api.storage.session.get({ trouble: '' })).trouble;

// Gives what it was before.
export const setTrouble = (now) => inTurn(async () => {
  const before = await trouble();
  if (now === before) return before;
  await api.storage.session.set({ trouble: now });
  for (const [key, page] of Object.entries(await api.storage.session.get())) {
    if (key.startsWith('tab:')) await paint(Number(key.slice(4)), page, now);
  }
  return before;
});

async function paint(tabId, { invalid, warning, valid }, wrong) {
  const text = wrong ? '!' : invalid > 999 ? '999+' : String(invalid);
  const color = wrong ? AMBER : invalid ? RED : GREY;
  const title = wrong ? 'Cact Inspector: the inspector takes no events'
    : `Cact Inspector: ${invalid} invalid, ${warning} with warnings, ${valid} valid`;
  try {
    await Promise.all([
      api.action.setBadgeText({ tabId, text }),
      api.action.setBadgeBackgroundColor({ tabId, color }),
      api.action.setBadgeTextColor({ tabId, color: '#ffffff' }),
      api.action.setTitle({ tabId, title }),
    ]);
  } catch {
    // the tab was closed
  }
}
