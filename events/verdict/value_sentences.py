"""The sentences of findings about values: placeholders, personal data, encoding, amounts, formats. Pure."""

import re
from collections.abc import Callable
from typing import Final

import orjson

from events.verdict.encoding import repaired
from events.verdict.facts import Facts, Sentence

_EITHER: Final = ("expected", "got")
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+\-]?[0-9]{1,3})?\Z")
_DIGITS = re.compile(r"[0-9]")
#: A number with a currency's sign or code on either side.
_AMOUNT = re.compile(r"[^0-9.,\-]{0,10}(-?[0-9][0-9.,\s'’]{0,40})[^0-9]{0,10}\Z")
_BLANKS = re.compile(r"[\s'’]")
_ONE_COMMA = re.compile(r"-?[0-9]+,[0-9]{1,2}\Z")


def written_number(got: str | None) -> str:
    """How the text ``got`` (JSON) is written as a number, as the rest of a sentence that has named it."""
    text = _text_of(got)
    if text.startswith(("‹", "(not shown)")):  # a mask
        return ""
    if _NUMBER.match(text.strip()):
        return ": remove the quotes"
    if not _DIGITS.search(text):
        return ", which is no number"
    number = _number_in(text)
    example = f": {number}" if number else ""
    return (
        ": write it as a number without quotes, with a point before the decimals, no thousands separator "
        f"and no sign of a currency{example}"
    )


def _number_in(text: str) -> str:
    """The number that was meant, where there is but one way to read the text; else ""."""
    found = _AMOUNT.match(text)
    bare = _BLANKS.sub("", found[1]) if found else ""
    point, comma = bare.rfind("."), bare.rfind(",")
    if point >= 0 and comma >= 0:  # whichever comes last stands before the decimals
        thousands, decimal = (",", ".") if point > comma else (".", ",")
        bare = bare.replace(thousands, "").replace(decimal, ".")
    elif _ONE_COMMA.match(bare):
        bare = bare.replace(",", ".")
    return bare if _NUMBER.match(bare) else ""


def _text_of(got: str | None) -> str:
    """The text whose JSON is ``got``, as far as it was not cut."""
    try:
        text = orjson.loads(got or "")
    except orjson.JSONDecodeError:
        return (got or "").strip("\"'")
    return text if isinstance(text, str) else ""


def _tells(rest: str) -> Callable[[Facts], str]:
    """A sentence that begins with the parameter's name; ``{got}`` and ``{expected}`` are filled in."""
    return lambda facts: f"{facts.name} {rest}".replace("{got}", facts.got or "null").replace(
        "{expected}", facts.expected or ""
    )


def _placeholder(facts: Facts) -> str:
    return f"{facts.name} holds the text {facts.got}: the tag read what was not there."


def _bad_format(facts: Facts) -> str:
    verb = "must" if facts.finding["severity"] == "error" else "should"
    return f"{facts.name} {verb} be {facts.expected}, but is {facts.got}."


def _damaged(facts: Facts) -> str:
    meant = repaired(_text_of(facts.got).removesuffix("…"))
    shown = f" It may have been meant as {orjson.dumps(meant).decode()}." if meant else ""
    cause = "which was read in another encoding than it was written in"
    return f"{facts.name} is {facts.got}, {cause}: use UTF-8.{shown}"


def _personal(what: str) -> Callable[[Facts], str]:
    def make(facts: Facts) -> str:
        if facts.finding["severity"] == "info":
            return (
                f"{facts.name} holds {what}: another site led here with it, so that it must be mended there."
            )
        return (
            f"{facts.name} holds {what}, which does not belong here: reports and destinations will show it. "
            "Leave it out."
        )

    return make


def _count(unit: str) -> Callable[[Facts], str]:
    return lambda facts: f"{facts.name} is {facts.got}: {unit}."


