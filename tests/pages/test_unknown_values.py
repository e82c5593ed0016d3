"""Unknown values in what a page is given: the parameter table, and the call as code."""

from typing import Any

import pytest

from events.judging.effective import Effective
from inspector.presenters.call_code import code_of_call, with_unknown
from inspector.presenters.parameter_table import parameter_table
from inspector.presenters.suggested_fix import fixed_params
from tests.example_events import REFERENCE, findings_of

USER = {"id": "u_{{ id }}", "email": None}
PARAMS: dict[str, Any] = {
    "search_term": None,
    "user": USER,
    "own": {"a": None},
    "mine": None,
    "items": [None, {"id": "1"}],
}
UNKNOWN = ["/search_term", "/user/id", "/user/email", "/user/-", "/own/a", "/mine", "/items/0", "/items/-"]
SHOWN = {
    "/search_term": ("unknown", "unknown", ""),
    "/user/id": ("given", "known in part", '"u_{{ id }}"'),
    "/user/email": ("unknown", "unknown", ""),
    "/user/consent_categories": ("unknown", "unknown", ""),
    "/user/-": ("unknown", "unknown", ""),
    "/own": ("given", "known in part", '{"a":null}'),
    "/mine": ("unknown", "unknown", ""),
}


@pytest.mark.parametrize("path", SHOWN)
def test_the_table_shows_what_is_unknown(path: str) -> None:
    table = parameter_table("search", Effective(PARAMS, [], [], untold=UNKNOWN), [], REFERENCE)
    line = next(line for line in table.lines if line.path == path)
    assert (line.state, line.unknown, line.value) == SHOWN[path]


def test_the_table_shows_unknown_items() -> None:
    judged = Effective(PARAMS, [], [], untold=UNKNOWN)
    lines = {line.path: line for line in parameter_table("view_cart", judged, [], REFERENCE).lines}
    assert (lines["/items/0"].unknown, lines["/items/1"].unknown) == ("unknown", "")
    assert lines["/items/-"].name == "…"


def test_the_table_says_that_name_and_parameters_are_unknown() -> None:
    judged = Effective({}, [], [], untold=["/event_name", ""])
    table = parameter_table("", judged, [], REFERENCE)
    assert (table.lines, len(table.unknown)) == ([], 2)


def test_the_code_of_the_call_invents_no_value() -> None:
    code = code_of_call("", with_unknown(PARAMS, UNKNOWN), ["/event_name"])
    assert code == (
        "cact('trigger', undefined /* unknown */, {\n"
        "  search_term: undefined /* unknown */,\n"
        "  user: {\n"
        "    id: 'u_{{ id }}',\n"
        "    email: undefined /* unknown */,\n"
        "    ...{} /* unknown */\n"
        "  },\n"
        "  own: {\n"
        "    a: undefined /* unknown */\n"
        "  },\n"
        "  mine: undefined /* unknown */,\n"
        "  items: [undefined /* unknown */, {\n"
        "    id: '1'\n"
        "  }, ...[] /* unknown */]\n"
        "});"
    )


def test_the_suggested_fix_leaves_unknown_values() -> None:
    params = with_unknown({"search_term": None, "user": {"id": 7}}, ["/search_term"])
    findings = findings_of("search", {"search_term": "x", "user": {"id": 7}})
    fixed = fixed_params("search", params, findings, REFERENCE)
    code = code_of_call("search", fixed)
    assert "search_term: undefined /* unknown */" in code
    assert "id: '7'" in code
