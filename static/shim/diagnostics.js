// Diagnoses why posts fail: warns in the console, and reports to the dashboard where a request still gets there.
// Assembled into the scope of static/shim.js.
export default function () {
  const { bridge } = settings;

  onFailure = quietly((tries, status) => {
    if (tries !== 2) return;
    const tell = quietly(({ state }) => {
      const guarded = !bridge && /^[pd]/.test(state) && /^https?:..(?!localhost|127\.|\[::1])/.test(location);
      const [code, hint] = status ? ['foreign_answer', 'a proxy answers']
        : guarded ? ['local_network', "allow it in the site's settings"] : ['away', 'is the inspector running?'];
      report(code, `no answer from ${COLLECT}: ${hint}`, status);
    });
    navigator.permissions.query({ name: 'local-network-access' }).then(tell, tell); // other browsers do not know the name
  });

  if (!bridge) listen('securitypolicyviolation', ({ disposition, blockedURI }) => {
    if (disposition === 'report' || blockedURI !== COLLECT) return;
    post = () => new Promise(nothing);
    beacon = nothing;
    if (!warn('policy', `the content security policy (connect-src) blocks ${COLLECT}, use the extension`)) return;
    // Most policies allow images from more places than requests.
    new Image().src = COLLECT + '?report=policy&url=' + encodeURIComponent(here().url);
  });
}
