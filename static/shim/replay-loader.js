// Loads the replay recorder when the page is idle, where the recording's session replay is on.
export default function (core) {
  const { settings, setTimeout, quietly } = core;
  if (top !== window) return;
  core.fetch = fetch;
  Object.defineProperty(window, Symbol.for('cact-inspector.strip'), { value: core }); // throws where it is defined already
  if (settings.bridge) return; // the extension injects the recorder
  const script = document.createElement('script');
  script.src = settings.strip;
  (window.requestIdleCallback || setTimeout)(quietly(() => document.head.append(script)), { timeout: 1000 });
}
