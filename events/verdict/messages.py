"""Makes the sentences of findings from one table: by code, and by ``why`` where a code has several sentences.

A finding is stored without a sentence; the sentence is made from the stored facts wherever the finding is
shown, with the reference's row of the parameter where a sentence quotes that row. Pure.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from typing import Final

from events.reference.types import Reference
from events.verdict.facts import Facts, Sentence
from events.verdict.findings import PublicFinding, StoredFinding, shorten
from events.verdict.spec import specs
from events.verdict.value_sentences import VALUE_SENTENCES, written_number

#: The text of ``got`` where the value at the path may contain a part of a masked value.
NOT_SHOWN: Final = "(not shown)"


def public_findings(
    findings: Iterable[StoredFinding], name: str, edition: Reference, no_examples: Container[str] = ()
) -> list[PublicFinding]:
    """The findings of an event called ``name`` with their sentences, by the event's ``edition``.

    ``no_examples`` are examples of the reference, as JSON text, that no sentence quotes.
    """
    return [public_finding(finding, name, edition, no_examples) for finding in findings]


def public_finding(
    finding: StoredFinding, name: str, edition: Reference, no_examples: Container[str] = ()
) -> PublicFinding:
    """One finding with its sentence; see ``public_findings``."""
    shown: PublicFinding = {
        "severity": finding["severity"],
        "code": finding["code"],
        "path": finding["path"],
        "message": sentence(finding, name, edition, no_examples),
        "expected": finding["expected"],
        "got": finding["got"],
    }
    if "why" in finding:
        shown["why"] = finding["why"]
    if "other" in finding:
        shown["other"] = finding["other"]
    if "other_seq" in finding:
        shown["other_seq"] = finding["other_seq"]
    return shown


def sentence(finding: StoredFinding, name: str, edition: Reference, no_examples: Container[str] = ()) -> str:
    """The finding's sentence for the person who writes the tag: the cause, then the remedy.

    Where the table has no sentence, the stored sentence of the finding, else the name of its code.
    """
    found = sentence_of(finding)
    if found is None:
        return finding.get("message") or finding["code"].replace("_", " ").capitalize() + "."
    row = specs(edition).parameter(name, finding["path"]) if found.quotes_row else None
    if row is not None and shorten(row.example) in no_examples:
        row = replace(row, example=None)
    return found.make(Facts(finding, row))


def sentence_of(finding: StoredFinding) -> Sentence | None:
    """The finding's entry in the table; None where code or ``why`` is unknown or a needed fact is missing."""
    found = SENTENCES.get(finding["code"], {}).get(finding.get("why", ""))
    if found is None or not all(finding.get(fact) for fact in found.needs):
        return None
    return found


def kind_of(got: str | None) -> str | None:
    """The JSON type of the value whose text is ``got``; None where the text does not show the type."""
    if got is None:
        return "null"
    if got.startswith(NOT_SHOWN):
        return None
    if got in ("true", "false"):
        return "boolean"
    if got in ("(dict)", "(list)"):  # what ``shorten`` writes for values that nest too deep
        return "object" if got == "(dict)" else "array"
    return {'"': "string", "'": "string", "{": "object", "[": "array"}.get(got[0], "number")


def _an(kind: str | None) -> str:
    kind = kind or "value"
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _missing_required(facts: Facts) -> str:
    state = "is required" if facts.got is None else "is required but empty"
    default = facts.row.client_default if facts.row else None
    aside = f" (the client sends {shorten(default)} on its own: do not rely on that)" if default else ""
    return f"{facts.name} {state}: add {_an(facts.expected)}{facts.example}{aside}."


def _missing_renamed(facts: Facts) -> str:
    later = (facts.row.later_name if facts.row else None) or "another name"
    return (
        f"{_missing_required(facts)} {later} is there, which newer editions of the reference ask for: "
        f"under this edition send {facts.name} as well, or judge by a newer one."
    )


def _missing_former(facts: Facts) -> str:
    former = facts.row.formerly if facts.row else None
    if former is None:
        return _missing_required(facts)
    return (
        f"{facts.name} is required: editions up to {former.until} call it {former.name}, "
        f"which is there and does not stand in for it. Send the amount as {facts.name}."
    )


def _missing_conditional(amount: str) -> Callable[[Facts], str]:
    return lambda facts: (
        f"{facts.name} is required because {amount} is set: add the three-letter code{facts.example}."
    )


