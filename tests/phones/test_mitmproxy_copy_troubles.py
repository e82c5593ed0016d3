"""The script for mitmproxy where the inspector is away or refuses: the app notices nothing, the log tells."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests import services
from tests.phones.phone import VENDOR, Double, Phone, Vendor, self_signed
from tests.ports import free_port
from tests.servers import Server
from tests.shim_host import Answer
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

NewPhone = Callable[..., Phone]
KEY: Final = "capture-key-of-a-recording-0"
SENT: Final = f"{VENDOR}/events?tc_s=29&token=vendors-own-source-key&x=a%20b+c"
EVENT: Final = {"event_name": "login", "method": "x"}


@pytest.fixture
def inspector() -> Iterator[Double]:
    """A double of the inspector."""
    double = Double()
    yield double
    double.down()


def post(phone: Phone, **more: Any) -> None:
    """Send an event; the app gets the vendor's answer whatever happens to the copy."""
    assert phone.client.post(SENT, json=EVENT | more).json() == {"from": "the double"}


def test_a_copy_holds_nothing_else_of_the_app_s_request(new_phone: NewPhone, inspector: Double) -> None:
    phone = new_phone(f"cact_inspector={inspector.url('/')}", f"cact_key={KEY}")
    headers = {
        "Authorization": "Bearer app",
        "Cookie": "a=b",
        "User-Agent": "app",
        "Content-Type": "text/plain;charset=UTF-8",
    }
    phone.client.post(SENT, content=b' {"a": 1 }\n', headers=headers)
    (copy,) = wait_for("the copy", lambda: inspector.seen)
    assert (copy.method, copy.path, copy.body) == ("POST", "/events?tc_s=29&x=a%20b+c", b' {"a": 1 }\n')
    assert copy.headers.pop("Host") == f"127.0.0.1:{inspector.port}"
    assert copy.headers == {
        "Accept-Encoding": "identity",
        "Content-Length": "11",
        "Content-Type": "text/plain;charset=UTF-8",
        "Authorization": f"Bearer {KEY}",
    }


def test_an_inspector_that_is_away_gets_the_events_later(new_phone: NewPhone, own_server: Server) -> None:
    recording = own_server.new_recording()
    phone = new_phone(f"cact_inspector={own_server.url}", f"cact_key={recording['capture_key']}")
    with own_server.away():
        for number in range(3):
            post(phone, n=number)
        phone.wait_until_told("is away")
    wait_for("the events", lambda: own_server.state(recording)["last_seq"] == 3)
    assert [event["sent"]["n"] for event in own_server.stored(recording)] == [0, 1, 2]
    assert phone.told("is away") == 1
    phone.wait_until_told("Events arrive")


def test_a_slow_inspector_does_not_delay_the_app(new_phone: NewPhone, inspector: Double) -> None:
    phone = new_phone(f"cact_inspector={inspector.url('')}", f"cact_key={KEY}")
    asked, answered = threading.Event(), threading.Event()

    def respond(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        asked.set()
        assert answered.wait(60)
        return Answer()

    inspector.down()
    inspector.respond = respond  # type: ignore[method-assign]
    inspector.up()
    post(phone)
    assert asked.wait(60)
    post(phone)  # while the first copy waits for its answer
    answered.set()


#: The inspector's answer -> what the log says, once.
REFUSALS: Final = {
    "unknown key": (Answer(403), "capture key is refused"),
    "no key": (Answer(401), "capture key is refused"),
    "another program": (Answer(404), "capture key is refused"),
    "stopped": (Answer(410), "recording is stopped"),
    "redirect": (Answer(301, headers={"Location": "{vendor}/elsewhere"}), "redirects"),
    "refused": (Answer(413), "status 413"),
    "fault": (Answer(500), "status 500"),
}


@pytest.mark.parametrize(("answer", "said"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_told_once(
    answer: Answer, said: str, new_phone: NewPhone, vendor: Vendor, inspector: Double
) -> None:
    headers = {name: value.format(vendor=vendor.http.url("")) for name, value in answer.headers.items()}
    inspector.answer = answer._replace(headers=headers)
    phone = new_phone(f"cact_inspector={inspector.url('')}", f"cact_key={KEY}")
    for _ in range(3):
        post(phone)
    wait_for("the copies", lambda: len(inspector.seen) == 3)
    inspector.answer = Answer(200)
    post(phone)
    phone.wait_until_told("Events arrive")
    assert phone.told(said) == 1
    assert len(vendor.seen) == 4  # the capture key followed no redirect
    assert KEY not in phone.log


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_busy_inspector_is_asked_again(status: int, new_phone: NewPhone, inspector: Double) -> None:
    inspector.answer = Answer(status)
    phone = new_phone(f"cact_inspector={inspector.url('')}", f"cact_key={KEY}")
    post(phone)
    phone.wait_until_told(f"status {status}")
    inspector.answer = Answer(200)
    phone.wait_until_told("Events arrive")
    assert len({seen.body for seen in inspector.seen}) == 1


def test_a_full_queue_lets_requests_pass(new_phone: NewPhone) -> None:
    phone = new_phone(f"cact_inspector=http://127.0.0.1:{free_port()}", f"cact_key={KEY}")
    for _ in range(503):
        post(phone)
    phone.wait_until_told("500 wait already")
    assert phone.told("500 wait already") == 1


def test_an_inspector_on_https_must_be_trusted(new_phone: NewPhone, tmp_path: Path) -> None:
    services.need("openssl")
    certificate = self_signed(tmp_path, "IP:127.0.0.1")
    secure = Double(certificate)
    options = [f"cact_inspector=https://127.0.0.1:{secure.port}", f"cact_key={KEY}"]
    phone = new_phone(*options)
    post(phone)
    phone.wait_until_told("certificate is not trusted")
    assert secure.seen == []
    trusting = new_phone(*options, f"cact_ca={certificate.path}")
    post(trusting)
    trusting.wait_until_told("Events arrive")
    secure.down()


#: Options that cannot be right: the proxy does not start, and says which one it is.
WRONG: Final = {
    "no address": "cact_inspector=nowhere",
    "an address with a key": f"cact_inspector=http://127.0.0.1:1/events?token={KEY}",
    "another scheme": "cact_inspector=ftp://127.0.0.1",
    "a port that is none": "cact_inspector=http://127.0.0.1:x",
    "a broken address": "cact_inspector=http://[::1",
    "a login": f"cact_inspector=http://{KEY}@127.0.0.1",
    "no key": "cact_key=",
    "more than a key": f"cact_key={KEY}/",
    "no certificate": "cact_ca=/nowhere",
}


@pytest.mark.parametrize("options", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_option_is_named_at_the_start(options: str, new_phone: NewPhone) -> None:
    given = {"cact_inspector": "http://127.0.0.1:1", "cact_key": KEY} | dict([options.split("=", 1)])
    phone = new_phone(*(f"{name}={value}" for name, value in given.items()))
    assert phone.exit_code() == 1
    assert phone.told(options.partition("=")[0]) == 1
    assert KEY not in phone.log
    assert 'mitmproxy_copy.py", line' not in phone.log  # no traceback of the script
