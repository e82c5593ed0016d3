"""An addon for mitmproxy: copies what an app sends to Commanders Act to a recording of Cact Inspector.

    mitmdump -s mitmproxy_copy.py --set cact_inspector=http://127.0.0.1:8000 --set cact_key=<capture key>

Needs mitmproxy 11 or newer. The app's requests and responses pass unchanged and wait for nothing: a thread
posts the copies. A copy has the method, path, query, body and content type of its request. It has no cookies
and no other headers, and the source key is left out of its query: the capture key goes along as a header.
"""

from __future__ import annotations

import http.client
import logging
import queue
import re
import ssl
import threading
import zlib
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit

import certifi
from mitmproxy import ctx
from mitmproxy.addonmanager import Loader
from mitmproxy.http import HTTPFlow, Request

VENDOR = "*.commander1.com"
KEY_FIELDS = {"token", "tc_skey"}  # the source key in the vendor's addresses
MAX_BODY = 500_000  # bytes: the vendor and the inspector refuse more
MAX_WAITING = 500  # copies
TIMEOUT = 10  # seconds for one request to the inspector
RETRY_AFTER = 1  # seconds
AWAY = {502, 503, 504}  # statuses of an inspector, or a proxy before it, that answers later

log = logging.getLogger("cact_inspector")


class Copy(NamedTuple):
    """A request for the inspector; ``encoding`` is the Content-Encoding in which the body came."""

    method: str
    target: str
    content_type: str
    encoding: str
    body: bytes


class Inspector(NamedTuple):
    """Where copies go: the inspector's address, a recording's capture key, and whom to trust for https."""

    address: SplitResult
    key: str
    trusted: ssl.SSLContext

    def connect(self) -> http.client.HTTPConnection:
        """An open connection, past any proxy. Raises OSError."""
        host, port = self.address.hostname or "", self.address.port
        if self.address.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=TIMEOUT, context=self.trusted
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        connection.connect()
        return connection


