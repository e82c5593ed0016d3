// The first page in a browser that was started for one site: it places the dashboard's window beside its own, then
// loads the site, whose first events are captured, since the scripts are registered by now.
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
  // some window managers allow no placement
}
location.replace(config.open);
