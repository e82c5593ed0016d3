"""What is posted is stored, once, in order, and counted; the answer comes after the commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.example_events import changed, findings_of
from tests.servers import Server
from tests.wire_shapes import SHAPES, Shape

THREADS = 8


def shim_body(*numbers: int, page: str = "p") -> dict[str, Any]:
    """A body of the shim with the events of these numbers."""
    events = [{"id": f"{page}-{n}", "n": n, "name": "login", "called": {"method": f"m{n}"}} for n in numbers]
    return {"page": {"id": page, "url": "https://shop.example/"}, "events": events}


def together(work: Callable[[int], Any]) -> list[Any]:
    """What ``work`` gives for 0, 1, 2 …, done in as many threads at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(THREADS)))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_an_event_is_answered_with_its_number_and_its_verdict(shape: Shape, server: Server) -> None:
    recording = server.new_recording()
    params = changed("purchase", {"/currency": "eur"}, ["/id"])
    receipt = server.collect(recording, shape("purchase", params))
    (result,) = receipt["results"]
    assert (receipt["accepted"], receipt["duplicates"]) == (1, 0)
    assert (result["seq"], result["verdict"]) == (1, "invalid")
    assert result["findings"] == findings_of("purchase", params)


def test_what_is_answered_is_stored(any_server: Server) -> None:
    recording = any_server.new_recording()
    page = {"id": "p", "url": "https://shop.example/cart", "title": "Cart", "referrer": ""}
    event = {"id": "e1", "n": 1, "at": 1700000000123, "name": "login", "called": {"method": "x", "url": None}}
    observed = {"auto": {"user": {"consent_categories": ["1"]}}, "sent": {"seen": 1}, "call_site": "a.js:1:2"}
    any_server.collect(recording, {"page": page, "events": [{**event, **observed}]})
    (stored,) = any_server.stored(recording)
    assert stored.pop("received_at") > "2026"
    assert [finding["path"] for finding in stored.pop("findings")] == ["/user/id", "/user/email"]
    assert stored == {
        "seq": 1,
        "event_id": "e1",
        "event_name": "login",
        "verdict": "warning",
        "muted": 0,
        "called": {"method": "x", "url": None},
        "sent": {"seen": 1},
        "effective": {"method": "x", "url": None, "user": {"consent_categories": ["1"]}},
        "automatic": ["/user/consent_categories"],
        "permanent": [],
        "unsent_permanent": [],
        "unread": [],
        "unknown": [],
        "delivery": "sent",
        "seen": "",
        "sent_to": "",
        "container": "",
        "call_site": "a.js:1:2",
        "page_load": "p",
        "page_url": "https://shop.example/cart",
        "fired_at": "2023-11-14T22:13:20.123Z",
        "source": "page",
    }


def test_a_repeated_delivery_is_acknowledged_and_stored_once(any_server: Server) -> None:
    recording = any_server.new_recording()
    first = any_server.collect(recording, shim_body(1, 2))
    again = any_server.collect(recording, shim_body(2, 3, 1))
    assert (again["accepted"], again["duplicates"]) == (1, 2)
    assert [result["seq"] for result in again["results"]] == [2, 3, 1]
    assert first["results"][1]["findings"] == again["results"][0]["findings"]
    assert [event["event_id"] for event in any_server.stored(recording)] == ["p-1", "p-2", "p-3"]


def test_an_event_twice_in_one_request_is_stored_once(any_server: Server) -> None:
    recording = any_server.new_recording()
    receipt = any_server.collect(recording, shim_body(1, 1))
    assert (receipt["accepted"], receipt["duplicates"]) == (1, 1)


def test_the_same_id_in_another_recording_is_another_event(any_server: Server) -> None:
    for _ in range(2):
        assert any_server.collect(any_server.new_recording(), shim_body(1))["accepted"] == 1


def test_the_same_events_from_many_at_once_are_stored_once(any_server: Server) -> None:
    recording = any_server.new_recording()
    body = shim_body(*range(1, 51))
    receipts = together(lambda _: any_server.collect(recording, body))
    assert sum(receipt["accepted"] for receipt in receipts) == 50
    assert sum(receipt["duplicates"] for receipt in receipts) == 50 * (THREADS - 1)
    numbers = [[result["seq"] for result in receipt["results"]] for receipt in receipts]
    assert numbers == [list(range(1, 51))] * THREADS
    assert [event["seq"] for event in any_server.stored(recording)] == list(range(1, 51))


def test_numbers_have_no_gaps_and_keep_the_order_of_each_sender(any_server: Server) -> None:
    recording = any_server.new_recording()

    def send(sender: int) -> list[int]:
        bodies = [shim_body(*range(i, i + 4), page=f"p{sender}") for i in range(1, 81, 4)]
        return [one["seq"] for body in bodies for one in any_server.collect(recording, body)["results"]]

    numbers = together(send)
    assert all(mine == sorted(mine) for mine in numbers)
    assert sorted(seq for mine in numbers for seq in mine) == list(range(1, 80 * THREADS + 1))
    stored = any_server.stored(recording)
    assert [event["seq"] for event in stored] == list(range(1, 80 * THREADS + 1))
    for sender, mine in enumerate(numbers):
        ids = [event["event_id"] for event in stored if event["page_load"] == f"p{sender}"]
        assert ids == [f"p{sender}-{n}" for n in range(1, 81)]
        assert [stored[seq - 1]["event_id"] for seq in mine] == ids
    assert any_server.state(recording)["loss"] == {"sent": 640, "received": 640, "missing": 0}