class Sender(threading.Thread):
    """Posts the copies one after the other, in their order. It tells a problem once, until a copy arrives."""

    def __init__(self) -> None:
        super().__init__(name="cact-inspector", daemon=True)
        self._waiting: queue.Queue[Copy | None] = queue.Queue(MAX_WAITING)
        self.inspector: Inspector | None = None
        self._ending = threading.Event()
        self._told: set[str] = set()
        self._arrived = False

    def run(self) -> None:
        while (copy := self._waiting.get()) is not None:
            try:
                self._deliver(copy)
            except Exception as error:  # the thread must outlive every request
                self.tell(f"A request was not copied ({type(error).__name__}).")

    def add(self, copy: Copy | None) -> None:
        """Let a copy wait to be posted; None ends the thread after the copies before it."""
        try:
            self._waiting.put_nowait(copy)
        except queue.Full:
            self.tell(f"Requests were not copied: {MAX_WAITING} wait already.")

    def end(self) -> None:
        """Post what waits where the inspector answers, for two seconds at most."""
        self._ending.set()
        self.add(None)
        if self.is_alive():
            self.join(2)

    def tell(self, problem: str) -> None:
        """Log a problem, unless it is the same as before."""
        if problem not in self._told:
            self._told.add(problem)
            log.warning("Cact Inspector: %s", problem)

    def _deliver(self, copy: Copy) -> None:
        try:
            copy = copy._replace(body=decompressed(copy.body, copy.encoding))
        except ValueError as error:
            self.tell(f"A request was not copied: {error}.")
            return
        while (inspector := self.inspector) is not None:
            status = self._post(inspector, copy)
            if status is not None:
                self._tell_status(status)
                return
            if self._ending.wait(RETRY_AFTER):
                return

    def _post(self, inspector: Inspector, copy: Copy) -> int | None:
        """The inspector's status, 0 without an answer; None where it is away: post the copy again later."""
        try:
            connection = inspector.connect()
        except ssl.SSLCertVerificationError:
            self.tell("The inspector's certificate is not trusted. Add --set cact_ca=cert.pem")
            return None
        except OSError as error:
            self.tell(f"The inspector is away ({type(error).__name__}). Start it, or correct cact_inspector.")
            return None
        try:
            headers = {"Authorization": f"Bearer {inspector.key}", "Content-Type": copy.content_type}
            connection.request(copy.method, copy.target, copy.body or None, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            self.tell(
                f"The inspector did not answer a request ({type(error).__name__}): events can be missing."
            )
            return 0
        finally:
            connection.close()
        if status in AWAY:
            self.tell(f"The inspector is not ready (status {status}): the copies wait.")
            return None
        return status

    def _tell_status(self, status: int) -> None:
        if 200 <= status < 300:
            if self._told or not self._arrived:
                log.info("Cact Inspector: Events arrive in the recording.")
            self._told, self._arrived = set(), True
        elif status in {401, 403, 404}:
            self.tell("The capture key is refused. Copy it from the recording's connect page to cact_key.")
        elif status == 410:
            self.tell("The recording is stopped. Resume it on its dashboard.")
        elif 300 <= status < 400:
            self.tell("The inspector redirects to another address. Give that one as cact_inspector.")
        elif status:
            self.tell(f"The inspector refused a request (status {status}). Look whether its body is JSON.")


class CopyToInspector:
    """The addon: its options, and the hooks that mitmproxy calls."""

    def __init__(self) -> None:
        self._sender = Sender()

    def load(self, loader: Loader) -> None:
        loader.add_option("cact_inspector", str, "http://127.0.0.1:8000", "Address of Cact Inspector.")
        loader.add_option("cact_key", str, "", "Capture key of the recording, from its connect page.")
        loader.add_option(
            "cact_hosts",
            Sequence[str],
            [],
            f"Further hosts that collect events, beside {VENDOR}: *.shop.example",
        )
        loader.add_option("cact_ca", str, "", "File with the certificate of an inspector on https.")

    def configure(self, updated: set[str]) -> None:
        if updated & {"cact_inspector", "cact_key", "cact_ca"}:
            self._sender.inspector = None
            try:
                self._sender.inspector = configured()
            except ValueError as error:
                log.error("Cact Inspector: %s", error)  # noqa: TRY400  # mitmproxy ends at the start, without a trace

    def running(self) -> None:
        self._sender.start()

    def request(self, flow: HTTPFlow) -> None:
        """Copy a complete request before it goes on to its server."""
        try:
            self._copy(flow.request)
        except Exception as error:  # the app's request passes, whatever is wrong here
            self._sender.tell(f"A request was not copied ({type(error).__name__}).")

    def done(self) -> None:
        self._sender.end()

    def _copy(self, request: Request) -> None:
        inspector = self._sender.inspector
        if inspector is None or request.method not in {"GET", "POST"} or not collects_events(request):
            return
        if (request.pretty_host, request.port) == (inspector.address.hostname, inspector.address.port):
            return  # the app posts to the inspector itself
        if (body := request.raw_content) is None:
            self._sender.tell("A streamed request was not copied: leave out stream_large_bodies.")
        elif len(body) > MAX_BODY:
            self._sender.tell(f"A request of more than {MAX_BODY} bytes was not copied.")
        else:
            self._sender.add(copied(request, body))


def configured() -> Inspector:
    """The inspector of the options. Raises ValueError, whose sentence never shows an option's value."""
    options = ctx.options
    try:
        address = urlsplit(options.cact_inspector)
        port = address.port or {"http": 80, "https": 443}[address.scheme]
    except (ValueError, KeyError):
        address, port = SplitResult("", "", "", "", ""), 0
    host = address.hostname
    if not host or address.username or address.path not in {"", "/"} or address.query or address.fragment:
        raise ValueError("cact_inspector must be an address such as http://127.0.0.1:8000")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", options.cact_key):
        raise ValueError("Add --set cact_key=… with the capture key from the recording's connect page")
    trusted = ssl.create_default_context(cafile=certifi.where())
    try:
        if options.cact_ca:
            trusted.load_verify_locations(options.cact_ca)
    except OSError:
        raise ValueError("cact_ca is no file with a certificate in PEM form") from None
    netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return Inspector(address._replace(netloc=netloc), options.cact_key, trusted)


def collects_events(request: Request) -> bool:
    """True for a request in the vendor's wire format: by its host and its path."""
    host, path = request.pretty_host.lower().rstrip("."), request.path.partition("?")[0]
    known = any(matches(host, wanted.lower()) for wanted in (VENDOR, *ctx.options.cact_hosts))
    return known and (path in {"/events", "/events/batch"} or path.endswith("/cdp/events"))


def matches(host: str, wanted: str) -> bool:
    """True where ``wanted`` is the host, or ``*.`` and a domain of it."""
    return host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted


def copied(request: Request, body: bytes) -> Copy:
    """The copy of a request, with the path that the inspector knows and without the source key."""
    path, _, query = request.path.partition("?")
    kept = "&".join(field for field in query.split("&") if field_name(field) not in KEY_FIELDS)
    path = "/cdp/events" if path.endswith("/cdp/events") else path
    content_type = request.headers.get("content-type", "")
    return Copy(
        request.method,
        quote(f"{path}?{kept}", safe="!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", errors="surrogateescape"),
        content_type if content_type.isascii() and content_type.isprintable() else "",
        request.headers.get("content-encoding", "").strip().lower(),
        body if request.method == "POST" else b"",
    )


def field_name(field: str) -> str:
    """The decoded name of a query field."""
    return unquote_plus(field.partition("=")[0])


def decompressed(body: bytes, encoding: str) -> bytes:
    """The body without its Content-Encoding, which the inspector refuses. Raises ValueError: the reason."""
    if encoding in {"", "identity"} or not body:
        return body
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise ValueError("only gzip and deflate are decompressed")
    for window in (47, -15):  # 47: gzip or zlib, by the header; -15: deflate without a header
        reader = zlib.decompressobj(window)
        try:
            found = reader.decompress(body, MAX_BODY + 1)  # no more: a small body can hold gigabytes
        except zlib.error:
            continue
        if len(found) > MAX_BODY:
            raise ValueError(f"its body has more than {MAX_BODY} bytes")
        if reader.eof:
            return found
    raise ValueError("its compressed body is damaged")


addons = [CopyToInspector()]
