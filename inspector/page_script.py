"""The page-side script with its addresses filled in. Pure."""

import json
from pathlib import Path

_SHIM = Path(__file__).parent.parent / "static" / "shim.js"
_BRIDGE = """(() => { const BRIDGE = %s, COLLECT = %s, real = window.fetch, waiting = {}; let last = 0;
  let leaving = false;
  addEventListener('pagehide', () => { leaving = true }, true);
  addEventListener('pageshow', () => { leaving = false }, true);
  document.addEventListener(BRIDGE + ':answer', (event) => {
    const { id, status, text, retryAfter } = JSON.parse(event.detail);
    const { yes, no } = waiting[id] || {};
    delete waiting[id];
    if (!status) return no && no(new TypeError('away'));
    const headers = retryAfter ? { 'Retry-After': retryAfter } : {};
    if (yes) yes(new Response(text, { status, headers }));
  });
  const ask = (body) => new Promise((yes, no) => {
    waiting[++last] = { yes, no };
    const detail = JSON.stringify({ id: last, body, leaving });
    document.dispatchEvent(new CustomEvent(BRIDGE, { detail }));
  });
  window.cactBridge = { fetch: (url, options) => ask(options.body), sendBeacon: (url, body) => !!ask(body) };
})();
"""


def page_script(collect_url: str, *, bridge: str = "", show_url: str = "", debug: bool = False) -> str:  # noqa: ARG001  # as the callers will want it
    """The script that copies a page's ``cact`` calls to ``collect_url``."""
    address = json.dumps(collect_url).replace("<", "\\u003c")
    source = _SHIM.read_text().replace('"__COLLECT_URL__"', address)
    if not bridge:
        return source
    source = source.replace(
        "const { setTimeout, fetch } = window", "const { setTimeout, cactBridge } = window"
    )
    source = source.replace("    fetch(COLLECT", "    cactBridge.fetch(COLLECT").replace(
        "navigator.sendBeacon", "cactBridge.sendBeacon"
    )
    return _BRIDGE % (json.dumps(bridge), address) + source