#: By code, then by ``why``; merged into ``messages.SENTENCES``.
VALUE_SENTENCES: Final[dict[str, dict[str, Sentence]]] = {
    "placeholder_value": {
        "": Sentence(_placeholder, ("got",)),
        "word": Sentence(
            _tells("is {got}: a part of it is a placeholder, since the tag read what was not there."),
            ("got",),
        ),
        "variable": Sentence(
            _tells("is {got}: a variable of a template was left unfilled. Check where its value comes from."),
            ("got",),
        ),
        "function": Sentence(
            _tells("holds the source of a function, {got}: call the function, and send what it returns."),
            ("got",),
        ),
    },
    "filler_value": {
        "": Sentence(_tells("is {got}, which says nothing: leave it out where there is no value."), ("got",)),
        "blank": Sentence(_tells("holds blanks alone: leave it out where there is no value.")),
    },
    "hash_of_nothing": {
        "": Sentence(
            _tells("is the hash of an empty text or a placeholder: hash a value only where there is one.")
        )
    },
    "hash_mismatch": {
        "": Sentence(
            _tells("is not {expected} that stands beside it: send one of the two, or hash that value."),
            ("expected",),
        ),
        "untrimmed": Sentence(
            _tells("is {expected} with blanks around it: remove the blanks before you hash."), ("expected",)
        ),
        "case": Sentence(
            _tells("is {expected} in other capitals: put it in lower case before you hash."), ("expected",)
        ),
        "twice": Sentence(_tells("is {expected}, hashed twice: hash it once."), ("expected",)),
    },
    "personal_data": {
        "email": Sentence(_personal("an e-mail address")),
        "card": Sentence(_personal("the number of a payment card")),
        "iban": Sentence(_personal("the number of a bank account (IBAN)")),
        "secret_parameter": Sentence(_personal("a parameter that is named like a password or secret")),
        "masked": Sentence(_personal("an e-mail address (which the page-side script has masked)")),
        "secret": Sentence(_tells("is named like a password or another secret: never send one in an event.")),
        "user_id": Sentence(
            _tells(
                "is an e-mail address: use an identifier that does not change, and send the address as "
                "user.email."
            )
        ),
    },
    "bad_encoding": {
        "entity": Sentence(
            _tells("is {got}, with HTML entities in it: send the characters themselves, as & and not &amp;."),
            ("got",),
        ),
        "utf8": Sentence(_damaged, ("got",)),
        "leading": Sentence(
            lambda facts: f"{facts.name} begins with a blank, {_sign(facts)}: trim the text.", ("expected",)
        ),
        "trailing": Sentence(
            lambda facts: f"{facts.name} ends with a blank, {_sign(facts)}: trim the text.", ("expected",)
        ),
        "unseen": Sentence(
            lambda facts: f"{facts.name} holds a character that cannot be seen, {_sign(facts)}: remove it.",
            ("expected",),
        ),
        "json": Sentence(_tells("holds JSON as a text: send {expected}."), ("expected",)),
    },
    "odd_amount": {
        "quantity": Sentence(_count("a quantity is 1 or more. Leave out what is not bought"), ("got",)),
        "fraction": Sentence(
            _count("a quantity is a whole number, unless you sell by weight or length"), ("got",)
        ),
        "negative": Sentence(_count("an amount is never negative, not even one that is paid back"), ("got",)),
        "zero": Sentence(_count("a purchase of 0 is odd. Check where the amount comes from"), ("got",)),
        "cents": Sentence(
            _tells(
                "is {got}, about a hundred times the {expected} that the items add up to: is it in cents? "
                "Send the currency's main unit."
            ),
            _EITHER,
        ),
        "decimals": Sentence(_tells("is {got}, but there are {expected}: round the amount."), _EITHER),
    },
    "inconsistent_amount": {
        "revenue": Sentence(
            lambda facts: (
                f"value {facts.got} is smaller than revenue: "
                "it includes shipping and taxes, revenue does not."
            ),
            ("got",),
        ),
        "sum": Sentence(
            lambda facts: (
                f"value is {facts.got}, but revenue, shipping_amount and tax_amount "
                f"add up to {facts.expected}: check the amounts."
            ),
            _EITHER,
        ),
        "items": Sentence(
            _tells("is {got}, but the items add up to {expected}: check prices, quantities and discounts."),
            _EITHER,
        ),
    },
    "duplicate_item": {
        "": Sentence(
            _tells("is {got}, as of an item before, of the same variant: count one item, with its quantity."),
            ("got",),
        )
    },
    "bad_format": {
        "event_name": Sentence(
            _tells(
                "is {got} in the parameters, and the client sends the event's own name, {expected}, in its "
                "place: remove it, or trigger the event that is meant."
            ),
            _EITHER,
        ),
        "": Sentence(_bad_format, _EITHER),
        "future": Sentence(
            _tells("is {got}, which has not come yet: check the order of year, month and day."), ("got",)
        ),
        "password": Sentence(_tells("holds a password between // and @: send {expected}."), ("expected",)),
        "several": Sentence(_tells("is {got}, which is more than one category: send {expected}."), _EITHER),
    },
}


def _sign(facts: Facts) -> str:
    """The character by its code point."""
    return (facts.expected or "").removeprefix("without ")
