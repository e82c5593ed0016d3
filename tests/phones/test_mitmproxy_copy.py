"""The script for mitmproxy: an app's requests reach the vendor unchanged, and their copies the recording."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from tests.phones.phone import VENDOR, Phone, Vendor
from tests.servers import Server
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

NewPhone = Callable[..., Phone]
#: The vendor's source key, and what else of the app's request is none of the inspector's business.
SOURCE_KEY: Final = "vendors-own-source-key"
PRIVATE: Final = {
    "Authorization": "Bearer app-secret",
    "Cookie": "session=cookie-secret",
    "X-App": "app-secret",
}
EVENT: Final = {"event_name": "login", "method": "é"}


def connected(server: Server, recording: dict[str, Any]) -> list[str]:
    return [f"cact_inspector={server.url}", f"cact_key={recording['capture_key']}"]


@pytest.fixture(scope="module")
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording()


@pytest.fixture(scope="module")
def module_phone(
    doubles: Vendor, server: Server, recording: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Phone]:
    options = [*connected(server, recording), "cact_hosts=metrics.shop.example", "stream_large_bodies=600k"]
    phone = Phone(tmp_path_factory.mktemp("phone"), doubles, options)
    yield phone
    phone.end()


@pytest.fixture
def phone(module_phone: Phone, vendor: Vendor) -> Phone:
    """A phone that copies into ``recording``."""
    return module_phone


class Copies:
    """The events that a test's own requests added to the recording."""

    def __init__(self, server: Server, recording: dict[str, Any], phone: Phone) -> None:
        self._server, self._recording, self._phone = server, recording, phone
        self._before = len(server.stored(recording))

    def __call__(self) -> list[dict[str, Any]]:
        """All of them: copies arrive in order, so the last one's arrival means that no other is under way."""
        self._phone.client.get(f"{VENDOR}/events?event_name=the_last_one")

        def found() -> list[dict[str, Any]]:
            stored = self._server.stored(self._recording)[self._before :]
            return stored if stored and stored[-1]["event_name"] == "the_last_one" else []

        return wait_for("the last copy", found)[:-1]


@pytest.fixture
def copies(server: Server, recording: dict[str, Any], phone: Phone) -> Copies:
    return Copies(server, recording, phone)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", ["/events", "/cdp/events", "/shop/eu/cdp/events", "/events/batch"])
@pytest.mark.parametrize("key", ["token", "tc_skey", "%74oken"])
def test_an_event_reaches_both(
    scheme: str, path: str, key: str, phone: Phone, vendor: Vendor, copies: Copies
) -> None:
    target = f"{path}?tc_s=29&{key}={SOURCE_KEY}&x=a%20b+c"
    body = json.dumps(EVENT, ensure_ascii=False, indent=1).encode()
    response = phone.client.post(f"{scheme}://collect.commander1.com{target}", content=body, headers=PRIVATE)
    assert (response.text, response.headers["X-From"]) == ('{"from": "the double"}', "double")
    (seen,) = (vendor.https if scheme == "https" else vendor.http).seen
    assert (seen.method, seen.path, seen.body) == ("POST", target, body)
    assert PRIVATE.items() <= {name: seen.headers.get(name) for name in PRIVATE}.items()
    (event,) = copies()
    assert (event["event_name"], event["sent"], event["source"]) == ("login", {"method": "é"}, "http")


def test_a_batch_is_stored_as_its_events(phone: Phone, copies: Copies) -> None:
    batch = {"batch": [{**EVENT, "context": {"event_id": f"b{number}"}} for number in range(3)]}
    phone.client.post(f"{VENDOR}/events/batch?tc_s=29&token={SOURCE_KEY}", json=batch)
    assert [event["event_id"] for event in copies()] == ["b0", "b1", "b2"]


def test_a_pixel_is_stored_without_the_source_key(phone: Phone, vendor: Vendor, copies: Copies) -> None:
    target = f"/events?tc_s=29&tc_skey={SOURCE_KEY}&event_name=search&user[id]=7&search_term=a+b%26c"
    phone.client.get(f"{VENDOR}{target}")
    assert [seen.path.replace("%5B", "[").replace("%5D", "]") for seen in vendor.seen] == [target]
    (event,) = copies()
    assert event["sent"] == {"user": {"id": "7"}, "search_term": "a b&c"}
    assert event["source"] == "pixel"


