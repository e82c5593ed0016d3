// Posts to the inspector. From here no page's content security policy can stand in the way.
import { setTrouble, trouble } from './counts.js';
import { api, chosen, config } from './sites.js';

export const failed = ({ status }) => !status || status === 408 || status === 429 || status > 499;

export async function post(body) {
  const answer = await send(body);
  if (answer.status < 500) await tell({ 0: 'away', 404: 'gone', 410: 'stopped' }[answer.status] ?? '');
  return answer;
}

// A part of what was on screen.
export async function postStrip(text, path) {
  if (!/^\/strip\?page=[\w-]{1,64}&n=\d{1,6}$/.test(path)) return { status: 400, retryAfter: null, text: '' };
  const packing = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return send(await new Response(packing).blob(), path);
}

async function tell(now) {
  const before = await setTrouble(now);
  if (before === 'away' && now !== before) postKept();
}

async function send(body, path = '') {
  try {
    const signal = AbortSignal.timeout(25_000);
    const answer = await fetch(config.collect + path, { method: 'POST', body, credentials: 'omit', signal });
    return { status: answer.status, retryAfter: answer.headers.get('Retry-After'), text: await answer.text() };
  } catch {
    return { status: 0, retryAfter: null, text: '' };
  }
}

// Whether the inspector is there at all.
export async function look() {
  let here = false;
  try {
    const signal = AbortSignal.timeout(5000);
    here = (await fetch(config.health, { credentials: 'omit', cache: 'no-store', signal })).ok;
  } catch {
    // then it is not
  }
  if (!here) await tell('away');
  else if (await trouble() === 'away') await tell('');
}

// ---- what pages stored as they were left: nobody else tries again ----

const MOST_KEPT = 4_000_000; // characters; the browser takes 10 MB
const onTheWay = new Map(); // key -> answer: its message and what it stored may both come

export function postOnce(key, kept) {
  if (!onTheWay.has(key)) {
    const answer = post(kept.body).then(async (said) => {
      if (!failed(said)) await api.storage.local.remove(key);
      else await api.storage.local.set({ [key]: kept }); // Firefox may have dropped what a closing page stored
      return said;
    });
    onTheWay.set(key, answer.finally(() => onTheWay.delete(key)));
  }
  return onTheWay.get(key);
}

// In the order in which they were stored. Doubles do no harm: the inspector knows the events that it has.
export async function postKept() {
  const stored = await api.storage.local.get();
  const keys = Object.keys(stored).filter((key) => key.startsWith('left:')).toSorted();
  let size = keys.reduce((sum, key) => sum + stored[key].body.length, 0);
  const { sites } = await chosen();
  for (const key of keys) {
    const { origin, body } = stored[key];
    const isOff = origin !== 'null' && !sites.includes(origin); // a sandboxed frame has none of its own
    if (isOff || size > MOST_KEPT) await api.storage.local.remove(key);
    else if (failed(await postOnce(key, stored[key]))) return;
    size -= body.length;
  }
}
