"""The cheap tests of texts pass nothing that the rules report, and what is remembered stays bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.verdict.encoding import encoding_fault
from events.verdict.personal_values import personal_fault
from events.verdict.placeholders import filler_fault, placeholder_fault
from events.verdict.places import ADDRESS, ID, NAME, NO_TEXT, OF_USER, STRICTEST, TEXT, USER_ID, Place
from events.verdict.text_values import PLAIN, FineTexts, text_fault

PIECES = [
    *("undefined", "null", "NaN", "none", "test", "-", "xxx", " ", "=", "password", "4111111111111111"),
    *("DE89370400440532013000", "411111111111", "1111", "a", "_", "/", ".", "(", ")", "https://", "?", "#"),
    *("{{", "}}", "@", "x.fr", "&amp;", "\u200b", "é", "Ã©", "=>", "function", "{", "}", "[", "]", "%%", ":"),
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=6).map("".join)


def by_the_rules(text: str, place: Place) -> object:
    """What the rules say of a text, without any cheap test before them."""
    return (
        placeholder_fault(text, place)
        or filler_fault(text)
        or personal_fault(text, place)
        or encoding_fault(text, place)
    )


@given(texts)
def test_a_text_that_is_remembered_as_plain_has_no_fault_in_any_place(text: str) -> None:
    plain = PLAIN.learn(text)
    if text:
        assert plain is (by_the_rules(text, STRICTEST) is None)
    for place in (TEXT, NAME, ADDRESS, ID, OF_USER, USER_ID, NO_TEXT):
        assert text_fault(text, place) == by_the_rules(text, place)
        assert not plain or by_the_rules(text, place) is None


@pytest.mark.parametrize("fine", [True, False])
def test_what_is_remembered_is_bounded(fine: bool) -> None:
    known = FineTexts(lambda _text: fine)
    for number in range(20_000):
        assert known.learn(f"{number:0300}") is fine
    assert len(known.known) <= 8_192
    assert sum(map(len, known.known)) <= 1_000_000
    assert len(known.refused) <= 4_096
    known.learn("x" * 100_000)
    assert "x" * 100_000 not in known.known | known.refused
