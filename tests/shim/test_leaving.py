"""Nothing is lost when a page is left, hidden, or comes back."""

from typing import Final

import pytest

from tests.shim.visits import Visit, leave
from tests.shim_cases import (
    DECLARED,
    LEAVING,
    STUB,
    call,
    shop,
)
from tests.shim_host import Answer, Inspector

#: It says how a tab closes, and what becomes of its requests.
pytestmark = pytest.mark.whole_browser


@pytest.mark.parametrize("how", LEAVING.values(), ids=LEAVING.keys())
def test_nothing_is_lost_when_the_page_is_left_at_once(how: str, visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + "<body>")
    leave(page, "for (let i = 0; i < 5; i++) cact('trigger', 'e' + i)", how)
    inspector.wait_for_events(5)
    assert inspector.names() == [f"e{i}" for i in range(5)]


def test_nothing_is_lost_when_a_tab_is_closed_at_once(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB)
    page.evaluate("cact('trigger', 'a')")
    page.close()
    inspector.wait_for_events(1)


def test_more_than_beacons_can_carry_is_not_lost_either(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB)
    leave(page, "for (let i = 0; i < 200; i++) cact('trigger', 'e' + i, { v: 'x'.repeat(800) })")
    visit("{shim}" + STUB)  # the browser may end what no beacon carried with the page: the next one has it
    assert len(inspector.wait_for_events(200)) == 200


def test_what_is_on_its_way_is_not_lost_either(visit: Visit, inspector: Inspector) -> None:
    with inspector.silent():
        page = visit(shop("cact('trigger', 'a', { v: Array(3).fill('x'.repeat(7000)) })"))
        inspector.wait_for_posts(1)
        inspector.posts.clear()  # as if it had never come
        leave(page, "cact('trigger', 'b')")
        inspector.wait_for_events(2)
    assert inspector.names() == ["a", "b"]


@pytest.mark.parametrize("moment", ["pagehide", "visibilitychange", "unload"])
def test_events_of_the_last_moment_are_not_lost(moment: str, visit: Visit, inspector: Inspector) -> None:
    with inspector.silent():
        page = visit(shop(f"addEventListener('{moment}', () => {{ cact('trigger', 'bye') }})") + call("a"))
        inspector.wait_for_posts(1)
        leave(page)
        inspector.wait_for_events(2)
    assert inspector.names() == ["a", "bye"]


def test_the_queue_of_a_declared_stub_is_read_when_leaving(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}")
    declare = f"s.textContent = `{DECLARED}; cact('trigger', 'a')`"
    leave(page, f"const s = document.createElement('script'); {declare}; document.head.append(s)")
    inspector.wait_for_events(1)
    assert inspector.names() == ["a"]


def test_it_does_without_beacons(visit: Visit, inspector: Inspector) -> None:
    page = visit("<script>navigator.sendBeacon = () => false</script>{shim}" + STUB)
    leave(page, "cact('trigger', 'a')")
    inspector.wait_for_events(1)


def test_a_refused_beacon_is_tried_again(visit: Visit, inspector: Inspector) -> None:
    refusal = "const send = navigator.sendBeacon.bind(navigator); let asked = 0"
    refusing = f"{{ {refusal}; navigator.sendBeacon = (...given) => asked++ ? send(...given) : false }}"
    inspector.answer = lambda _: Answer(503, headers={"Retry-After": "3600"})
    page = visit(f"<script>{refusing}</script>{{shim}}" + STUB + call("a"))
    inspector.wait_for_posts(1)
    page.evaluate(SHOW, True)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    inspector.wait_for_posts(2)
    assert [post.headers["Sec-Fetch-Mode"] for post in inspector.posts] == ["cors", "no-cors"]


SHOW: Final = """(hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true })) }"""


def test_a_page_that_is_hidden_and_lives_on_loses_nothing(visit: Visit, inspector: Inspector) -> None:
    """What a beacon took is sent again where the inspector confirms nothing: it may never have arrived."""
    inspector.answer = lambda _: Answer(503, headers={"Retry-After": "3600"})
    page = visit("{shim}" + STUB + call("a"))
    inspector.wait_for_posts(1)
    page.evaluate(SHOW, True)
    inspector.wait_for_posts(2)
    assert inspector.posts[1].headers["Sec-Fetch-Mode"] == "no-cors"  # a beacon
    inspector.answer = lambda _: Answer()
    page.evaluate(SHOW, False)
    page.evaluate("cact('trigger', 'b'); dispatchEvent(new Event('online'))")
    inspector.wait_for_events(2)
    assert inspector.names() == ["a", "b"]


def test_a_hidden_page_sends_at_once(visit: Visit, inspector: Inspector) -> None:
    """Browsers run the timers of hidden pages once a second, later once a minute."""
    page = visit("<script>window.setTimeout = () => 1</script>{shim}" + STUB)
    page.evaluate(SHOW, True)
    page.evaluate("cact('trigger', 'a'); cact('trigger', 'b')")
    inspector.wait_for_events(2)
    assert [len(post.ids) for post in inspector.posts] == [2]


def test_it_goes_on_when_the_page_comes_back(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + call("a"))
    inspector.wait_for_events(1)
    page.evaluate(
        """dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); cact('trigger', 'b');
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); cact('trigger', 'c')"""
    )
    inspector.wait_for_events(3)
    assert inspector.names() == ["a", "b", "c"]
