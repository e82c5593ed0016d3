"""A HAR file holds the same events, judged the same, as live capture of the same visit."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from events.imports.har.reader import Har
from events.imports.refusals import Refusals
from events.reference import load
from events.verdict import verdict_of
from events.verdict.across import is_across
from events.wire import Delivery
from tests.container_host import Collector, container_tag, serve_container
from tests.har_cases import READ, REFUSED, SEARCH, entry, har
from tests.servers import Server
from tests.shim_cases import script
from tests.shim_host import Site
from tests.waiting import wait_for
from tests.work import calls


def read(content: bytes) -> tuple[list[Delivery], Refusals]:
    file = Har(content, load(), 500_000)
    return list(file.deliveries()), file.refusals


def events(content: bytes) -> list[tuple[Any, Any]]:
    return [(event.name, event.sent) for delivery in read(content)[0] for event in delivery.events]


@pytest.mark.parametrize("case", READ)
def test_it_reads_every_tool_and_every_shape(case: str) -> None:
    entries, expected = READ[case]
    for indent in (None, 2):
        content = har(*entries, indent=indent)
        assert events(content) == expected
        assert read(content)[1].count == 0


@pytest.mark.parametrize("case", REFUSED)
def test_it_says_what_it_cannot_read_and_keeps_the_rest(case: str) -> None:
    bad, reason = REFUSED[case]
    content = har(entry(SEARCH), bad, entry(SEARCH), indent=1)
    found, refusals = read(content)
    assert len(found) == 2
    (refused,) = refusals.listed
    assert refused.reason.startswith("request 2: ")
    assert reason in refused.reason
    assert content.splitlines()[refused.line - 1].strip() == b"{"


def test_a_file_that_was_cut_off_gives_what_comes_before() -> None:
    content = har(entry(SEARCH), entry(SEARCH), indent=1)
    cut = content[: content.rindex(b'"postData"')]
    found, refusals = read(cut)
    assert len(found) == 1
    assert [refused.reason for refused in refusals.listed] == ["the file ends in the middle: it was cut off"]
    assert refusals.listed[0].line == cut.count(b"\n") + 1


def test_events_are_on_the_page_load_that_the_file_tells() -> None:
    pages = [
        {"id": "page_1", "title": "https://shop.example/a", "startedDateTime": "2026-03-01T09:59:00Z"},
        {"id": "page_2", "title": "Your cart", "startedDateTime": "2026-03-01T10:01:00Z"},
    ]
    context = {"page": {"url": "https://shop.example/c", "title": "C", "referrer": "https://shop.example/b"}}
    content = har(
        entry({"event_name": "a"}, pageref="page_1"),
        entry({"event_name": "b"}, pageref="page_2", headers={"Referer": "https://shop.example/b"}),
        entry({"event_name": "c", "context": context}, pageref="page_2"),
        entry({"event_name": "d", "context": context}, pageref="page_2"),
        entry({"event_name": "e"}, headers={"referer": "https://shop.example/e"}),
        entry({"event_name": "f"}),
        pages=pages,
    )
    found = [event.page for delivery in read(content)[0] for event in delivery.events]
    told = [
        page and (page.url.removeprefix("https://shop.example/"), page.title, page.referrer) for page in found
    ]
    assert told[:3] == [("a", "", ""), ("b", "Your cart", ""), ("c", "C", "https://shop.example/b")]
    assert told[4:] == [("e", "", ""), None]
    assert found[2] == found[3]
    started = [page.started.strftime("%H:%M:%S") for page in found if page and page.started]
    assert started == ["09:59:00", "10:01:00", "10:00:00", "10:00:00", "10:00:00"]


def test_pages_may_stand_behind_the_requests_that_name_them() -> None:
    pages = [{"id": "page_1", "title": "https://shop.example/a", "startedDateTime": "2026-03-01T09:59:00Z"}]
    content = json.loads(har(entry({"event_name": "a"}, pageref="page_1"), pages=pages))
    content["log"] = dict(sorted(content["log"].items()))
    assert list(content["log"]).index("entries") < list(content["log"]).index("pages")
    (delivery,) = read(json.dumps(content).encode())[0]
    assert [event.page and event.page.url for event in delivery.events] == ["https://shop.example/a"]


@pytest.mark.parametrize("url", ["https://c.example/events?tc_s=1", "https://c.example/cdp/events"])
@pytest.mark.parametrize("bad", [b"\xe9", b"\\ud83d", b"\x00"])
def test_a_request_that_cannot_be_read_is_named(url: str, bad: bytes) -> None:
    content = har(entry(SEARCH, url=url), entry({"event_name": "HERE"}, url=url)).replace(b"HERE", bad)
    found, refusals = read(content)
    assert (len(found), [refused.reason[:10] for refused in refusals.listed]) == (1, ["request 2:"])


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='events{}[]":,\\/tc_s=?é', max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["request", "url", "method", "postData", "text", "params", "pageref"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.lists(JUNK, max_size=3), JUNK)
def test_it_finds_its_requests_among_anything(junk: list[Any], page: Any) -> None:
    content = har(*junk, entry(SEARCH), *junk, pages=[page])
    assert ("search", {"search_term": "t-shirts"}) in events(content)


@given(st.binary(max_size=80), st.integers(0, 400))
def test_no_bytes_make_it_fail(junk: bytes, at: int) -> None:
    content = har(entry(SEARCH))
    read(content[:at] + junk + content[at:])
    read(junk)


@pytest.mark.parametrize("piece", [b'{"a":', b"[", b'"', b'"\\', b"{}", b'{"log":{"entries":[', b"]}"])
def test_four_times_a_hostile_file_costs_four_times_the_calls(piece: bytes) -> None:
    def cost(size: int) -> int:
        content = b'{"log":{"entries":[' + piece * (size // len(piece))
        return calls(lambda: read(content))

    cost(100)  # what is prepared once does not count
    assert cost(40_000) < 5 * cost(10_000)


def imported(server: Server, path: Path) -> list[dict[str, Any]]:
    """The events of the file as a new recording has them."""
    answer = server.client.post(
        "/api/import", content=path.read_bytes(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["not_read"] == 0
    return server.stored(answer.json())


def arrived(server: Server, recording: dict[str, Any], count: int) -> bool:
    return bool(server.state(recording)["last_seq"] == count)


#: What the same event has in common, however it came here.
_SAME = (
    "event_name",
    "verdict",
    "findings",
    "called",
    "sent",
    "effective",
    "automatic",
    "permanent",
    "delivery",
)


def alike(found: list[dict[str, Any]], *more: str) -> list[list[Any]]:
    """What is the same however the events came; findings across events depend on the times of all."""
    alone = []
    for event in found:
        findings = [finding for finding in event["findings"] if not is_across(finding)]
        verdict = verdict_of(finding["severity"] for finding in findings)
        alone.append(event | {"findings": findings, "verdict": verdict})
    return [[event[name] for name in (*_SAME, *more)] for event in alone]


@pytest.fixture
def site(site: Site) -> Site:
    serve_container(site)
    return site


@contextmanager
def recorded(browser: Browser, path: Path) -> Iterator[Page]:
    """A page whose requests Chromium records into a HAR file."""
    context = browser.new_context(record_har_path=path, record_har_content="embed")
    yield context.new_page()
    context.close()  # writes the file


CALLS = script("""
    cact('setProperty', 'currency', 'EUR');
    cact('trigger', 'page_view', { page_type: 'home', user: { id: '12345', email: 'a@shop.example' } });
    cact('trigger', 'search', { search_term: 'été 😀', user: { id: 12345 } });
    cact('trigger', 'purchase', { id: 'O-1', revenue: '22.53', items: [{ id: 'x', price: 3 }] });
    cact('trigger', 'my_own', { a: [1, { b: null }], undefined });
    cact('trigger', 'pageview');
