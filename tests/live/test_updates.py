"""What becomes known of an event after it was stored, and what the script tells beside events."""

from typing import Any, Final

import pytest

from tests.example_events import changed
from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.viewers import viewing

CONSENT: Final = "/user/consent_categories"
WITHOUT_CONSENT: Final = changed("login", {}, [CONSENT])
SENT: Final = {
    "event_name": "login",
    **changed("login", {CONSENT: ["1", "3"]}),
    "context": {"eventId": "1", "version": 2},
}
TO: Final = "https://collect.example/events?tc_s=1&token=…"


@pytest.fixture
def recording(any_server: Server) -> dict[str, Any]:
    return any_server.new_recording()


def tell(server: Server, recording: dict[str, Any], **body: Any) -> dict[str, Any]:
    return server.collect(recording, {"page": page_load(), "events": [], **body})


def stored(server: Server, recording: dict[str, Any]) -> dict[str, Any]:
    (event,) = server.stored(recording)
    return event


def test_what_the_client_sent_is_kept_beside_the_call(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1, called=WITHOUT_CONSENT, sent=SENT, sent_to=TO)])
    event = stored(server, recording)
    assert event["called"] == WITHOUT_CONSENT
    assert event["sent"] == changed("login", {CONSENT: ["1", "3"]})  # what it travelled in is left out
    assert (event["delivery"], event["sent_to"]) == ("sent", TO)


def test_consent_that_was_on_the_wire_counts_as_observed(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1, called=WITHOUT_CONSENT, sent=SENT)])
    event = stored(server, recording)
    assert (event["verdict"], event["automatic"]) == ("valid", [CONSENT])


def test_nothing_else_on_the_wire_mends_a_call(any_server: Server, recording: dict[str, Any]) -> None:
    """What the client fills in by itself must not hide what the page forgot."""
    called = changed("purchase", {}, ["/status", "/currency"])
    post(any_server, recording, [shim_event(1, "purchase", called, sent=changed("purchase"))])
    event = stored(any_server, recording)
    own = [finding["path"] for finding in event["findings"] if finding["code"] != "no_checkout"]
    assert own == ["/currency", "/status"]


def test_a_request_that_comes_later_changes_the_verdict(
    any_server: Server, recording: dict[str, Any]
) -> None:
    event = shim_event(1, called=WITHOUT_CONSENT)
    post(any_server, recording, [event])
    assert any_server.state(recording)["verdicts"] == {"invalid": 1, "warning": 0, "valid": 0}
    tell(any_server, recording, updates=[{"id": event["id"], "sent": SENT, "sent_to": TO}])
    assert any_server.state(recording)["verdicts"] == {"invalid": 0, "warning": 0, "valid": 1}
    after = stored(any_server, recording)
    assert (after["verdict"], after["findings"], after["delivery"]) == ("valid", [], "sent")
    assert after["sent"]["user"]["consent_categories"] == ["1", "3"]


def test_a_call_that_led_to_nothing_is_marked_until_it_is_sent(
    any_server: Server, recording: dict[str, Any]
) -> None:
    event = shim_event(1)
    post(any_server, recording, [event])
    seen = []
    for update in ({"unsent": True}, {"sent": SENT}, {"unsent": True}):
        tell(any_server, recording, updates=[{"id": event["id"], **update}])
        seen.append(stored(any_server, recording)["delivery"])
    assert seen == ["unsent", "sent", "sent"]  # what was seen is never unseen


NO_UPDATES: Final = [
    {"id": "unknown", "sent": SENT},
    {"sent": SENT},
    {"id": {}, "sent": SENT},
    {"id": "e1"},
    {"id": "e1", "unsent": "yes"},
    "nonsense",
    None,
]


@pytest.mark.parametrize("update", NO_UPDATES, ids=repr)
def test_an_update_of_nothing_changes_nothing(update: Any, server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1, id="e1")])
    before = stored(server, recording)
    tell(server, recording, updates=[update])
    assert stored(server, recording) == before


