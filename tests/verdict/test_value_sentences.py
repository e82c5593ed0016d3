"""Findings about values say what to do: how a number is written, which character it is, both amounts."""

import pytest

from tests.example_events import changed, findings_of


def message(event: str, path: str, value: object) -> str:
    found = findings_of(event, changed(event, {path: value}))
    return next(finding["message"] for finding in found if finding["path"] == path)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9,99", "9.99"),
        ("4,245.42", "4245.42"),
        ("4.245,42", "4245.42"),
        ("€9.99", "9.99"),
        ("9.99 EUR", "9.99"),
        ("1 234,50 €", "1234.50"),
        ("$1'000.00", "1000.00"),
    ],
)
def test_a_text_that_is_nearly_a_number_is_rewritten(text: str, number: str) -> None:
    said = message("view_cart", "/value", text)
    assert "a point before the decimals, no thousands separator and no sign of a currency" in said
    assert said.endswith(f": {number}.")
    assert "remove the quotes" not in said


@pytest.mark.parametrize("text", ["1,234", "1.2.3", "12-34", "3x4,5y"])
def test_no_number_is_proposed_where_there_is_more_than_one_way_to_read_it(text: str) -> None:
    said = message("view_cart", "/value", text)
    assert said.endswith("no sign of a currency.")


def test_a_number_in_quotes_only_loses_them() -> None:
    assert message("view_cart", "/value", "22.53").endswith("remove the quotes.")
    assert message("view_cart", "/value", "free").endswith('is the string "free", which is no number.')


def test_a_character_that_cannot_be_seen_is_named_by_its_code_point() -> None:
    assert "U+200B (zero width space)" in message("login", "/user/city", "Bos\u200bton")


def test_an_amount_in_cents_is_shown_beside_the_sum() -> None:
    said = message("add_to_cart", "/value", 2998)
    assert "2998" in said
    assert "29.98" in said


def test_a_view_item_with_the_later_name_of_its_amount_is_told_so() -> None:
    params = changed("view_item", {"/value": 9.99}, ["/revenue"])
    (finding,) = findings_of("view_item", params)
    assert (finding["code"], finding["path"]) == ("missing_required", "/revenue")
    assert "value is there, which newer editions of the reference ask for" in finding["message"]
    (plain,) = findings_of("view_item", changed("view_item", without=["/revenue"]))
    assert "newer editions" not in plain["message"]


def test_a_hidden_number_is_not_rewritten() -> None:
    from events.verdict.value_sentences import written_number

    assert written_number('"‹user id kzmt, 4–7 characters›"') == ""
    assert written_number('"(not shown)"') == ""
