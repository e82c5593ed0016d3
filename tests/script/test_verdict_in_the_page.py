"""Verdicts in the page under test, in a real Chromium: its console, and pages that break things."""

import json
import re
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from events.verdict.pointer import dotted
from tests.shim_cases import SABOTAGE, WRECKED, script
from tests.verdict_shop import (
    BROKEN,
    INVALID,
    LIST,
    SHOW,
    VALID,
    WARNING,
    Badge,
    Console,
    Visit,
    entry,
    finding,
    pushes,
)

# ---- what reaches it ----


def test_it_shows_what_came_before_it_and_what_comes_after(visit: Visit, page: Page) -> None:
    console = Console(page)
    visit(script(pushes(VALID, INVALID)) + SHOW + script(pushes(WARNING)))
    assert [re.split(r"\s+", group[0])[2:4] for group in console.groups(3)] == [
        ["valid", "login"],
        ["invalid", "purchase"],
        ["warning", "purchse"],
    ]
    Badge(page).reads("cact✕ 1⚠ 1✓ 1×")
    assert page.evaluate(f"[{LIST}.length, Object.keys({LIST})]") == [0, ["push"]]


def test_loaded_twice_it_shows_everything_once(visit: Visit, page: Page) -> None:
    console = Console(page)
    visit(SHOW + script(pushes(VALID)) + SHOW + script(pushes(INVALID)))
    console.groups(2)
    Badge(page).reads("cact✕ 1⚠ 0✓ 1×")


def test_the_page_sees_no_new_names(visit: Visit) -> None:
    names = "[Object.keys(window).filter(key => /inspect/.test(key)), Object.getOwnPropertySymbols(window)"
    enumerable = ".filter(s => /inspect/.test(s.description) && Object.propertyIsEnumerable.call(window, s))]"
    assert visit(SHOW + script(pushes(VALID))).evaluate(names + enumerable + ".flat()") == []


# ---- console ----


def test_a_group_holds_the_findings_the_parameters_and_the_place_of_the_call(
    visit: Visit, page: Page
) -> None:
    console = Console(page)
    visit(SHOW + script(pushes(INVALID | {"call_site": "http://shop.test/app.js:4:5"})))
    ((title, *lines),) = console.groups(1)
    assert title == "cact ✕ invalid purchase currency, items[0].product.price missing (1 more)"
    assert lines[:3] == [
        '✕ error value must be a number, but is the string "12": remove the quotes.',
        '✕ error currency is required: add a string, for example "EUR".',
        "✕ error items[0].product.price is required: add a number, for example 14.99.",
    ]
    assert console.messages[-3].args[1].json_value() == BROKEN
    assert lines[-1] == "called at http://shop.test/app.js:4:5"
    assert all(line.startswith("i info ") for line in lines[3:-2])


def test_the_gravest_findings_come_first(visit: Visit, page: Page) -> None:
    console = Console(page)
    kinds = ["info", "warning", "error", "info", "error"]
    findings = [finding(f"/{i}", f"{i} is odd.", severity=kind) for i, kind in enumerate(kinds)]
    visit(SHOW + script(pushes(VALID | {"findings": findings})))
    ((_, *lines),) = console.groups(1)
    assert [line.split()[1:3] for line in lines[:-1]] == [
        ["error", "2"],
        ["error", "4"],
        ["warning", "1"],
        ["info", "0"],
        ["info", "3"],
    ]


MISSING: Final = [finding("/a", "…", code="missing_required"), finding("/b", "…", code="missing_conditional")]
SUMMARIES: Final = {
    "nothing": ([], ""),
    "missing": (MISSING, "a, b missing"),
    "missing, and more": (
        [finding("/c", "c is odd."), *MISSING, finding("/d", "d is odd.", severity="warning")],
        "a, b missing (2 more)",
    ),
    "not missing": (
        [finding("/c", "c is odd.", severity="warning"), finding("/d", "d is worse.")],
        "d is worse. (1 more)",
    ),
    "for information": ([finding("/c", "c is custom.", severity="info")] * 2, "c is custom."),
    "long": ([finding("/c", "c" * 300)], "c" * 160 + "…"),
}


@pytest.mark.parametrize(("findings", "summary"), SUMMARIES.values(), ids=SUMMARIES.keys())
def test_a_title_sums_up_what_is_wrong(findings: list[Any], summary: str, visit: Visit, page: Page) -> None:
    console = Console(page)
    visit(SHOW + script(pushes(VALID | {"findings": findings})))
    assert console.groups(1)[0][0] == f"cact ✓ valid login {summary}"


