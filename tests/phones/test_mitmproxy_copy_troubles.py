"""The script for mitmproxy where the inspector is away or refuses: the app notices nothing, the log tells."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests import services
from tests.phones.phone import SCRIPT, VENDOR, Double, Phone, Vendor, self_signed
from tests.ports import free_port
from tests.servers import Server
from tests.shim_host import Answer
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

NewPhone = Callable[..., Phone]
KEY: Final = "capture-key-of-a-recording-0"
SENT: Final = f"{VENDOR}/events?tc_s=29&token=vendors-own-source-key&x=a%20b+c"
EVENT: Final = {"event_name": "login", "method": "x"}


@pytest.fixture(scope="module")
def shared(doubles: Vendor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Phone, Double]]:
    """A phone and a double of the inspector at which an event has arrived."""
    double = Double()
    options = f"cact_inspector={double.url('/')}", f"cact_key={KEY}"
    phone = Phone(tmp_path_factory.mktemp("shared"), doubles, options)
    post(phone)
    phone.wait_until_told("Events arrive")
    yield phone, double
    phone.end()
    double.down()


@pytest.fixture
def phone(shared: tuple[Phone, Double], vendor: Vendor) -> Phone:
    """The phone, as it was at its start: each test leaves it with an event that has arrived."""
    shared[0].begin()
    return shared[0]


@pytest.fixture
def inspector(shared: tuple[Phone, Double]) -> Iterator[Double]:
    """The inspector of ``phone``, which has received nothing yet."""
    _, double = shared
    double.seen.clear()
    yield double
    double.answer = Answer(200)


def post(phone: Phone, **more: Any) -> None:
    """Send an event; the app gets the vendor's answer whatever happens to the copy."""
    assert phone.client.post(SENT, json=EVENT | more).json() == {"from": "the double"}


def test_a_copy_holds_nothing_else_of_the_app_s_request(phone: Phone, inspector: Double) -> None:
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


class _Slow(Double):
    """An inspector that answers once ``answered`` is set."""

    def __init__(self) -> None:
        self.asked, self.answered = threading.Event(), threading.Event()
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.asked.set()
        assert self.answered.wait(60)
        return super().respond(method, path, headers, body)


def test_a_slow_inspector_does_not_delay_the_app(new_phone: NewPhone) -> None:
    slow = _Slow()
    phone = new_phone(f"cact_inspector={slow.url('')}", f"cact_key={KEY}")
    post(phone)
    assert slow.asked.wait(60)
    post(phone)  # while the first copy waits for its answer
    assert slow.seen == []
    slow.answered.set()
    wait_for("both copies", lambda: len(slow.seen) == 2)
    slow.down()


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
    answer: Answer, said: str, phone: Phone, vendor: Vendor, inspector: Double
) -> None:
    headers = {name: value.format(vendor=vendor.http.url("")) for name, value in answer.headers.items()}
    inspector.answer = answer._replace(headers=headers)
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
def test_a_busy_inspector_is_asked_again(status: int, phone: Phone, inspector: Double) -> None:
    inspector.answer = Answer(status)
    post(phone)
    phone.wait_until_told(f"status {status}")
    inspector.answer = Answer(200)
    phone.wait_until_told("Events arrive")
    assert len({seen.body for seen in inspector.seen}) == 1


def test_a_full_queue_lets_requests_pass(new_phone: NewPhone, tmp_path: Path) -> None:
    """With a limit that a few requests reach: each costs the proxy as much as it costs the test."""
    limit, fewer = "MAX_WAITING = 500", "MAX_WAITING = 5"
    source = SCRIPT.read_text()
    assert source.count(limit) == 1
    (tmp_path / SCRIPT.name).write_text(source.replace(limit, fewer))
    options = f"cact_inspector=http://127.0.0.1:{free_port()}", f"cact_key={KEY}"
    phone = new_phone(*options, script=tmp_path / SCRIPT.name)
    for _ in range(8):  # one is on its way, five wait, two are too many
        post(phone)
    phone.wait_until_told("5 wait already")
    assert phone.told("5 wait already") == 1


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


#: Options that cannot be right: the script says which one it is.
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


def given(wrong: str) -> dict[str, str]:
    """All options, with this one in the place of a right one."""
    return {"cact_inspector": "http://127.0.0.1:1", "cact_key": KEY} | dict([wrong.split("=", 1)])


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """What the script logs of each wrong option, and of right ones, in mitmproxy's own environment."""
    services.need("mitmproxy")
    cases = {**{wrong: given(wrong) for wrong in WRONG.values()}, "": given(f"cact_key={KEY}")}
    done = subprocess.run(
        [services.mitmdump().with_name("python"), Path(__file__).with_name("wrong_options.py"), SCRIPT],
        input=json.dumps(list(cases.values())),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(cases, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_option_is_named(wrong: str, told: dict[str, list[str]]) -> None:
    (line,) = told[wrong]
    assert line.startswith("Cact Inspector: ")
    assert wrong.partition("=")[0] in line
    assert KEY not in line


def test_right_options_are_not(told: dict[str, list[str]]) -> None:
    assert told[""] == []


def test_with_a_wrong_option_the_proxy_does_not_start(new_phone: NewPhone) -> None:
    phone = new_phone(*(f"{name}={value}" for name, value in given(WRONG["a login"]).items()))
    assert phone.exit_code() == 1
    assert phone.told("cact_inspector") == 1
    assert KEY not in phone.log
    assert 'mitmproxy_copy.py", line' not in phone.log  # no traceback of the script