def _missing_recommended(facts: Facts) -> str:
    others = facts.row.satisfied_by if facts.row else ()
    instead = f" (or {' or '.join(others)})" if others else ""
    note = f" {facts.row.note}" if facts.row and facts.row.note else ""
    return f"{facts.name} is recommended: add it{instead} when you have it{facts.example}.{note}"


def _wrong_type(facts: Facts) -> str:
    expected, kind = _an(facts.expected), kind_of(facts.got)
    if facts.finding["severity"] == "warning":
        return f"{facts.name} should be {expected}: {facts.got} works, but put it in quotes."
    if facts.expected == "boolean" and facts.got in ('"true"', '"false"'):
        return f"{facts.name} must be {expected}, but is the string {facts.got}: remove the quotes."
    if facts.expected in ("number", "whole number") and kind == "string":
        return f"{facts.name} must be {expected}, but is the string {facts.got}{written_number(facts.got)}."
    return f"{facts.name} must be {expected}, but is {_described(kind, facts.got)}."


def _described(kind: str | None, got: str | None) -> str:
    if kind is None or kind == "null":
        return got or "null"
    return _an(kind) if kind in ("object", "array") else f"the {kind} {got}"


def _not_suggested(facts: Facts) -> str:
    if facts.finding["severity"] == "warning":
        return (
            f"{facts.name} is {facts.got}, which clients send when nothing was set: "
            f"say which kind of page it is, one of {facts.expected}."
        )
    return f"{facts.name} {facts.got} is not among the suggested values: {facts.expected}."


def _misplaced(facts: Facts) -> str:
    if facts.finding["severity"] == "info":
        return f"{facts.name} is not read: {facts.expected} is, and it is there."
    return f"{facts.name} is in the wrong place: move it to {facts.expected}."


def _unknown(holder: str) -> Callable[[Facts], str]:
    return lambda facts: f"{facts.name} is not in the reference for {holder}: custom properties are allowed."


def _missing_event_name(facts: Facts) -> str:
    got = f" (got {facts.got})" if facts.got else ""
    return f"The event has no name{got}: give a string such as page_view; nothing is sent without it."


def _unreadable(because: Callable[[Facts], str]) -> Callable[[Facts], str]:
    return lambda facts: f"This could not be read as an event: {because(facts)}."


def _no_object(facts: Facts) -> str:
    kind = kind_of(facts.got)
    got = _an(kind) if kind not in (None, "null") else facts.got or "null"
    return f"expected {facts.expected}, got {got}"


def _too_large(facts: Facts) -> str:
    got, most = (_grouped(text) for text in (facts.got, facts.expected))
    return f"it is {got} bytes large, and Commanders Act takes {most} at most"


def _too_deep(facts: Facts) -> str:
    return f"it nests more than {facts.expected} levels deep; what lies deeper was cut off"


def _grouped(digits: str | None) -> str:
    return f"{int(digits):,}" if digits and digits.isascii() and digits.isdigit() else str(digits)


def _reused(facts: Facts) -> str:
    return (
        f"The id {facts.got} is also that of another event, {facts.expected}: "
        "give each event an id of its own, or leave it to the client."
    )


def _duplicate(how: str) -> Callable[[Facts], str]:
    return lambda facts: f"The order {facts.got} was sent before with {how}: send each purchase once."


def _twice(facts: Facts) -> str:
    return (
        f"The same event was fired {facts.got} ms before on this page: look for a second tag or listener. "
        "In development React's strict mode does this, and is harmless."
    )


def _consent_changed(facts: Facts) -> str:
    return (
        f"The visitor's consent was {facts.expected} at the event before and is {facts.got} here: "
        "fine where the visitor chose anew in between."
    )


_EITHER: Final = ("expected", "got")