PATHS: Final = [
    "",
    "/user",
    "/items/0/product/price",
    "/items/10/0",
    "/0/1",
    "/a~1b/~01~0",
    "/a b/é",
    "/a//b",
    "/$&/$1",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_written_as_people_write_it(path: str, visit: Visit, page: Page) -> None:
    console = Console(page)
    visit(SHOW + script(pushes(VALID | {"findings": [finding(path, "Odd.")]})))
    (group,) = console.groups(1)
    assert group[1] == f"✕ error {dotted(path)}{': ' if path else ''}Odd."


SAID: Final = {
    "both unsaid": (finding("/a", "a is odd.", expected="number", got='"x"'), ' Expected number. Got "x".'),
    "both said": (finding("/a", 'a is no number but "x".', expected="number", got='"x"'), ""),
    "one said": (finding("/a", "a is no number.", expected="number", got="1"), " Got 1."),
    "neither known": (finding("/a", "a is odd."), ""),
}


@pytest.mark.parametrize(("told", "tail"), SAID.values(), ids=SAID.keys())
def test_expected_and_got_are_said_once(told: dict[str, Any], tail: str, visit: Visit, page: Page) -> None:
    console = Console(page)
    visit(SHOW + script(pushes(VALID | {"findings": [told]})))
    assert console.groups(1)[0][1] == f"✕ error {told['message']}{tail}"


HOSTILE: Final = ["%c%s%o%%d", "<img src=x onerror=alert(1)>", "\u202e\n\t", "__proto__", "constructor"]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_the_page_are_texts(text: str, visit: Visit, page: Page) -> None:
    console = Console(page)
    told = finding(f"/{text}", f"{text} is odd.", expected=text + "1", got=text + "2")
    odd = VALID | {"name": text, "findings": [told], "called": text, "call_site": text, "verdict": "invalid"}
    visit(SHOW).evaluate(pushes(VALID | {"verdict": "new"}, odd))
    _, second = console.groups(2)
    assert second == [
        f"cact ✕ invalid {text} {text} is odd.",
        f"✕ error {text} is odd. Expected {text}1. Got {text}2.",
        f"called with {text}",
        f"called at {text}",
    ]
    Badge(page).reads("cact✕ 1⚠ 0✓ 0×")


def test_long_texts_are_cut(visit: Visit, page: Page) -> None:
    console = Console(page)
    x = "x" * 30_000
    visit(SHOW).evaluate(pushes(VALID | {"name": x, "findings": [finding(f"/{x}", f"{x}: {x}")]}))
    title, line, *_ = console.groups(1)[0]
    assert len(title) < 300
    assert len(line) < 2100


@pytest.mark.parametrize("name", [None, ""])
def test_an_event_without_a_name_is_shown_too(name: str | None, visit: Visit, page: Page) -> None:
    console = Console(page)
    visit(SHOW + script(pushes(entry(name))))
    assert console.groups(1)[0][0].startswith("cact ✕ invalid (no name) The event has no name")


# ---- pages that break things ----


@pytest.mark.parametrize("sabotage", SABOTAGE.values(), ids=SABOTAGE.keys())
def test_it_works_in_a_page_that_breaks_things_after_it(sabotage: str, visit: Visit, page: Page) -> None:
    console = Console(page)
    visit(SHOW + script(sabotage) + script(pushes(VALID, INVALID)))
    assert len(console.groups(2)[1]) > 4
    Badge(page).reads("cact✕ 1⚠ 0✓ 1×")


@pytest.mark.parametrize("sabotage", SABOTAGE.values(), ids=SABOTAGE.keys())
def test_the_badge_works_in_a_page_that_broke_things_before_it(sabotage: str, visit: Visit) -> None:
    page = visit(script(sabotage))
    page.add_script_tag(url="/show.js")
    page.evaluate(pushes(VALID, INVALID))
    Badge(page).reads("cact✕ 1⚠ 0✓ 1×")


@pytest.mark.parametrize("wreck", WRECKED.values(), ids=WRECKED.keys())
@pytest.mark.parametrize("late", [False, True])
def test_it_never_throws_into_a_page_that_wrecks_it(wreck: str, late: bool, visit: Visit) -> None:
    first, second = (script(wreck), SHOW) if late else (SHOW, script(wreck))
    push = f"const list = {LIST} || {{ push() {{ }} }}; list.push(given[0]); list.push(given[1])"
    page = visit(
        script(f"const given = {json.dumps([VALID, INVALID])}")
        + "<body>"
        + first
        + second
        + script(f"{push}; document.body.append('still here')")
    )
    page.get_by_text("still here").wait_for()


def test_a_group_is_closed_where_the_console_breaks_inside_it(visit: Visit, page: Page) -> None:
    visit(
        script("let open = 0; console.groupCollapsed = () => open++; console.groupEnd = () => open--")
        + script("console.log = () => { throw 1 }")
        + SHOW
        + script(pushes(INVALID, INVALID))
    )
    assert page.evaluate("open") == 0
