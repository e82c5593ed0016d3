"""What only a request can lack, and what only a call can be told of, where an edition says so."""

from typing import Any

import pytest

from events.judging.draft import Draft, Limits, draft, judged_again
from events.judging.effective import Payloads
from events.reference import load
from events.verdict import public_findings
from events.wire import Incoming, read
from events.wire.pixel import read_pixel
from tests.example_events import changed

NEWER = load("2025-10")
LIMITS = Limits(event_bytes=32_000, depth=64, findings=500)
MISSING_ID = ("info", "missing_recommended", "/context/event_id")


def wire(event: str, **more: Any) -> dict[str, Any]:
    """The body of a request with the complete example of the event."""
    return {"event_name": event, **changed(event, reference=NEWER), **more}


def drafted(body: Any, edition: str = "2025-10") -> Draft:
    (incoming,) = read(body)
    return draft(incoming, load(edition), LIMITS)


def found(entry: Draft) -> list[tuple[str, str, str]]:
    return [(one["severity"], one["code"], one["path"]) for one in entry.findings]


@pytest.mark.parametrize(
    ("more", "findings"),
    [
        ({}, [MISSING_ID]),
        ({"context": {}}, [MISSING_ID]),
        ({"context": {"page": {"url": "https://a.example/"}}}, [MISSING_ID]),
        ({"context": {"event_id": "e1"}}, []),
        ({"context": {"eventId": "e1", "created": 1}}, []),
    ],
)
def test_a_request_carries_an_id_in_either_spelling(more: dict[str, Any], findings: list[Any]) -> None:
    entry = drafted(wire("login", **more))
    assert (entry.verdict, found(entry)) == ("valid", findings)


def test_the_sentence_says_what_the_id_is_for() -> None:
    entry = drafted(wire("login"))
    (said,) = public_findings(entry.findings, "login", NEWER)
    assert said["message"].startswith("context.event_id is not in the request")


def test_a_pixel_is_a_request() -> None:
    query = "event_name=search&search_term=a&user[id]=1&user[email]=a@b.fr&user[consent_categories][]=1"
    assert found(draft(read_pixel(query, NEWER), NEWER, LIMITS)) == [MISSING_ID]
    assert found(draft(read_pixel(f"{query}&context[event_id]=e1", NEWER), NEWER, LIMITS)) == []


def test_it_is_never_asked_of_a_call_nor_by_the_edition_that_does_not_say_so() -> None:
    called = Incoming(name="login", called=changed("login", reference=NEWER))
    assert found(draft(called, NEWER, LIMITS)) == []
    assert found(drafted(wire("login"), "2023-05")) == []


def test_what_is_no_event_lacks_no_id() -> None:
    assert [code for _, code, _ in found(draft(Incoming(name="login", sent=[1]), NEWER, LIMITS))] == [
        "unreadable"
    ]


def test_judged_again_a_request_keeps_what_only_its_delivery_told() -> None:
    """The stored id may be one that we made."""
    entry = drafted(wire("login"))
    given = Payloads(None, changed("login", reference=NEWER))
    assert judged_again("login", given, entry.findings, NEWER, LIMITS) == ("valid", entry.findings)
    assert judged_again("login", given, [], NEWER, LIMITS) == ("valid", [])
    assert judged_again("login", given, entry.findings, load("2023-05"), LIMITS) == ("valid", [])


def test_a_deprecated_parameter_is_told_of_a_call_alone() -> None:
    """The client fills page_type and type both: nobody can avoid that."""
    params = changed("page_view", {"/type": "home"}, reference=NEWER)
    called = draft(Incoming(name="page_view", called=params), NEWER, LIMITS)
    assert found(called) == [("info", "deprecated_property", "/type")]
    without = changed("page_view", reference=NEWER)
    both = draft(Incoming(name="page_view", called=without, sent=params), NEWER, LIMITS)
    assert found(both) == []
    assert found(drafted(wire("page_view", type="home", context={"eventId": "e1"}))) == []
