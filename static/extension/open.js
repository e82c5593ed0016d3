// The first window of a browser that was started for one site: it puts the dashboard beside itself and goes on
// to the site. Only now: whatever runs there first is captured too.
import { api, config } from './sites.js';

const { availLeft = 0, availTop = 0, availWidth, availHeight } = screen;
const half = Math.floor(availWidth / 2);
const place = (left) => ({ state: 'normal', left, top: availTop, width: half, height: availHeight });

try {
  const { id } = await api.windows.getCurrent();
  for (const other of await api.windows.getAll()) {
    if (other.id !== id) await api.windows.update(other.id, place(availLeft + half));
  }
  await api.windows.update(id, { ...place(availLeft), focused: true });
} catch {
  // windows that cannot be placed lie where they are
}
location.replace(config.open);