""")


@pytest.mark.parametrize("options", [{"generator": "84"}, {"generator": "103", "own_domain": True}], ids=str)
def test_a_visit_recorded_by_chromium_is_what_live_capture_saw(
    options: dict[str, Any], server: Server, browser: Browser, site: Site, tmp_path: Path
) -> None:
    live = server.new_recording()
    tag = container_tag(site.url(""), collect=server.url, token=live["capture_key"], **options)
    pixel = f"{server.url}/events?tc_s=1&amp;token={live['capture_key']}&amp;event_name=login&amp;user[id]=7"
    site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{tag}{CALLS}<img src='{pixel}' alt=''>"
    with recorded(browser, tmp_path / "visit.har") as page:
        for visit in ("", "?again"):
            page.goto(site.url(f"/shop.html{visit}"))
            last = 12 if visit else 6
            wait_for(f"{last} events", partial(arrived, server, live, last))
    seen, brought = server.stored(live), imported(server, tmp_path / "visit.har")
    assert len(brought) == 12
    # The browser may overtake its own beacons: the order on the wire is not the order of arrival.
    assert sorted(alike(brought, "source"), key=repr) == sorted(alike(seen, "source"), key=repr)
    ids = {event["event_id"] for event in seen if event["source"] == "http"}
    assert {event["event_id"] for event in brought if event["source"] == "http"} == ids
    assert {event["page_url"] for event in brought if event["page_load"]} >= {site.url("/shop.html")}


def test_a_visit_with_our_script_on_the_page_has_each_event_once(
    server: Server, browser: Browser, site: Site, tmp_path: Path
) -> None:
    live, collector = server.new_recording(), Collector()
    shim = f"<script src='{server.url}/shim/{live['capture_key']}.js'></script>"
    tag = container_tag(site.url(""), collect=collector.url(""), token="source-key")
    site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{shim}{tag}{CALLS}"

    def all_sent() -> bool:
        found = server.stored(live)
        return len(found) == 5 and all(event["delivery"] == "sent" for event in found)

    with recorded(browser, tmp_path / "visit.har") as page:
        page.goto(site.url("/shop.html"))
        wait_for("the events and their requests", all_sent)
    collector.down()
    content = (tmp_path / "visit.har").read_text()
    assert "/collect/" in content
    assert content.count("tc_s=") >= 5
    seen, brought = server.stored(live), imported(server, tmp_path / "visit.har")
    assert alike(brought, "event_id", "page_url") == alike(seen, "event_id", "page_url")


def test_the_same_event_sent_again_is_kept_once(server: Server, tmp_path: Path) -> None:
    (tmp_path / "retried.har").write_bytes(har(entry(SEARCH), entry(SEARCH), entry({"event_name": "x"})))
    assert [event["event_name"] for event in imported(server, tmp_path / "retried.har")] == ["search", "x"]


def test_requests_are_put_in_the_order_of_their_times(server: Server, tmp_path: Path) -> None:
    times = ["2026-03-01T10:00:02Z", "2026-03-01T10:00:01Z", "2026-03-01T12:00:00+02:00"]
    requests = [entry({"event_name": f"e{place}"}, at=at) for place, at in enumerate(times)]
    (tmp_path / "mixed.har").write_bytes(har(*requests))
    found = imported(server, tmp_path / "mixed.har")
    assert [event["event_name"] for event in found] == ["e2", "e1", "e0"]
    assert [event["fired_at"][:19] for event in found] == [
        f"2026-03-01T10:00:0{second}" for second in range(3)
    ]


def test_a_large_file_is_read_a_request_at_a_time(tmp_path: Path) -> None:
    """Pictures and scripts of other requests are passed over, whatever is in them."""

    def file(size: int) -> bytes:
        picture = entry(method="GET", url="https://shop.example/a.png")
        picture["response"]["content"] = {"text": '{"entries":[{\\"' * size}
        return har(picture, entry(SEARCH), *[picture] * 5)

    small, large = file(500), file(50_000)
    assert len(large) > 50 * len(small)
    assert len(events(large)) == 1
    assert calls(lambda: read(large)) < 3 * calls(lambda: read(small))
