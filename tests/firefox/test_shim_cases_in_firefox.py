"""The cases of the script's tests in a real Firefox: values to copy, pages that notice or break things."""

import re

import pytest

from tests.firefox.conftest import Visit
from tests.shim_cases import LOAD_ORDERS as WITHOUT_A_CONTAINER
from tests.shim_cases import SABOTAGE, STUB_CODE, UNNOTICED, VALUES, WRECKED, call, shop
from tests.shim_host import Inspector
from tests.waiting import wait_for


@pytest.mark.parametrize("html", WITHOUT_A_CONTAINER.values(), ids=WITHOUT_A_CONTAINER.keys())
def test_it_sees_each_call_once_in_every_load_order(html: str, visit: Visit, inspector: Inspector) -> None:
    tab = visit(html)
    inspector.wait_for_events(2)
    tab.evaluate(f"if (!window.cact) {{ {STUB_CODE} }} cact('trigger', 'end')")
    events = inspector.wait_for_events(3)
    assert [(event["n"], event["name"]) for event in events] == [(1, "a"), (2, "b"), (3, "end")]


@pytest.mark.parametrize(("expression", "expected"), VALUES.values(), ids=VALUES.keys())
def test_it_copies_any_value(expression: str, expected: object, visit: Visit, inspector: Inspector) -> None:
    calls = f"onload = () => {{ cact('trigger', 'test', {{ before: 1, v: {expression}, after: 2 }}) }}"
    visit('<iframe src="data:text/html,x"></iframe>' + shop(calls))
    called = inspector.wait_for_events(1)[0]["called"]
    copied = called.pop("v")
    assert expected.fullmatch(copied) if isinstance(expected, re.Pattern) else copied == expected
    assert called == {"before": 1, "after": 2}


@pytest.mark.parametrize("script", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_the_page_does_not_notice(script: str, visit: Visit) -> None:
    for html in ("", "{shim}"):
        assert visit(html).evaluate(f"(() => {{ {script} }})()") is True


@pytest.mark.parametrize("sabotage", SABOTAGE.values(), ids=SABOTAGE.keys())
def test_it_works_in_a_page_that_breaks_things_after_it(
    sabotage: str, visit: Visit, inspector: Inspector
) -> None:
    visit(shop(sabotage) + call("a"))
    assert inspector.wait_for_events(1)[0]["called"] == {"id": "a"}


@pytest.mark.parametrize("wreck", WRECKED.values(), ids=WRECKED.keys())
def test_it_never_throws_into_a_page_that_wrecks_it(wreck: str, visit: Visit) -> None:
    calls = """window.calls = 0; cact = () => ++window.calls;
        cact('trigger', 'a', { id: 1 }); cact('trigger', 'b', { id: 2 });
        dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'));
        setTimeout(() => { cact('trigger', 'c') }, 50)"""
    tab = visit("<body>" + shop(f"{wreck}; {calls}"))
    wait_for("all calls", lambda: tab.evaluate("window.calls") == 3)