@pytest.mark.parametrize("sent", ["text", 5, [], [1], {}, {"event": "login", "properties": 3}], ids=repr)
def test_anything_may_have_been_sent(sent: Any, server: Server) -> None:
    recording = server.new_recording()
    event = shim_event(1)
    post(server, recording, [event])
    tell(server, recording, updates=[{"id": event["id"], "sent": sent}])
    assert stored(server, recording)["delivery"] == "sent"


def test_the_old_form_is_a_warning_that_says_so(server: Server) -> None:
    recording = server.new_recording()
    event = shim_event(1, "purchase", {"id": "O_1"}, old_form=True)
    post(server, recording, [event])
    tell(server, recording, updates=[{"id": event["id"], "unsent": True}])
    after = stored(server, recording)
    assert after["verdict"] == "warning"
    (finding,) = after["findings"]
    assert finding["code"] == "not_triggered"
    assert "cact('trigger', \"purchase\", …)" in finding["message"]


PIXEL: Final = "tc_s=1&event_name=view_cart&value=22.53&currency=EUR&items[0][quantity]=2"
PIXEL_SENT: Final = {"value": 22.53, "currency": "EUR", "items": [{"quantity": 2}]}


def test_a_pixel_is_an_event_and_what_became_of_a_call(any_server: Server) -> None:
    recording = any_server.new_recording()
    called = shim_event(1, "view_cart", {"value": 22.53})
    pixel = shim_event(2, "view_cart") | {
        "called": None,
        "pixel": PIXEL,
        "sent_to": "https://c.example/events",
    }
    post(any_server, recording, [called, pixel])
    tell(
        any_server, recording, updates=[{"id": called["id"], "pixel": PIXEL, "sent_to": "https://c.example/"}]
    )
    first, second = any_server.stored(recording)
    assert (first["called"], first["sent"], first["delivery"]) == ({"value": 22.53}, PIXEL_SENT, "sent")
    assert (second["called"], second["effective"], second["delivery"]) == (None, PIXEL_SENT, "sent")
    assert (first["sent_to"], second["sent_to"]) == ("https://c.example/", "https://c.example/events")


def test_a_request_that_is_seen_later_tells_what_was_not_read(any_server: Server) -> None:
    recording = any_server.new_recording()
    user = {"id": "7", "email": "a@b.fr", "consent_categories": [1]}
    event = shim_event(1, "search", {"search_term": "[not read: getter]", "user": user})
    post(any_server, recording, [event])
    before = stored(any_server, recording)
    assert (before["verdict"], before["findings"], before["unread"]) == ("valid", [], ["/search_term"])
    tell(any_server, recording, updates=[{"id": event["id"], "sent": {"user": user}}])
    after = stored(any_server, recording)
    assert (after["verdict"], after["unread"]) == ("invalid", ["/search_term"])
    assert after["effective"] == {"user": user}


def test_a_request_that_is_seen_later_tells_what_of_set_property_was_sent(any_server: Server) -> None:
    recording = any_server.new_recording()
    user = {"id": "7", "email": "a@b.fr", "consent_categories": [1]}
    event = shim_event(1, "search", {"user": user}, permanent={"search_term": "shoes"})
    post(any_server, recording, [event])
    assert stored(any_server, recording)["verdict"] == "valid"
    tell(any_server, recording, updates=[{"id": event["id"], "sent": {"user": user}}])
    after = stored(any_server, recording)
    assert (after["verdict"], after["permanent"], after["unsent_permanent"]) == (
        "invalid",
        [],
        ["/search_term"],
    )
    assert [finding["path"] for finding in after["findings"]] == ["/search_term"]


def test_what_was_set_before_is_judged_and_marked(server: Server) -> None:
    recording = server.new_recording()
    called = changed("login", {}, ["/user/id"])
    permanent = {"user": {"id": "7", "email": "other@example.com"}, "shop": "Lyon"}
    post(server, recording, [shim_event(1, called=called, permanent=permanent)])
    event = stored(server, recording)
    assert event["effective"]["user"] == {**called["user"], "id": "7"}  # the event wins
    assert event["permanent"] == ["/user/id", "/shop"]
    assert [finding["code"] for finding in event["findings"]] == ["unknown_property"]


