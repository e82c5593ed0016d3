// Counts of each tab's events by verdict, and the badge that shows them. In session storage: workers are stopped.
import { api } from './sites.js';
import { turns } from './turns.js';

const RED = '#b3261e', AMBER = '#8a5a00', GREY = '#5b6472';
const MOST_UNCONFIRMED = 500; // events in the script's queue; a worker needs no more ids to detect repeats
const inTurn = turns();
const keyOf = (tab) => `tab:${tab}`;

export async function pageIn(tab) {
  const key = keyOf(tab);
  return (await api.storage.session.get(key))[key];
}

export const begin = (tab, since, origin, show) => inTurn(() =>
  storePage(tab, { since, origin, show, invalid: 0, warning: 0, valid: 0, seen: [] }));

// Removes a tab's counts, unless its page is still of this origin; null removes them in any case.
export const forget = (tab, origin) => inTurn(async () => {
  const page = await pageIn(tab);
  if (page && page.origin !== origin) await api.storage.session.remove(keyOf(tab));
});

// Counts the verdicts in `receipt`, the inspector's answer to `body`. Events of an earlier page, which the present
// page may send, are not counted.
export const count = (tab, body, receipt) => inTurn(async () => {
  const page = await pageIn(tab);
  if (!page) return;
  const old = new Set(listed(body, 'events').filter(({ at }) => at < page.since).map(({ id }) => id));
  for (const { event_id: id, verdict } of listed(receipt, 'results')) {
    if (old.has(id) || page.seen.includes(id)) continue; // sent again, since its confirmation was late
    page.seen.push(id);
    page[verdict]++;
  }
  page.seen = page.seen.slice(-MOST_UNCONFIRMED);
  await storePage(tab, page);
});

function listed(json, name) {
  try {
    return JSON.parse(json)[name] ?? [];
  } catch {
    return []; // not from our script, or not from the inspector
  }
}

async function storePage(tab, page) {
  await api.storage.session.set({ [keyOf(tab)]: page });
  await paint(tab, page, await trouble());
}

// '', 'away' (the inspector does not answer), 'gone' (the recording was deleted) or 'stopped' (it was stopped).
export const trouble = async () => (await api.storage.session.get({ trouble: '' })).trouble;

// Sets the trouble, updates all badges, and returns the previous trouble.
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