#: Every sentence: by code, then by ``why``, which is "" where the code has one sentence.
SENTENCES: Final[dict[str, dict[str, Sentence]]] = {
    "missing_event_name": {"": Sentence(_missing_event_name)},
    "missing_required": {
        "": Sentence(_missing_required, quotes_row=True),
        "renamed": Sentence(_missing_renamed, quotes_row=True),
        "former": Sentence(_missing_former, quotes_row=True),
    },
    "missing_conditional": {
        amount: Sentence(_missing_conditional(amount), quotes_row=True) for amount in ("value", "revenue")
    },
    "missing_recommended": {
        "": Sentence(_missing_recommended, quotes_row=True),
        "request": Sentence(
            lambda facts: (
                f"{facts.name} is not in the request: send one id for each event, "
                "so that a repeated delivery is recognised."
            )
        ),
    },
    "wrong_type": {
        "": Sentence(_wrong_type, ("expected",)),
        "array": Sentence(
            lambda facts: f"{facts.name} should be one string, but is the array {facts.got}: send one id.",
            ("got",),
        ),
        "fraction": Sentence(
            lambda facts: f"{facts.name} should be a whole number, but is {facts.got}: round it.", ("got",)
        ),
    },
    "not_allowed": {
        "": Sentence(
            lambda facts: f"{facts.name} cannot be {facts.got}: use one of {facts.expected}.", _EITHER
        )
    },
    "not_suggested": {"": Sentence(_not_suggested, _EITHER)},
    "too_many_items": {
        "": Sentence(
            lambda facts: f"{facts.name} should hold {facts.expected}, but holds {facts.got}.", _EITHER
        )
    },
    "mixed_currencies": {
        "event": Sentence(
            lambda facts: f"{facts.name} is {facts.got}, while the event's currency is {facts.expected}.",
            _EITHER,
        ),
        "items": Sentence(
            lambda facts: (
                f"{facts.name} is {facts.got}, while another item is priced in {facts.expected}: "
                "use one currency in an event."
            ),
            _EITHER,
        ),
    },
    "misplaced_property": {"": Sentence(_misplaced, ("expected",))},
    "misspelt_property": {
        "": Sentence(
            lambda facts: f"{facts.name} is not in the reference: did you mean {facts.expected}?",
            ("expected",),
        )
    },
    "unknown_property": {"event": Sentence(_unknown("the event"))}
    | {schema: Sentence(_unknown(f"the {schema} schema")) for schema in ("User", "Item", "Product")},
    "misspelt_event": {
        "": Sentence(
            lambda facts: f"{facts.got} is not a standard event: did you mean {facts.expected}?", _EITHER
        )
    },
    "custom_event": {
        "": Sentence(lambda facts: f"{facts.got} is a custom event: only its name is required.", ("got",))
    },
    "no_consent": {
        "": Sentence(
            lambda facts: f"{facts.name} is empty: the visitor accepted nothing, or no consent manager ran."
        )
    },
    "unreadable": {
        "no_object": Sentence(_unreadable(_no_object), ("expected",)),
        "too_large": Sentence(_unreadable(_too_large), _EITHER),
        "too_deep": Sentence(_unreadable(_too_deep), ("expected",)),
    },
    "not_triggered": {
        "": Sentence(
            lambda facts: (
                f"cact({facts.got or 'null'}, …) sends nothing: name the command first, "
                f"as in cact('trigger', {facts.got or 'null'}, …)."
            )
        )
    },
    "out_of_range": {
        "": Sentence(
            lambda facts: f"{facts.name} should be from {facts.expected}, but is {facts.got}.", _EITHER
        )
    },
    "deprecated_property": {
        "": Sentence(
            lambda facts: f"{facts.name} is deprecated: send {facts.expected} in its place.", ("expected",)
        )
    },
    **VALUE_SENTENCES,
    "event_id_reused": {"": Sentence(_reused, _EITHER)},
    "duplicate_purchase": {
        "": Sentence(_duplicate("the same status"), ("got",)),
        "partially": Sentence(_duplicate("the same status and parameters"), ("got",)),
    },
    "fired_twice": {"": Sentence(_twice, ("got",))},
    "no_page_view": {
        "": Sentence(
            lambda _: "The page that this event begins never fired page_view: fire it first on each page."
        )
    },
    "unknown_order": {
        "": Sentence(
            lambda facts: (
                f"No purchase in this recording has the id {facts.got}: refund the id that the purchase had."
            ),
            ("got",),
        )
    },
    "no_checkout": {
        "": Sentence(
            lambda _: (
                "This is the site's first purchase, and no begin_checkout came before it: "
                "fire begin_checkout where the checkout starts."
            )
        )
    },
    "currency_changes": {
        "": Sentence(
            lambda facts: (
                f"The visitor's event before was in {facts.expected}, this one is in {facts.got}: "
                "fine where the visitor chose another currency."
            ),
            _EITHER,
        )
    },
    "user_changes": {
        "": Sentence(
            lambda facts: (
                f"The visitor was the user {facts.expected} and is {facts.got} here, "
                "without login or sign_up in between: check where user.id is read."
            ),
            _EITHER,
        )
    },
    "consent_changes": {"": Sentence(_consent_changed, _EITHER)},
}

#: All values of ``why`` except "".
WHYS: Final = tuple(sorted({why for sentences in SENTENCES.values() for why in sentences if why}))
