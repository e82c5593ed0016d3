"""Export, import, export: the same file, byte for byte, whatever a recording holds."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from events.wire import CAUSES, NOT_READ
from tests.export_cases import exported, full_recording
from tests.servers import Server
from tests.strips import element, full_snapshot, stored, switch, text_node

EXAMPLES = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
TYPES = {"ndjson": "application/x-ndjson", "html": "text/html"}

TEXT = st.text(max_size=6) | st.sampled_from(
    ["</script>", "\0", "\u2028", "😀", '"\\', "undefined", "{{ x }}", "1e5"]
)
MARKS = st.sampled_from(sorted(NOT_READ))
NUMBERS = (
    st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([-0.0, 1.0, 1e21, 5e-324, 2**63, 2**64, -(2**63) - 1])
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT | MARKS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
STANDARD = ("page_view", "purchase", "search", "login", "pageview", "add_to_cart")
NAMES = st.sampled_from(STANDARD) | TEXT | VALUES
PROPERTIES = st.sampled_from(("user", "items", "currency", "value", "id", "consent_categories", "context"))
PARAMS = st.dictionaries(PROPERTIES | TEXT, VALUES, max_size=4)
IDS = st.sampled_from([f"id-{number}" for number in range(12)])
MOMENTS = st.integers(-(10**13), 10**15) | TEXT | st.none()

#: One call as the page-side script tells it; every part may be missing or wrong.
CALLS = VALUES | st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "id": IDS,
        "n": st.integers(1, 9),
        "at": MOMENTS,
        "called": PARAMS | VALUES | MARKS,
        "sent": PARAMS | VALUES,
        "auto": PARAMS | VALUES,
        "permanent": PARAMS,
        "unsent": st.booleans(),
        "seen": st.sampled_from(["", "queue", "elsewhere"]),
        "pixel": TEXT | st.sampled_from(["event_name=login&user[id]=7", "a[b][c]=1&a[]=2"]),
        "old_form": st.booleans(),
        "container": TEXT,
        "call_site": TEXT,
        "sent_to": TEXT,
        "size": st.integers(0, 50_000),
    },
)
PAGES = st.fixed_dictionaries(
    {"id": st.sampled_from(["page-1", "page-2", "page-3"])},
    optional={"url": TEXT, "title": TEXT, "referrer": TEXT, "frame": st.booleans()},
)
LEFT = st.builds(lambda page, n: page | {"n": n}, PAGES, st.integers(1, 12))
UPDATES = st.fixed_dictionaries(
    {"id": IDS}, optional={"sent": PARAMS, "unsent": st.just(True), "sent_to": TEXT, "pixel": TEXT}
)
REPORTS = st.fixed_dictionaries({"code": st.sampled_from(CAUSES), "detail": TEXT})
DELIVERIES = st.fixed_dictionaries(
    {"events": st.lists(CALLS, max_size=4)},
    optional={
        "page": PAGES,
        "updates": st.lists(UPDATES, max_size=2),
        "left": st.lists(LEFT, max_size=2),
        "reports": st.lists(REPORTS, max_size=2),
    },
)
ON_THE_WIRE = PARAMS.flatmap(lambda params: NAMES.map(lambda name: params | {"event_name": name}))


def post(server: Server, address: str, body: Any) -> None:
    """As JSON with numbers of any size, as a page or a server may write it."""
    text = json.dumps(body, ensure_ascii=False).encode()
    assert server.client.post(address, content=text).status_code in (200, 202)


def imported(server: Server, content: bytes, kind: str = "application/x-ndjson") -> dict[str, Any]:
    """The recording that the file becomes, of which everything was read."""
    answer = server.client.post("/api/import", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text
    recording: dict[str, Any] = answer.json()
    assert (recording["not_read"], recording["refused"], recording["duplicates"]) == (0, [], 0)
    return recording


def assert_it_comes_back(server: Server, recording: dict[str, Any]) -> None:
    before = {form: exported(server, recording, form).content for form in TYPES}
    for form, kind in TYPES.items():
        again = imported(server, before[form], kind)
        assert {other: exported(server, again, other).content for other in TYPES} == before
        assert server.state(again) | {"key": ""} == server.state(recording) | {"key": ""}


@EXAMPLES
@given(st.lists(DELIVERIES, max_size=4), st.lists(ON_THE_WIRE, max_size=2), st.text(max_size=20))
def test_any_recording_comes_back_as_it_was(
    server: Server, deliveries: list[Any], requests: list[Any], name: str
) -> None:
    recording = server.new_recording(name)
    for delivery in deliveries:
        post(server, f"/collect/{recording['capture_key']}", delivery)
    for request in requests:
        post(server, f"/events?token={recording['capture_key']}", request)
    assert_it_comes_back(server, recording)


@pytest.mark.parametrize("called", ["a\0b", "x" * 5_000, 2**62, 2**64, 1.5, True, [], ["\0"]])
def test_parameters_that_are_no_object_come_back(server: Server, called: Any) -> None:
    recording = server.new_recording()
    post(server, f"/collect/{recording['capture_key']}", {"events": [{"name": "login", "called": called}]})
    assert server.state(recording)["last_seq"] == 1
    assert_it_comes_back(server, recording)


@pytest.mark.parametrize("at", [-962_483_503, 10**15], ids=["before 1970", "after 9999"])
def test_a_page_load_of_a_wrong_clock_comes_back(server: Server, at: int) -> None:
    recording = server.new_recording()
    event = {"name": "login", "called": {}, "at": at, "n": 1}
    post(server, f"/collect/{recording['capture_key']}", {"page": {"id": "p"}, "events": [event]})
    assert_it_comes_back(server, recording)


TOLD: dict[str, dict[str, Any]] = {
    "read from the queue": {"called": {}, "seen": "queue"},
    "not read": {"called": {"user": "[not read: toJSON]"}, "permanent": {"a": "[not read: getter]"}},
    "not read but sent": {"called": {"user": "[not read: toJSON]"}, "sent": {"user": {"id": "7"}}},
    "the whole call not read": {"called": "[not read: getter]"},
    "set before and not sent": {"called": {}, "permanent": {"user": {"id": "7"}}, "sent": {}},
    "a pixel": {"called": None, "pixel": "event_name=login&user[id]=7"},
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD.keys())
def test_what_the_script_tells_of_a_call_comes_back(server: Server, told: dict[str, Any]) -> None:
    recording = server.new_recording()
    post(server, f"/collect/{recording['capture_key']}", {"events": [{"name": "login"} | told]})
    (before,) = server.stored(recording)
    content = exported(server, recording, "ndjson").content
    (after,) = server.stored(imported(server, content))
    assert after == before
    assert_it_comes_back(server, recording)


def test_a_recording_with_all_that_there_is_comes_back(any_server: Server) -> None:
    recording = full_recording(any_server)
    any_server.client.patch(
        f"/api/recordings/{recording['key']}", json={"tags": ["a", "b c"]}
    ).raise_for_status()
    assert_it_comes_back(any_server, recording)


def test_a_visit_to_the_demo_shop_comes_back(server: Server, page: Page) -> None:
    recording = server.new_recording("Demo shop")
    page.goto(f"{server.url}/demo/checkout/?recording={recording['key']}&broken=1")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.locator("[data-fire-all]").click()
    page.locator("[data-odd=ga4_names]").dispatch_event("click")
    page.goto(f"{server.url}/demo/?recording={recording['key']}")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.goto(f"{server.url}/recordings/{recording['key']}/")
    expect(page.locator(".row", has_text="refund")).to_have_count(1)
    page.goto("about:blank")
    server.collect(recording, {"events": []})
    assert_it_comes_back(server, recording)


def test_what_was_on_screen_comes_back(server: Server) -> None:
    recording = server.new_recording("With a strip")
    switch(server, recording, strip="on")
    post(server, f"/collect/{recording['capture_key']}", {"page": {"id": "p"}, "events": [{"name": "login"}]})
    for n in (1, 2):
        shown = [full_snapshot(element("p", 5, text_node("■")), 1_800_000_000_000 + n)]
        address = f"/collect/{recording['capture_key']}/strip?page=p&n={n}"
        server.client.post(address, json=shown).raise_for_status()
    before = exported(server, recording, "ndjson").content
    assert before.count(b'{"strip":') == 2
    again = imported(server, before)
    assert exported(server, again, "ndjson").content == before
    assert stored(server, again) == stored(server, recording)
    assert len(stored(server, again)) == 2