def test_a_first_party_domain_is_copied_where_it_is_named(phone: Phone, copies: Copies) -> None:
    for host in ("metrics.shop.example", "METRICS.shop.example"):
        phone.client.post(f"http://{host}/cdp/events", json=EVENT)
    assert len(copies()) == 2


#: Method and address of requests that are not the vendor's events.
OTHERS: Final = [
    ("POST", "https://other.example/events"),
    ("POST", "http://metrics.other.example/cdp/events"),
    ("POST", "http://notcommander1.com/events"),
    ("POST", "http://commander1.com.other.example/events"),
    ("POST", "http://other.example/collect.commander1.com/events"),
    ("POST", f"{VENDOR}/other"),
    ("POST", f"{VENDOR}/a/events"),
    ("POST", f"{VENDOR}/events/"),
    ("POST", f"{VENDOR}/?x=/events"),
    ("OPTIONS", f"{VENDOR}/events"),
]


def test_other_requests_are_not_copied(phone: Phone, vendor: Vendor, copies: Copies) -> None:
    for method, address in OTHERS:
        assert phone.client.request(method, address, json=EVENT).status_code == 200
    assert len(vendor.seen) == len(OTHERS)
    assert copies() == []


PLAIN: Final = json.dumps(EVENT).encode()
_RAW = zlib.compressobj(wbits=-15)
#: Content-Encoding and body -> the body without it.
COMPRESSED: Final = {
    "gzip": ("gzip", gzip.compress(PLAIN)),
    "gzip in upper case": ("GZIP", gzip.compress(PLAIN)),
    "x-gzip": ("x-gzip", gzip.compress(PLAIN)),
    "deflate": ("deflate", zlib.compress(PLAIN)),
    "deflate without a header": ("deflate", _RAW.compress(PLAIN) + _RAW.flush()),
    "identity": ("identity", PLAIN),
}


@pytest.mark.parametrize(("encoding", "body"), COMPRESSED.values(), ids=COMPRESSED.keys())
def test_a_compressed_body_is_decompressed_for_the_inspector_alone(
    encoding: str, body: bytes, phone: Phone, vendor: Vendor, copies: Copies
) -> None:
    phone.client.post(f"{VENDOR}/events", content=body, headers={"Content-Encoding": encoding})
    assert vendor.seen[0].body == body
    assert [event["sent"] for event in copies()] == [{"method": "é"}]


#: Body, its Content-Encoding, and what the log says.
NOT_COPIED: Final = {
    "damaged": (b"\x1f\x8b\x08damaged", "gzip", "damaged"),
    "cut off": (gzip.compress(PLAIN)[:-9], "gzip", "damaged"),
    "decompresses to far too much": (gzip.compress(b" " * 50_000_000), "gzip", "more than 500000 bytes"),
    "another encoding": (b"x", "br", "only gzip and deflate"),
    "too large": (b" " * 500_001, "", "more than 500000 bytes"),
    "streamed": (b" " * 700_000, "", "streamed"),
    "no JSON": (b"{", "", "status 400"),
}


@pytest.mark.parametrize(("body", "encoding", "said"), NOT_COPIED.values(), ids=NOT_COPIED.keys())
def test_what_cannot_be_copied_passes_and_is_told(
    body: bytes, encoding: str, said: str, phone: Phone, vendor: Vendor, copies: Copies
) -> None:
    before = phone.told(said)
    headers = {"Content-Encoding": encoding} if encoding else {}
    assert phone.client.post(f"{VENDOR}/events", content=body, headers=headers).status_code == 200
    assert vendor.seen[0].body == body
    assert copies() == []
    assert phone.told(said) == before + 1


def test_the_vendor_s_refusal_reaches_the_app(phone: Phone, vendor: Vendor, copies: Copies) -> None:
    kept, vendor.https.answer = vendor.https.answer, vendor.https.answer._replace(status=400)
    try:
        assert phone.client.post(f"{VENDOR}/events", json=EVENT).status_code == 400
    finally:
        vendor.https.answer = kept
    assert len(copies()) == 1


def test_the_capture_key_is_never_logged(phone: Phone, recording: dict[str, Any], copies: Copies) -> None:
    phone.client.post(f"{VENDOR}/events?token={SOURCE_KEY}", json=EVENT)
    assert len(copies()) == 1
    assert SOURCE_KEY in phone.log  # the log shows whole requests
    assert recording["capture_key"] not in phone.log
