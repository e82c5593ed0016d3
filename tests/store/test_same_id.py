"""Events that share an id: other content is another event, equal content a repeated delivery."""

from collections.abc import Iterator
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import orjson
import pytest
from django.core.management import call_command

from events.judging.content import content_digest
from events.models import Event, Recording
from events.recordings import create_recording
from events.reference import load
from events.store.collect import drafts_of
from events.store.transaction import Stored, Submission, store
from events.wire import Delivery, read, read_delivery
from events.wire.pixel import read_pixel
from tests.servers import Server
from tests.work import calls

ID: Final = "123456789"
NAMES: Final = ("page_view", "add_to_cart", "purchase")

#: The body of an event with the id as each shape names it.
BODIES: Final[dict[str, Any]] = {
    "context.event_id": lambda name: {"event_name": name, "own": name, "context": {"event_id": ID}},
    "context.eventId": lambda name: {"event_name": name, "own": name, "context": {"eventId": ID}},
    "HTTP API 1.0": lambda name: {"event_name": name, "properties": {"own": name}, "event_id": ID},
    "older container": lambda name: {"event": name, "properties": {"own": name}, "eventId": ID},
}


#: Judging again and muting announce changes, which no coroutine may.
pytestmark = pytest.mark.usefixtures("no_event_loop")