#: The numbers of each request, and what the accounting says after it: sent, received, missing.
LOSS: dict[str, list[tuple[tuple[int, ...], tuple[int, int, int]]]] = {
    "all there": [((1, 2, 3), (3, 3, 0))],
    "a gap": [((1, 2), (2, 2, 0)), ((5,), (5, 3, 2))],
    "the first ones": [((4,), (4, 1, 3))],
    "late arrivals": [((3,), (3, 1, 2)), ((1,), (3, 2, 1)), ((2,), (3, 3, 0))],
    "from the middle of a gap": [((1, 9), (9, 2, 7)), ((5,), (9, 3, 6)), ((4, 6), (9, 5, 4))],
    "the wrong way round": [((3, 2, 1), (3, 3, 0))],
    "twice the same": [((1, 3), (3, 2, 1)), ((1, 3), (3, 2, 1))],
}


@pytest.mark.parametrize("requests", LOSS.values(), ids=LOSS.keys())
def test_losses_are_counted(
    requests: list[tuple[tuple[int, ...], tuple[int, int, int]]], server: Server
) -> None:
    recording = server.new_recording()
    for numbers, (sent, received, missing) in requests:
        server.collect(recording, shim_body(*numbers))
        loss = server.state(recording)["loss"]
        assert loss == {"sent": sent, "received": received, "missing": missing}


def test_every_page_load_counts_for_itself(any_server: Server) -> None:
    recording = any_server.new_recording()
    for page, numbers in {"p1": (1, 2), "p2": (2,), "p3": (1, 4)}.items():
        any_server.collect(recording, shim_body(*numbers, page=page))
    any_server.collect(recording, [{"event_name": "login"}])  # without a page there is nothing to lose
    assert any_server.state(recording)["loss"] == {"sent": 9, "received": 6, "missing": 3}


def test_a_number_used_twice_hides_no_loss(any_server: Server) -> None:
    recording = any_server.new_recording()
    any_server.collect(recording, shim_body(1, 3))
    again = shim_body(3)
    again["events"][0]["id"] = "another"
    any_server.collect(recording, again)
    assert any_server.state(recording)["loss"] == {"sent": 4, "received": 3, "missing": 1}


def test_what_is_no_event_is_stored_and_the_good_ones_beside_it(any_server: Server) -> None:
    recording = any_server.new_recording()
    body = [{"event_name": "login"}, "nonsense", None, {"event_name": "search"}, 5]
    assert any_server.collect(recording, body)["accepted"] == 5
    stored = any_server.stored(recording)
    assert [event["event_name"] for event in stored] == ["login", "", "", "search", ""]
    assert [event["sent"] for event in stored] == [{}, "nonsense", None, {}, 5]
    assert [event["findings"][0]["code"] for event in stored if not event["event_name"]] == ["unreadable"] * 3
    assert any_server.state(recording)["events"][""] == {"invalid": 3, "warning": 0, "valid": 0}


#: Texts and numbers that databases and encoders stumble over.
AWKWARD: dict[str, Any] = {
    "NUL": "a\0b",
    "every plane": "é€😀\u2028\ufffe",
    "a number beyond 64 bits": 1e30,
    "the smallest integer": -(2**63),
    "a tiny number": 5e-324,
    "a large object": {f"key {i}": i for i in range(1_000)},
    "a long text": "x" * 31_000,
    "quotes": "'\"\\`;--",
}


@pytest.mark.parametrize("value", AWKWARD.values(), ids=AWKWARD.keys())
def test_any_value_is_stored_as_it_came(value: Any, any_server: Server) -> None:
    recording = any_server.new_recording()
    any_server.collect(recording, {"event_name": "mine", "properties": {"value": value}})
    (stored,) = any_server.stored(recording)
    assert stored["sent"] == {"value": value}


def test_awkward_texts_are_stored_wherever_they_stand(any_server: Server) -> None:
    recording = any_server.new_recording()
    text = "a\0b" * 2000
    event = {
        "id": text[:9],
        "n": 1,
        "at": "9999-12-31T23:59:59Z",
        "name": text,
        "called": {text: text},
        "call_site": text,
    }
    page = {"id": text, "url": text, "title": text, "referrer": text}
    assert any_server.collect(recording, {"page": page, "events": [event]})["accepted"] == 1
    (stored,) = any_server.stored(recording)
    assert stored["event_name"] == "a\ufffdb" * 66 + "a\ufffd"


def test_a_hostile_event_keeps_its_findings_within_bounds(any_server: Server) -> None:
    recording = any_server.new_recording()
    params = {f"property_{i}": i for i in range(1_500)}
    any_server.collect(recording, {"event_name": "login", **params, "event_id": uuid4().hex})
    (stored,) = any_server.stored(recording)
    assert len(stored["findings"]) == 500
    assert stored["findings"][0]["path"] == "/user"
