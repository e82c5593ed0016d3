// Diagnoses why posts fail: warns in the console, and reports to the dashboard where a request still gets there.
export default function (core) {
  const { settings, listen, warn, report, here, quietly } = core, COLLECT = settings.collect;
  const far = (address) => !/^(localhost|127\.|\[::1])/.test(new URL(address).hostname);

  core.onFailure = quietly(async (tries) => {
    if (tries !== 2) return;
    if (!settings.bridge && location.protocol === 'https:' && COLLECT.startsWith('http:') && far(COLLECT)) {
      return report('mixed_content', 'an https page may not post to ' + COLLECT + ': use https there, or the extension');
    }
    for (const name of settings.bridge ? [] : ['loopback-network', 'local-network', 'local-network-access']) {
      const { state } = await navigator.permissions.query({ name }).catch(() => ({}));
      if (state && state !== 'granted' && far(location)) {
        return report('local_network', "the browser keeps this page from your network: allow it in the site's settings");
      }
    }
    report('away', 'no answer from ' + COLLECT + ', events are kept: is the inspector running?');
  });

  if (!settings.bridge) listen('securitypolicyviolation', ({ disposition, blockedURI }) => {
    if (disposition === 'report' || blockedURI !== COLLECT) return;
    core.stop();
    if (!warn('policy', "this page's content security policy (connect-src) blocks " + COLLECT + ': use the extension')) return;
    // Where the policy allows the inspector's scripts or images, such a request reports the problem.
    const script = document.createElement('script');
    script.src = COLLECT + '?report=policy&url=' + encodeURIComponent(here().url);
    script.onerror = () => { new Image().src = script.src; };
    document.head.append(script);
  });
}