@pytest.fixture(scope="module", autouse=True)
def _tables() -> Iterator[None]:
    """Create the tables, and let this thread use the ORM where Playwright has left its event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # these tests await nothing
        call_command("migrate", verbosity=0)
        yield


def submission(recording: Recording, delivery: Delivery) -> Submission:
    drafts = drafts_of(delivery.events, load(recording.edition))
    return Submission(recording.capture_digest, recording.edition, drafts, delivery.updates)


def told(recording: Recording, delivery: Delivery) -> list[tuple[int, bool]]:
    """The number of each event of the delivery, and whether it was there before."""
    (outcome,) = store([submission(recording, delivery)])
    assert isinstance(outcome, Stored)
    return [(receipt.seq, receipt.duplicate) for receipt in outcome.receipts]


@pytest.mark.parametrize("address", ["/events", "/events/batch", "/cdp/events", "/collect"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_three_events_of_one_id_are_kept_at_each_address(body: Any, address: str, server: Server) -> None:
    recording = server.new_recording()
    key = recording["capture_key"]
    path = f"/collect/{key}" if address == "/collect" else f"{address}?token={key}"
    for _ in range(2):
        answers = [server.client.post(path, json=body(name)).json() for name in NAMES]
        batch = server.client.post(path, json={"batch": [body(name) for name in NAMES]}).json()
    assert [answer["duplicates"] for answer in answers] == [1, 1, 1]
    assert (batch["accepted"], batch["duplicates"]) == (0, 3)
    assert [event["event_name"] for event in server.stored(recording)] == list(NAMES)


def test_three_pixels_of_one_id_are_kept(server: Server) -> None:
    recording = server.new_recording()
    for name in (*NAMES, *NAMES):
        query = {"event_name": name, "event_id": ID, "token": recording["capture_key"]}
        assert server.client.get(f"/events?{urlencode(query)}").status_code == 200
    assert [event["event_name"] for event in server.stored(recording)] == list(NAMES)


def har(*bodies: Any) -> bytes:
    """A HAR with a request for each body; a text is the query of a pixel."""
    entries = []
    for n, body in enumerate(bodies):
        request: dict[str, Any] = {"method": "GET", "url": "https://x.commander1.com/events?tc_s=1&token=t"}
        if isinstance(body, str):
            request["url"] += f"&{body}"
        else:
            request |= {"method": "POST", "postData": {"text": orjson.dumps(body).decode()}}
        entries.append({"startedDateTime": f"2026-01-01T00:00:{n:02}Z", "request": request})
    return orjson.dumps({"log": {"version": "1.2", "entries": entries, "pages": []}})


FILES: Final[dict[str, bytes]] = {
    "HAR": har(*(BODIES["context.event_id"](name) for name in (*NAMES, NAMES[0]))),
    "HAR of pixels": har(*(f"event_name={name}&event_id={ID}" for name in (*NAMES, NAMES[0]))),
    "text": orjson.dumps([BODIES["context.event_id"](name) for name in (*NAMES, NAMES[0])]),
    "calls": "".join(
        f"cact('trigger', '{name}', {{context: {{event_id: '{ID}'}}}});" for name in NAMES
    ).encode(),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_a_file_with_three_events_of_one_id_is_counted_truly(content: bytes, server: Server) -> None:
    done = imported(server, content)
    assert (done["kept"], done["duplicates"]) == (3, 0 if b"trigger" in content else 1)
    assert [event["event_name"] for event in server.stored(done)] == list(NAMES)


def test_an_exported_recording_comes_back_with_all_events_of_one_id(server: Server) -> None:
    recording = server.new_recording()
    told_by_server = [BODIES["context.event_id"](name) for name in NAMES]
    server.collect(recording, told_by_server)
    exported = server.client.get(f"/api/recordings/{recording['key']}/export.ndjson")
    done = imported(server, exported.content)
    assert (done["kept"], done["not_read"]) == (3, 0)
    again = server.stored(done)
    assert [(event["event_id"], event["event_name"]) for event in again] == [(ID, name) for name in NAMES]


def test_the_command_line_counts_events_of_one_id_truly(tmp_path: Path) -> None:
    file, said = tmp_path / "constant.har", StringIO()
    file.write_bytes(FILES["HAR"])
    call_command("import", str(file), stdout=said)
    assert "3 events" in said.getvalue()
    assert "1 were there twice" in said.getvalue()


def test_what_the_script_reported_hides_only_the_same_request_in_a_har(server: Server) -> None:
    sent = BODIES["context.event_id"]("purchase")
    script = {"page": {"id": "p"}, "events": [{"id": "u-1", "name": "purchase", "called": {}, "sent": sent}]}
    value = orjson.loads(har(sent, BODIES["context.event_id"]("page_view")))
    posted = {
        "method": "POST",
        "url": "https://inspector.example/collect/abcdefghijklmnopqrstuvwxyz1",
        "postData": {"text": orjson.dumps(script).decode()},
    }
    value["log"]["entries"].append({"startedDateTime": "2026-01-01T00:01:00Z", "request": posted})
    done = imported(server, orjson.dumps(value))
    assert (done["kept"], done["duplicates"]) == (2, 1)
    kept = sorted((event["event_name"], event["source"]) for event in server.stored(done))
    assert kept == [("page_view", "http"), ("purchase", "page")]


def imported(server: Server, content: bytes) -> dict[str, Any]:
    response = server.client.post(
        "/api/import?file=constant", content=content, headers={"Content-Type": "application/octet-stream"}
    )
    assert response.status_code == 201, response.text
    done: dict[str, Any] = response.json()
    return done


#: What of an event does not make it another one: pairs of bodies that are one event.
ONE_EVENT: Final[dict[str, tuple[Any, Any]]] = {
    "another order of keys": ({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"d": 2, "c": 1}, "a": 1}),
    "another time of the call": (
        {"context": {"event_id": ID, "event_timestamp": 1}},
        {"context": {"event_id": ID, "event_timestamp": 2}},
    ),
    "another device": ({"device": {"os": "a"}}, {"device": {"os": "b"}}),
    "another device in the context": ({"context": {"device": 1}}, {"context": {"device": 2}}),
}
#: What makes it another one.
TWO_EVENTS: Final[dict[str, tuple[Any, Any]]] = {
    "another value": ({"a": 1}, {"a": 2}),
    "another type": ({"a": 1}, {"a": "1"}),
    "one parameter more": ({}, {"a": None}),
    "another order of items": ({"items": [1, 2]}, {"items": [2, 1]}),
    "a parameter in the context": ({"context": {"a": 1}}, {"context": {"a": 2}}),
    "a device that is a text": ({"device": "a"}, {"device": "b"}),
    "no object": ([1], [2]),
}


@pytest.mark.parametrize(("one", "other"), ONE_EVENT.values(), ids=ONE_EVENT.keys())
def test_equal_content_is_one_event(one: Any, other: Any) -> None:
    assert content_digest("login", one, None) == content_digest("login", other, None)
    assert content_digest("login", one, {"sent": 1}) == content_digest("login", other, None)


@pytest.mark.parametrize(("one", "other"), TWO_EVENTS.values(), ids=TWO_EVENTS.keys())
def test_other_content_is_another_event(one: Any, other: Any) -> None:
    assert content_digest("login", one, None) != content_digest("login", other, None)
    assert content_digest("login", None, one) != content_digest("login", None, other)
    assert content_digest("login", one, None) != content_digest("logout", one, None)


def shim(name: str, page: str, called: Any, **more: Any) -> Delivery:
    event = {"id": ID, "n": 1, "name": name, "called": called}
    return read_delivery({"page": {"id": page, "url": "https://shop.example/"}, "events": [event]} | more)


def test_what_the_script_learns_goes_to_the_event_of_its_own_page_load() -> None:
    recording = create_recording("Own page load")
    told(recording, shim("login", "first", {}))
    told(recording, shim("logout", "second", {}))
    told(recording, shim("login", "first", {}, events=[], updates=[{"id": ID, "sent": {"seen": 1}}]))
    told(recording, shim("login", "third", {}, events=[], updates=[{"id": ID, "unsent": True}]))
    delivered = recording.events.order_by("seq").values_list("name", "delivery")
    assert list(delivered) == [("login", "sent"), ("logout", "")]


def test_a_later_page_load_may_report_for_an_id_of_one_event() -> None:
    recording = create_recording("Later page load")
    told(recording, shim("login", "first", {}))
    told(recording, shim("login", "later", {}, events=[], updates=[{"id": ID, "sent": {"seen": 1}}]))
    assert recording.events.get().delivery == "sent"


def test_a_request_that_was_seen_later_makes_no_other_event_of_a_repeated_delivery() -> None:
    recording = create_recording("Learnt later")
    told(recording, shim("login", "p", {"method": "x"}, updates=[{"id": ID, "sent": {"seen": 1}}]))
    assert told(recording, shim("login", "p", {"method": "x"})) == [(1, True)]


def test_an_event_stored_without_a_digest_is_compared_by_its_parameters() -> None:
    recording = create_recording("Older version")
    told(recording, Delivery(read(BODIES["context.event_id"]("login"))))
    recording.events.update(occurrence=0)
    again = [BODIES["context.event_id"](name) for name in ("login", "logout", "logout")]
    assert told(recording, Delivery(read(again))) == [(1, True), (2, False), (2, True)]


def test_a_pixel_that_comes_again_is_known() -> None:
    recording = create_recording("Pixels")
    query = f"event_name=purchase&event_id={ID}&revenue=9.99"
    pixels = [read_pixel(query, load(recording.edition)) for _ in range(2)]
    assert told(recording, Delivery(pixels)) == [(1, False), (1, True)]


def test_one_id_on_very_many_events_is_no_slower_and_has_no_end() -> None:
    recording = create_recording("Very many")
    few, many = (create_recording(name) for name in ("Few", "Many"))
    for target, count in ((few, 100), (many, 40_000)):
        Event.objects.bulk_create(
            Event(
                recording=target, seq=seq, event_id=ID, name="login", verdict="valid", findings="[]",
                called="", sent="", automatic="", page_url="", call_site="", source="http",
                fired_at=recording.created_at, received_at=recording.created_at, occurrence=seq,
            )
            for seq in range(1, count + 1)
        )  # fmt: skip
        Recording.objects.filter(pk=target.pk).update(last_seq=count)
    bodies = [BODIES["context.event_id"](f"own_{n}") for n in range(50)]
    work = [calls(partial(told, target, Delivery(read(bodies)))) for target in (few, many)]
    assert many.events.count() == 40_050
    assert work[1] < 1.1 * work[0]
