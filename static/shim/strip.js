// Where the recording wants what was on screen: loads what records it, once the page has nothing better to do.
export default function (core) {
  const { setTimeout, quietly } = core, key = Symbol.for('cact-inspector.strip');
  if (top !== window || window[key]) return;
  core.fetch = fetch;
  Object.defineProperty(window, key, { value: core });
  const address = core.settings.strip.script;
  if (!address) return; // the extension brings it
  const script = document.createElement('script');
  script.src = address;
  const load = quietly(() => document.head.append(script));
  setTimeout(() => (window.requestIdleCallback || load)(load, { timeout: 1000 }), 50);
}
