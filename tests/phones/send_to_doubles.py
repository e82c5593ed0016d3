"""A script for mitmproxy: connects to a double on this machine, whatever server a request is for.

``double_http`` and ``double_https`` are the doubles' ports. TLS still expects
the certificate of the request's host.
"""

from mitmproxy import ctx
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy.server_hooks import ServerConnectionHookData


def load(loader: Loader) -> None:
    loader.add_option("double_http", int, 0, "Port of the double for http.")
    loader.add_option("double_https", int, 0, "Port of the double for https.")


def server_connect(data: ServerConnectionHookData) -> None:
    port = ctx.options.double_https if data.server.address[1] == 443 else ctx.options.double_http
    data.server.address = ("127.0.0.1", port)
