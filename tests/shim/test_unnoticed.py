"""The page never notices it, and it weighs next to nothing."""

import gzip
import json
from typing import Final

import pytest

from inspector.script.page_script import page_script, small_script
from tests.shim.visits import Visit
from tests.shim_cases import (
    SABOTAGE,
    STUB,
    UNNOTICED,
    WRECKED,
    call,
    shop,
)
from tests.shim_host import Inspector


@pytest.mark.parametrize("script", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_the_page_does_not_notice(script: str, visit: Visit) -> None:
    assert visit("{shim}").evaluate(f"() => {{ {script} }}") is True


@pytest.mark.parametrize("script", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_without_the_shim_it_is_the_same(script: str, visit: Visit) -> None:
    assert visit("").evaluate(f"() => {{ {script} }}") is True


def test_it_leaves_the_accessor_of_another_tool_alone(visit: Visit) -> None:
    tool = "function theirs() { return 1 }; const mine = { get: theirs, configurable: true }"
    page = visit(f"<script>{tool}; Object.defineProperty(window, 'cact', mine)</script>{{shim}}")
    assert page.evaluate("Object.getOwnPropertyDescriptor(window, 'cact').get === theirs")


@pytest.mark.parametrize("sabotage", SABOTAGE.values(), ids=SABOTAGE.keys())
def test_it_works_in_a_page_that_breaks_things_after_it(
    sabotage: str, visit: Visit, inspector: Inspector
) -> None:
    visit(shop(sabotage) + call("a"))
    assert inspector.wait_for_events(1)[0]["called"] == {"id": "a"}


@pytest.mark.parametrize("wreck", WRECKED.values(), ids=WRECKED.keys())
def test_it_never_throws_into_a_page_that_wrecks_it(wreck: str, visit: Visit) -> None:
    calls = """let calls = 0; cact = () => ++calls;
        cact('trigger', 'a', { id: 1 }); cact('trigger', 'b', { id: 2 });
        dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'));
        setTimeout(() => { cact('trigger', 'c'); document.body.append('calls: ' + calls) }, 50)"""
    visit("<body>" + shop(f"{wreck}; {calls}")).get_by_text("calls: 3").wait_for()


ADDRESS: Final = "http://127.0.0.1:8000/collect/Q2FjdC1JbnNwZWN0b3ItS2V5LQ_"


def weight(script: str) -> int:
    return len(gzip.compress(script.encode(), 9))


def test_it_weighs_at_most_4_kb_and_6_with_the_watcher() -> None:
    settings = json.dumps({"collect": ADDRESS})
    assert weight(small_script(()).replace('"__SETTINGS__"', settings)) <= 4096
    assert weight(page_script(ADDRESS, show_url="http://127.0.0.1:8000/shim/show.js")) <= 6144


def test_it_has_one_place_for_its_settings() -> None:
    assert small_script(()).count("__SETTINGS__") == small_script(()).count('"__SETTINGS__"') == 1
    assert "__" not in page_script(ADDRESS).replace("__proto__", "").replace("__symbol__", "")


def test_it_listens_to_nothing_that_holds_up_scrolling_or_leaving(visit: Visit) -> None:
    page = visit("{shim}" + STUB)
    debugger = page.context.new_cdp_session(page)
    found: set[str] = set()
    for target in ("window", "document"):
        object_id = debugger.send("Runtime.evaluate", {"expression": target})["result"]["objectId"]
        answer = debugger.send("DOMDebugger.getEventListeners", {"objectId": object_id})
        found |= {listener["type"] for listener in answer["listeners"]}
    assert found == {
        *("load", "readystatechange", "pagehide", "pageshow", "visibilitychange", "online"),
        "securitypolicyviolation",
    }
