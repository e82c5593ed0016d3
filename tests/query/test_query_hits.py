"""What a query found is marked and named; tick boxes are terms of the query."""

from typing import Any, Final

import pytest

from events.query import parse, printed
from events.query.hits import hits, reasons
from events.query.plain import plain_of, with_plain

PARAMS: Final[dict[str, Any]] = {
    "page_type": "home",
    "order": {"ref": "O_1245"},
    "items": [{"id": "a"}, {"id": "Blue shirt", "quantity": 0}],
    "a.b": 16.0,
    "long": "x" * 100,
}
REASONS: Final = {
    "o_1245": ["order.ref O_1245"],
    "shirt": ["items[1].id Blue shirt"],
    "quantity": ["items[1].quantity 0"],
    "items.quantity<1": ["items.quantity 0"],
    '"a.b"=16': ['"a.b" 16.0'],
    "long~x": [f"long {'x' * 59}…"],
    "page_type.$length=4": ["page_type home"],
    "-o_1245": [],
    "name:purchase": [],
    "shown": [],
    "nowhere": [],
    "o_1245 shirt home": ["order.ref O_1245", "items[1].id Blue shirt"],
}
HITS: Final = {
    "": [],
    'blue "two words"': ["blue", "two words"],
    "-blue (a or page_type=home)": ["a", "home"],
    "name:add_to_* verdict:invalid value>3": ["add_to_"],
    "x=a*b,c": ["a", "b", "c"],
}
#: A query, the boxes that are ticked then, and the query that says so.
TICKED: Final = (
    ("", ("login",), (), "name:login"),
    ("blue name:a", ("a", "b c"), ("invalid",), 'blue name:a,"b c" verdict:invalid'),
    ("a or b", ("x",), (), "(a or b) name:x"),
    ("name:x", (), (), ""),
    ("(a or b) name:x", (), (), "a or b"),
    ("-verdict:valid x", (), ("warning",), "verdict:warning x"),
    ("name:add_*", ("login",), (), "name:add_* name:login"),
    ("(name:x)", ("y",), (), "(name:x) name:y"),
    ("", ("", "a*b", "#1"), (), 'name:"","a*b","#1"'),
)


@pytest.mark.parametrize(("query", "found"), REASONS.items(), ids=REASONS)
def test_a_hit_that_is_not_shown_is_named_with_its_path(query: str, found: list[str]) -> None:
    assert reasons(parse(query), PARAMS, "what is Shown") == found


@pytest.mark.parametrize(("query", "found"), HITS.items(), ids=HITS)
def test_the_texts_to_mark_are_those_that_are_looked_for(query: str, found: list[str]) -> None:
    assert hits(parse(query)) == found


@pytest.mark.parametrize(("query", "names", "verdicts", "written"), TICKED)
def test_ticks_take_the_place_of_the_terms_that_they_show(
    query: str, names: tuple[str, ...], verdicts: tuple[Any, ...], written: str
) -> None:
    ticked = with_plain(parse(query), names, verdicts)
    assert printed(ticked) == written
    shown = plain_of(parse(written), brackets=False)
    assert (shown.names or (), shown.verdicts or ()) == (names, verdicts)
