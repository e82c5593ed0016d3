// Loads the page-side script into a page, for console line, bookmarklet and tag; shows the cause where it fails.
// `panel`: address of the connect page, given only to code that the owner runs; `words`: sentences by problem code.
export default function (address, panel, words) {
  const script = document.createElement('script'), { trustedTypes } = window;
  const far = (place) => !/^(localhost|127\.|\[::1])/.test(new URL(place).hostname);
  let policy;
  addEventListener('securitypolicyviolation', ({ blockedURI }) => {
    if (blockedURI.split('?')[0] === address.split('?')[0]) policy = true;
  });
  const kept = async () => {
    for (const name of ['loopback-network', 'local-network', 'local-network-access']) {
      const { state } = await navigator.permissions.query({ name }).catch(() => ({}));
      if (state && state !== 'granted' && far(location)) return true;
    }
  };
  const tell = (why) => {
    console.warn('Cact Inspector: ' + words[why]);
    if (panel && !open(panel + '?trouble=' + why + '&site=' + location.host)) alert(words[why]);
  };
  script.onerror = () => setTimeout(async () => {
    tell(policy ? 'policy'
      : location.protocol === 'https:' && address.startsWith('http:') && far(address) ? 'mixed_content'
      : await kept() ? 'local_network' : 'away');
  });
  try {
    // A page may require Trusted Types; it may also allow policies of certain names only, which refuses this one.
    script.src = trustedTypes
      ? trustedTypes.createPolicy('cact-inspector', { createScriptURL: (url) => url }).createScriptURL(address) : address;
  } catch {
    return tell('trusted_types');
  }
  (document.head || document.documentElement).append(script);
}
