// Posts to the inspector from the background worker, to which no page's content security policy applies.
import { setTrouble, trouble } from './counts.js';
import { api, chosen, config } from './sites.js';

export const failed = ({ status }) => !status || status === 408 || status === 429 || status > 499;

export async function post(body) {
  const answer = await send(body);
  if (answer.status < 500) await setStatus({ 0: 'away', 404: 'gone', 410: 'stopped' }[answer.status] ?? '');
  return answer;
}

// Posts a part of a session replay, compressed.
export async function postStrip(text, path) {
  if (!/^\/strip\?page=[\w-]{1,64}&n=\d{1,6}$/.test(path)) return { status: 400, wait: null, text: '' };
  const packing = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return send(await new Response(packing).blob(), path);
}

async function setStatus(now) {
  const before = await setTrouble(now);
  if (before === 'away' && now !== before) postStored();
}

async function send(body, path = '') {
  try {
    const signal = AbortSignal.timeout(25_000);
    const answer = await fetch(config.collect + path, { method: 'POST', body, credentials: 'omit', signal });
    return { status: answer.status, wait: answer.headers.get('Retry-After'), text: await answer.text() };
  } catch {
    return { status: 0, wait: null, text: '' };
  }
}

// Asks the inspector's health address, and sets or clears the status 'away'.
export async function checkHealth() {
  let here = false;
  try {
    const signal = AbortSignal.timeout(5000);
    here = (await fetch(config.health, { credentials: 'omit', cache: 'no-store', signal })).ok;
  } catch {
    // no answer: the inspector is away
  }
  if (!here) await setStatus('away');
  else if (await trouble() === 'away') await setStatus('');
}

// ---- posts that pages stored as they were left: only the worker can retry these ----

const MOST_STORED = 4_000_000; // characters; the browser takes 10 MB
const pending = new Map(); // key -> answer: the message and the stored copy may both arrive

export function postStoredOnce(key, message) {
  if (!pending.has(key)) {
    const answer = post(message.body).then(async (result) => {
      if (!failed(result)) await api.storage.local.remove(key);
      else await api.storage.local.set({ [key]: message }); // Firefox may have dropped a closing page's write
      return result;
    });
    pending.set(key, answer.finally(() => pending.delete(key)));
  }
  return pending.get(key);
}

// Posts stored messages in their order. Repeats do no harm: the inspector stores each event once.
export async function postStored() {
  const stored = await api.storage.local.get();
  const keys = Object.keys(stored).filter((key) => key.startsWith('left:')).toSorted();
  let size = keys.reduce((sum, key) => sum + stored[key].body.length, 0);
  const { sites } = await chosen();
  for (const key of keys) {
    const { origin, body } = stored[key];
    const isOff = origin !== 'null' && !sites.includes(origin); // 'null' is the origin of a sandboxed frame
    if (isOff || size > MOST_STORED) await api.storage.local.remove(key);
    else if (failed(await postStoredOnce(key, stored[key]))) return;
    size -= body.length;
  }
}
