// Where the recording wants what was on screen: loads what records it, once the page has nothing better to do.
export default function (core) {
  const { settings, setTimeout, quietly } = core;
  if (top !== window) return;
  core.fetch = fetch;
  Object.defineProperty(window, Symbol.for('cact-inspector.strip'), { value: core }); // throws where it is there
  if (settings.bridge) return; // the extension brings it
  const script = document.createElement('script');
  script.src = settings.strip;
  (window.requestIdleCallback || setTimeout)(quietly(() => document.head.append(script)), { timeout: 1000 });
}
