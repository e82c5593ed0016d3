"""Nothing is lost when a page is left, closed or hidden in a real Firefox.

Where a page that is shown is left, Firefox fires ``visibilitychange`` after ``pagehide``, as Chromium does;
where it is in a tab behind others, ``pagehide`` alone. The script posts at the last of them.
"""

from typing import Any, Final

import pytest

from tests.firefox.browser import Firefox, Tab
from tests.firefox.conftest import Visit
from tests.shim_cases import LEAVING, STUB, call, shop
from tests.shim_host import Inspector, Post, Site
from tests.waiting import wait_for

_CALLS: Final = "for (let i = 0; i < 5; i++) cact('trigger', 'e' + i)"


def in_order(inspector: Inspector) -> list[Any]:
    """The events' names by their numbers: requests overtake each other."""
    return [event["name"] for event in sorted(inspector.events(), key=lambda event: event["n"])]


def beacons(inspector: Inspector) -> list[Post]:
    """Posts that outlive their page: those of beacons, which have a mode of their own."""
    return [post for post in inspector.posts if post.headers["Sec-Fetch-Mode"] == "no-cors"]


@pytest.mark.parametrize("how", LEAVING.values(), ids=LEAVING.keys())
def test_calls_of_the_task_that_leaves_the_page_go_by_beacon(
    how: str, visit: Visit, inspector: Inspector
) -> None:
    with inspector.silent():
        visit("{shim}" + STUB + "<body>").leave(f"{_CALLS}; {how}")
        wait_for("a beacon", lambda: beacons(inspector))
    assert in_order(inspector) == [f"e{i}" for i in range(5)]
    assert len(beacons(inspector)[0].ids) == 5


_MOMENTS: Final = ["beforeunload", "pagehide", "visibilitychange", "unload"]


@pytest.mark.parametrize("moment", _MOMENTS)
def test_calls_of_the_last_moment_are_not_lost(moment: str, visit: Visit, inspector: Inspector) -> None:
    with inspector.silent():
        tab = visit(shop(f"addEventListener('{moment}', () => {{ cact('trigger', 'bye') }})") + call("a"))
        inspector.wait_for_posts(1)
        tab.leave("location.href = '/next.html'")
        inspector.wait_for_events(2)
    assert in_order(inspector) == ["a", "bye"]


_LAST: Final = {
    "its last task": "cact('trigger', 'bye')",
    "pagehide": "addEventListener('pagehide', () => { cact('trigger', 'bye') })",
    "visibilitychange": "onpagehide = () => { window.left = 1 };"
    "addEventListener('visibilitychange', () => { if (window.left) cact('trigger', 'bye') })",
}


@pytest.mark.parametrize("asking", [True, False], ids=["by a user", "at once"])
@pytest.mark.parametrize("last", _LAST.values(), ids=_LAST.keys())
def test_calls_of_a_tab_that_closes_are_not_lost(
    last: str, asking: bool, visit: Visit, inspector: Inspector
) -> None:
    tab = visit("{shim}" + STUB)
    tab.evaluate(f"cact('trigger', 'a'); {last}")
    tab.close(asking=asking)
    wait_for("the last call", lambda: "bye" in inspector.names())
    assert in_order(inspector) == ["a", "bye"]


def test_calls_of_a_tab_behind_others_are_not_lost_when_it_closes(
    firefox: Firefox, visit: Visit, inspector: Inspector
) -> None:
    tab = visit(shop("addEventListener('pagehide', () => { cact('trigger', 'bye') })"))
    firefox.open(beside=tab).to_front()
    wait_for("the tab to be hidden", lambda: tab.evaluate("document.hidden"))
    tab.close()
    inspector.wait_for_events(1)
    assert inspector.names() == ["bye"]


def test_a_tab_that_is_hidden_posts_at_once(firefox: Firefox, visit: Visit, inspector: Inspector) -> None:
    tab = visit(shop("addEventListener('visibilitychange', () => { cact('trigger', 'hidden') })"))
    firefox.open(beside=tab).to_front()
    inspector.wait_for_events(1)
    assert inspector.names() == ["hidden"]


def test_what_beacons_cannot_carry_is_posted_by_the_sites_next_page(
    visit: Visit, inspector: Inspector
) -> None:
    """Beacons of one page carry 64 KB together."""
    tab = visit("{shim}" + STUB)
    tab.leave(
        "for (let i = 0; i < 200; i++) cact('trigger', 'e' + i, { v: 'x'.repeat(800) });"
        "location.href = '/next.html'"
    )
    visit("{shim}" + STUB)
    assert len(inspector.wait_for_events(200)) == 200


def test_what_an_inspector_away_did_not_get_is_posted_by_the_sites_next_page(
    visit: Visit, site: Site, inspector: Inspector
) -> None:
    tab = visit("{shim}" + STUB + "<script src='/empty.js'></script>")
    inspector.down()
    tab.leave("cact('trigger', 'a'); location.href = '/next.html'")
    inspector.up()
    visit("{shim}" + STUB + call("b"))
    inspector.wait_for_events(2)
    assert sorted(inspector.names()) == ["a", "b"]


def test_a_page_of_the_back_forward_cache_goes_on(visit: Visit, site: Site, inspector: Inspector) -> None:
    site.files["/back.html"] = (
        "<!doctype html><script>onload = () => setTimeout(() => history.back())</script>"
    )
    back = "onpageshow = ({ persisted }) => { if (persisted) cact('trigger', 'back') }"
    tab = visit(shop(back) + call("a"))
    inspector.wait_for_events(1)  # Firefox keeps no page of which a request is on its way
    tab.leave("location.href = '/back.html'")
    inspector.wait_for_events(2)
    assert in_order(inspector) == ["a", "back"]
    assert len({event["page"]["id"] for event in inspector.events()}) == 1


_BUDGET: Final[dict[str, Any]] = {
    moment: f"""addEventListener('{moment}', () => {{
        const size = 60_000; localStorage.sent = navigator.sendBeacon('/beacon', 'x'.repeat(size)) }})"""
    for moment in ("pagehide", "visibilitychange")
}


@pytest.mark.parametrize("script", _BUDGET.values(), ids=_BUDGET.keys())
def test_the_beacon_of_the_page_comes_first(
    script: str, visit: Visit, tab: Tab, inspector: Inspector
) -> None:
    """The browser takes 64 KB of beacons, which the script leaves to the page."""
    visit(shop(script)).leave(
        "for (let i = 0; i < 9; i++) cact('trigger', 'e' + i, { v: 'x'.repeat(7000) });"
        "location.href = '/next.html'"
    )
    assert tab.evaluate("localStorage.sent") == "true"
    visit("{shim}" + STUB)
    assert len(inspector.wait_for_events(9)) == 9
