// Loads the replay recorder soon after the script, where the recording's session replay is on.
// Assembled into the scope of static/shim.js.
export default function () {
  if (top !== window) return;
  const value = {
    settings, fetch: window.fetch, here, mine, after, stringify, now, listen, post: (...given) => post(...given),
    get leaving() { return leaving; },
    get onCall() { return onCall; }, set onCall(hook) { onCall = hook; },
    get onFlush() { return onFlush; }, set onFlush(hook) { onFlush = hook; },
  };
  defineProperty(window, Symbol.for('cact-inspector.strip'), { __proto__: null, value }); // throws where it is defined already
  if (settings.bridge) return; // the extension injects the recorder
  const loading = quietly(() => {
    const script = document.createElement('script'), { trustedTypes: types } = window;
    const policy = types?.createPolicy('cact-inspector', { createScriptURL: (address) => address });
    script.src = policy ? policy.createScriptURL(settings.strip) : settings.strip;
    document.documentElement.append(script);
  });
  after(200, loading);
}
