"""The examples are complete, correct calls, and safe to paste and to print."""

import json
from typing import Any

import pytest

from events.reference import Parameter, Reference, editions, load
from events.reference.examples import as_call, example_params
from events.verdict import judge

REFERENCE = load()
EVERY = [(edition, name) for edition in editions() for name in load(edition).events]
WHO = {"id": "12345", "email": "toto@domain.fr", "consent_categories": [1, 3]}


def rows(reference: Reference, name: str) -> list[Parameter]:
    """The rows of the event that an implementer fills in."""
    return [
        row
        for row in reference.events[name].parameters
        if row.listed and not row.automatic and not row.deprecated and not row.is_event_name
        if not row.meant_for or name in row.meant_for
    ]


@pytest.mark.parametrize(("edition", "name"), EVERY)
def test_the_complete_example_holds_every_row_and_has_no_finding(edition: str, name: str) -> None:
    reference = load(edition)
    params = example_params(reference, name)
    assert list(params) == [row.name for row in rows(reference, name)]
    judgement = judge(name, params, reference)
    assert (judgement.verdict, list(judgement.findings)) == ("valid", [])


@pytest.mark.parametrize(("edition", "name"), EVERY)
def test_the_shortest_example_holds_the_required_rows_and_is_valid(edition: str, name: str) -> None:
    reference = load(edition)
    params = example_params(reference, name, required_only=True)
    assert list(params) == [row.name for row in rows(reference, name) if row.is_required]
    assert judge(name, params, reference).verdict == "valid"


@pytest.mark.parametrize(
    ("row", "event"),
    [
        ("seek_position", "video_seek_start"),
        ("interruption_method", "video_error"),
        ("ad_quartile", "video_ad_playing"),
    ],
)
def test_a_shared_row_is_in_the_examples_of_the_events_that_it_is_meant_for(row: str, event: str) -> None:
    reference = load("2025-10")
    having = [name for name in reference.events if row in example_params(reference, name)]
    assert event in having
    assert set(having) <= {event, "video_seek_complete"}


def test_objects_are_built_from_their_schemas() -> None:
    params = example_params(REFERENCE, "view_item", required_only=True)
    product = {"id": "12345", "name": "Trex", "price": 14.99}
    assert params["items"] == [{"id": "SKU_12345", "product": product, "quantity": 2}]
    assert params["user"] == WHO


def test_each_call_makes_a_new_example() -> None:
    first, second = example_params(REFERENCE, "login"), example_params(REFERENCE, "login")
    first["user"]["consent_categories"].append(9)
    assert second["user"] == WHO
    assert example_params(REFERENCE, "login")["user"] == WHO


def test_an_unknown_event_has_no_example() -> None:
    with pytest.raises(KeyError):
        example_params(REFERENCE, "my_event")


def test_the_call_is_pretty() -> None:
    params = {
        "value": 16.0,
        "tax": 3.2,
        "user": WHO,
        "items": [{"id": "a"}, {"id": "b"}],
        "none": None,
        "yes": True,
    }
    assert as_call("purchase", params) == (
        "cact('trigger', 'purchase', {\n"
        "  value: 16,\n"
        "  tax: 3.2,\n"
        "  user: {\n"
        "    id: '12345',\n"
        "    email: 'toto@domain.fr',\n"
        "    consent_categories: [1, 3]\n"
        "  },\n"
        "  items: [{\n"
        "    id: 'a'\n"
        "  }, {\n"
        "    id: 'b'\n"
        "  }],\n"
        "  none: null,\n"
        "  yes: true\n"
        "});"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("it's", r"'it\'s'"),
        ('say "hi"', "'say \"hi\"'"),
        ("C:\\new", r"'C:\\new'"),
        ("\\'", r"'\\\''"),
        ("a\nb\r\tc\0", r"'a\nb\r\tc\x00'"),
        ("\u2028\u2029", r"'\u2028\u2029'"),
        ("</script><!-- <b>", r"'\x3c/script>\x3c!-- <b>'"),
        ("", "''"),
        ("é€😀", "'é€😀'"),
    ],
)
def test_strings_are_escaped(text: str, written: str) -> None:
    assert as_call(text, {}) == f"cact('trigger', {written}, {{}});"
    assert as_call("e", {"k": [text]}) == f"cact('trigger', 'e', {{\n  k: [{written}]\n}});"


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("page_type", "page_type"),
        ("$a1", "$a1"),
        ("1a", "'1a'"),
        ("a-b", "'a-b'"),
        ("", "''"),
        ("a\n", r"'a\n'"),
        ("été", "'été'"),
        ("__proto__", "['__proto__']"),
    ],
)
def test_keys_are_quoted_only_where_they_must_be(key: str, written: str) -> None:
    assert as_call("e", {key: 1}) == f"cact('trigger', 'e', {{\n  {written}: 1\n}});"


@pytest.mark.parametrize("number", [0, -1, 16.5, 1e21, 1e-7, 12345678901234567890, -0.0])
def test_numbers_keep_their_value(number: float) -> None:
    written: Any = as_call("e", {"n": number}).split("n: ")[1].split("\n")[0]
    assert json.loads(written) == number