def test_changed_events_are_pushed_to_who_watches(any_server: Server, recording: dict[str, Any]) -> None:
    events = [shim_event(n, called=WITHOUT_CONSENT) for n in (1, 2)]
    post(any_server, recording, events)
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        viewer.read_until(2)
        tell(any_server, recording, updates=[{"id": events[0]["id"], "sent": SENT}])
        frame = viewer.next_frame()
        assert (frame["rows"], frame["changes"], frame["gone"]) == ([1], 1, [])
        assert 'class="row valid"' in frame["html"]
        assert frame["types"]["login"] == [2, "invalid"]


def test_a_viewer_that_comes_back_learns_what_changed(any_server: Server, recording: dict[str, Any]) -> None:
    events = [shim_event(n, called=WITHOUT_CONSENT) for n in (1, 2, 3)]
    post(any_server, recording, events)
    for n in (2, 0):
        tell(any_server, recording, updates=[{"id": events[n]["id"], "sent": SENT}])
    for known, rows in ((0, [3, 1]), (1, [1]), (2, [])):
        with viewing(any_server, recording) as viewer:
            viewer.say(follow={"after": 3, "changes": known, "query": "", "epoch": 1})
            assert viewer.next_frame()["rows"] == rows


def test_a_change_that_no_longer_matches_is_taken_away(any_server: Server, recording: dict[str, Any]) -> None:
    events = [shim_event(n, called=WITHOUT_CONSENT) for n in (1, 2)]
    post(any_server, recording, events)
    with viewing(any_server, recording) as viewer:
        viewer.follow(query="verdict=invalid")
        viewer.read_until(2)
        tell(any_server, recording, updates=[{"id": events[1]["id"], "sent": SENT}])
        frame = viewer.next_frame()
        assert (frame["rows"], frame["gone"]) == ([], [2])


# Each step: numbers that arrive, the number that the page had when it was left; then sent, received, missing.
LEFT: Final[list[tuple[list[int], int | None, tuple[int, int, int]]]] = [
    ([1, 2], None, (2, 2, 0)),
    ([], 5, (5, 2, 3)),
    ([], 5, (5, 2, 3)),
    ([], 3, (5, 2, 3)),
    ([4], None, (5, 3, 2)),
    ([3, 5], None, (5, 5, 0)),
]


def test_a_page_that_was_left_tells_how_many_events_it_had(
    any_server: Server, recording: dict[str, Any]
) -> None:
    page = page_load()
    for numbers, left, expected in LEFT:
        if numbers:
            post(any_server, recording, (shim_event(n) for n in numbers), page)
        if left:
            tell(any_server, recording, left=[{**page, "n": left}])
        loss = any_server.state(recording)["loss"]
        assert (loss["sent"], loss["received"], loss["missing"]) == expected


def test_a_page_of_which_nothing_arrived_is_missing_whole(
    any_server: Server, recording: dict[str, Any]
) -> None:
    tell(any_server, recording, left=[page_load() | {"n": 4}])
    assert any_server.state(recording)["loss"] == {"sent": 4, "received": 0, "missing": 4}


@pytest.mark.parametrize(
    "left", [[{"id": "p"}], [{"n": 3}], [{"id": "p", "n": 0}], ["p"], 5, [{"id": "p", "n": 1e9}]]
)
def test_an_end_of_nothing_changes_nothing(left: Any, server: Server) -> None:
    recording = server.new_recording()
    tell(server, recording, left=left)
    assert server.state(recording)["loss"] == {"sent": 0, "received": 0, "missing": 0}


def test_everything_that_is_told_counts_for_the_limit(server: Server) -> None:
    recording = server.new_recording()
    body = {
        "page": page_load(),
        "events": [],
        "updates": [{"id": str(n), "unsent": True} for n in range(101)],
    }
    response = server.client.post(f"/collect/{recording['capture_key']}", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_many_events")


def test_frames_are_told_apart(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1)], page_load("/widget", frame=True))
    html = server.client.get(f"/recordings/{recording['key']}/").text
    assert ">frame</span>" in html
