// Loads the page-side script into a page, and says why where it cannot: the console line, the bookmarklet, the tag.
// `panel` is the connect page, for what only its owner runs; `words` are the sentences by cause.
export default function (address, panel, words) {
  const script = document.createElement('script');
  const local = /^(https:|http:\/\/(localhost|127\.|\[::1\]))/;
  let policy;
  addEventListener('securitypolicyviolation', ({ blockedURI }) => {
    if (blockedURI.split('?')[0] === address.split('?')[0]) policy = true;
  });
  const kept = async () => {
    for (const name of ['loopback-network', 'local-network', 'local-network-access']) {
      const { state } = await navigator.permissions.query({ name }).catch(() => ({}));
      if (state && state !== 'granted' && !/^(localhost|127\.|\[::1\])/.test(location.hostname)) return true;
    }
  };
  script.onerror = () => setTimeout(async () => {
    const why = policy ? 'policy'
      : location.protocol === 'https:' && !local.test(address) ? 'mixed_content'
      : await kept() ? 'local_network' : 'away';
    console.warn('Cact Inspector: ' + words[why]);
    if (panel) open(panel + '?trouble=' + why + '&site=' + location.host) || alert(words[why]);
  });
  script.src = address;
  (document.head || document.documentElement).append(script);
}
