"""Remembers the texts that the rules of a row have passed, for the compiled checks. Pure."""

from functools import cache

from events.reference.types import Format
from events.verdict.formats import CHECKS, WIDENED
from events.verdict.hashes import hashes_of_nothing
from events.verdict.places import Place
from events.verdict.rules import is_one_category
from events.verdict.spec import Row
from events.verdict.text_values import PLAIN, FineTexts, text_fault

_HASHES: dict[Format, str] = {"md5": "_md5", "sha256": "_sha256"}


def fine_texts(row: Row) -> FineTexts:
    """The texts without a finding in the row, which has a format or holds consent categories.

    Whether a hash is that of the plain value beside it is left to the caller.
    """
    return _fine_texts(row.parameter.format, row.place)


@cache
def _fine_texts(form: Format | None, place: Place) -> FineTexts:
    if form is None:
        return FineTexts(lambda text: is_one_category(text) and PLAIN.learn(text))

    nothing = hashes_of_nothing(_HASHES[form]) if form in _HASHES else frozenset[str]()

    def is_fine(text: str) -> bool:
        formatted = text != "" and CHECKS[form](text) is None
        wider = form not in WIDENED or WIDENED[form](text) is None if formatted else False
        return wider and text not in nothing and text_fault(text, place) is None

    return FineTexts(is_fine)
