"""A query is read into a tree and printed back; what cannot be read is explained at its word."""

from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.query import QueryError, parse, printed
from events.query.fields import FIELDS, STATES
from events.query.parse import DEEPEST, LONGEST, MOST_TERMS
from events.query.tree import And, Compare, Field, Group, Node, Not, Number, Or, Step, Text, Value
from tests.query_strategies import queries

READ: Final[dict[str, Node | None]] = {
    "": None,
    " \t\n": None,
    "blue": Text("blue"),
    '"two words"': Text("two words"),
    r'"a \"quote\" and \\"': Text('a "quote" and \\'),
    "a,b": Text("a,b"),
    "a b": And((Text("a"), Text("b"))),
    "a or b c OR d": Or((Text("a"), And((Text("b"), Text("c"))), Text("d"))),
    '"or"': Text("or"),
    "order": Text("order"),
    "-a": Not(Text("a")),
    "a-b": Text("a-b"),
    "-(a or b)": Not(Group(Or((Text("a"), Text("b"))))),
    "#206": Number(206, 206),
    "#200..250": Number(200, 250),
    "#200..#250": Number(200, 250),
    "#abc": Text("#abc"),
    "#9999999999999999999999": Number(2**62, 2**62),
    "name:add_to_*": Field("name", (Value("add_to_*"),)),
    'name:a,"b c",""': Field("name", (Value("a"), Value("b c", True), Value("", True))),
    "page:/cart*": Field("page", (Value("/cart*"),)),
    "page_type=home": Compare((Step("page_type"),), "=", (Value("home"),)),
    'page_type="Product",home': Compare((Step("page_type"),), "=", (Value("Product", True), Value("home"))),
    "value>100": Compare((Step("value"),), ">", (Value("100"),)),
    "value>=1e3": Compare((Step("value"),), ">=", (Value("1e3"),)),
    "items.quantity<1": Compare((Step("items"), Step("quantity")), "<", (Value("1"),)),
    "items[0].id!=x": Compare((Step("items", 0), Step("id")), "!=", (Value("x"),)),
    "items[*].id~x": Compare((Step("items", -1), Step("id")), "~", (Value("x"),)),
    '"a.b".c=1': Compare((Step("a.b"), Step("c")), "=", (Value("1"),)),
    "$sent.type!=online": Compare((Step("type"),), "!=", (Value("online"),), "sent"),
    "$called.a.b=1": Compare((Step("a"), Step("b")), "=", (Value("1"),), "called"),
    "page_name.$length>100": Compare((Step("page_name"),), ">", (Value("100"),), "", "length"),
    "x.$type=null": Compare((Step("x"),), "=", (Value("null"),), "", "type"),
    '"$sent"."$type"=a': Compare((Step("$sent"), Step("$type")), "=", (Value("a"),)),
    "checkout.min.js:1:48211": Text("checkout.min.js:1:48211"),
    "https://shop.example/?a=b": Text("https://shop.example/?a=b"),
    "name://x": Field("name", (Value("//x"),)),
    "code:missing_*": Field("code", (Value("missing_*"),)),
    'code:"of a plan"': Field("code", (Value("of a plan", True),)),
    'after:14:02 before:"coupon"': And(
        (Field("after", (Value("14:02"),)), Field("before", (Value("coupon", True),)))
    ),
    "after:2026-11-30T14:02:11Z": Field("after", (Value("2026-11-30T14:02:11Z"),)),
    "before:#7": Field("before", (Value("#7"),)),
}
#: What cannot be read: the sentence, and the part of the query that it is about.
REFUSED: Final = {
    "nme:x": ("There is no field nme. Did you mean name?", "nme"),
    "verdcit:invalid": ("There is no field verdcit. Did you mean verdict?", "verdcit"),
    "page_type:home": ("page_type is a parameter: write page_type=home.", "page_type:home"),
    "verdict:broken": ("verdict is invalid, warning or valid.", "broken"),
    "severity:grave": ("severity is error, warning or info.", "grave"),
    "is:autmatic": ("There is no is:autmatic. Did you mean automatic?", "autmatic"),
    "name:": ("name needs a value after the colon.", "name:"),
    "name: x": ("name needs a value after the colon.", "name:"),
    "name:(a or b)": ("name needs a value after the colon.", "name:"),
    "name:a,": ("name needs a value after the comma.", ","),
    "value>": ("value> needs a value.", "value>"),
    "value> 3": ("value> needs a value.", "value>"),
    "value>abc": ("> compares numbers or dates, and abc is neither.", "abc"),
    "value<2026-13-45": ("< compares numbers or dates, and 2026-13-45 is neither.", "2026-13-45"),
    "x.$length>long": ("$length is a number, and long is none.", "long"),
    "x.$type=text": ("$type is string, number, boolean, array, object or null.", "text"),
    "x.$type>string": ("$type takes = and !=, not >.", ">"),
    '"blue': ("The closing quote is missing.", '"blue'),
    'name:"blue': ("The closing quote is missing.", '"blue'),
    'x="': ("The closing quote is missing.", '"'),
    "(a or b": ("A ) is missing.", "("),
    "a (": ("A ) is missing.", "("),
    "a)": ("There is no ( for this ).", ")"),
    '"(" a)': ("There is no ( for this ).", ")"),
    "()": ("There is nothing between ( and ).", "()"),
    "a or": ("or needs a term after it.", "or"),
    "a or or b": ("or needs a term after it.", "or"),
    "(a or) b": ("or needs a term after it.", "or"),
    "or a": ("or needs a term before it.", "or"),
    "-": ("- needs a term right after it.", "-"),
    "- a": ("- needs a term right after it.", "-"),
    "--a": ("- needs a term right after it.", "-"),
    "after:25:99": ("25:99 is no time: write 14:02, 14:02:11 or 2026-11-30T14:02.", "25:99"),
    "before:noon": ("noon is no time: write 14:02, 14:02:11 or 2026-11-30T14:02.", "noon"),
    "code:mising": ("There is no code mising. Did you mean missing_required?", "mising"),
    "code:wrongtype": ("There is no code wrongtype. Did you mean wrong_type?", "wrongtype"),
    "load:first": ("load is a number, and first is none.", "first"),
    "has:a..b": ("a..b is no path: write has:user.email or has:/user/email.", "a..b"),
    "#5..2": ("#5..2 runs backwards: write #2..5.", "#5..2"),
    "(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1): ("Brackets nest 8 deep at most.", "("),
}


@pytest.mark.parametrize(("text", "tree"), READ.items(), ids=READ)
def test_a_query_is_read(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize("text", READ)
def test_what_was_read_is_printed_so_that_it_is_read_again(text: str) -> None:
    assert parse(printed(parse(text))) == parse(text)


@given(queries)
def test_any_tree_is_printed_so_that_it_is_read_again(tree: Node) -> None:
    assert parse(printed(tree)) == tree


@pytest.mark.parametrize(("text", "refusal"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_read_is_explained_at_its_word(text: str, refusal: tuple[str, str]) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert (caught.value.sentence, text[caught.value.start : caught.value.end]) == refusal


@example("name:,")
@example('a="\\')
@example("-or")
@example("(-)")
@example('"a"."b"[0')
@given(st.text(st.sampled_from('ab"\\()-#:=<>!~,.*[]0 $or/\n'), max_size=30))
def test_any_text_is_read_or_explained(text: str) -> None:
    try:
        tree = parse(text)
    except QueryError as error:
        told, place = error.sentence, (error.start, error.end)
    else:
        assert parse(printed(tree)) == tree
        return
    assert told.endswith((".", "?"))
    assert 0 <= place[0] < place[1] <= len(text)


def test_a_parameter_of_the_recording_is_no_field() -> None:
    assert parse("loyalty_tier:gold") == Text("loyalty_tier:gold")
    with pytest.raises(QueryError, match="loyalty_tier is a parameter: write loyalty_tier=gold"):
        parse("loyalty_tier:gold", {"loyalty_tier"})


def test_a_query_has_a_longest_length_and_a_number_of_terms() -> None:
    assert parse("a" * LONGEST) == Text("a" * LONGEST)
    with pytest.raises(QueryError, match="2,000 characters"):
        parse("a" * (LONGEST + 1))
    assert isinstance(parse("a " * MOST_TERMS), And)
    with pytest.raises(QueryError, match="64 terms"):
        parse("a " * (MOST_TERMS + 1))


@pytest.mark.parametrize("spec", FIELDS.values(), ids=lambda spec: spec.name)
def test_the_example_of_each_field_is_a_query(spec: object) -> None:
    assert parse(spec.example)  # type: ignore[attr-defined]


def test_each_state_is_a_query() -> None:
    assert [parse(f"is:{state}") for state in STATES]
