"""Defines findings, in their stored and public forms, and the verdict that follows from them."""

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple, NotRequired, TypedDict

import orjson

Severity = Literal["error", "warning", "info"]
Verdict = Literal["valid", "warning", "invalid"]

#: Every finding code and the severities it may have. A public contract: codes never change meaning.
CODES: Final[dict[str, frozenset[Severity]]] = {
    "missing_event_name": frozenset({"error"}),
    "missing_required": frozenset({"error"}),
    "missing_conditional": frozenset({"error"}),
    "missing_recommended": frozenset({"warning", "info"}),
    "wrong_type": frozenset({"error", "warning"}),
    "not_allowed": frozenset({"error"}),
    "not_suggested": frozenset({"info", "warning"}),
    "bad_format": frozenset({"error", "warning"}),
    "too_many_items": frozenset({"warning"}),
    "mixed_currencies": frozenset({"warning", "info"}),
    "inconsistent_amount": frozenset({"warning", "info"}),
    "misplaced_property": frozenset({"warning", "info"}),
    "misspelt_property": frozenset({"warning"}),
    "unknown_property": frozenset({"info"}),
    "misspelt_event": frozenset({"warning"}),
    "custom_event": frozenset({"info"}),
    "placeholder_value": frozenset({"warning"}),
    "no_consent": frozenset({"info"}),
    "unreadable": frozenset({"error"}),
    "not_triggered": frozenset({"warning"}),
    "filler_value": frozenset({"info"}),
    "hash_of_nothing": frozenset({"warning"}),
    "hash_mismatch": frozenset({"warning"}),
    "personal_data": frozenset({"warning", "info"}),
    "bad_encoding": frozenset({"info"}),
    "odd_amount": frozenset({"warning", "info"}),
    "duplicate_item": frozenset({"info"}),
    "out_of_range": frozenset({"warning"}),
    "deprecated_property": frozenset({"info"}),
    "event_id_reused": frozenset({"warning"}),
    "duplicate_purchase": frozenset({"warning"}),
    "fired_twice": frozenset({"warning"}),
    "no_page_view": frozenset({"info"}),
    "unknown_order": frozenset({"info"}),
    "no_checkout": frozenset({"info"}),
    "currency_changes": frozenset({"info"}),
    "user_changes": frozenset({"warning"}),
    "consent_changes": frozenset({"info"}),
}

_GOT_LENGTH: Final = 80  # characters of a value that a finding repeats; the event itself has the whole


class Finding(NamedTuple):
    """A remark of a rule about an event's name, parameters or size.

    ``path`` is a JSON Pointer (RFC 6901) into the event's parameters. ``value`` is the value at ``path``, or
    the number that the rule counted (items, bytes); None where there is no value. ``why`` chooses the
    sentence where the code has several: a key of ``messages.SENTENCES[code]``.
    """

    severity: Severity
    code: str
    path: str
    expected: str | None = None
    value: Any = None
    why: str = ""

    @property
    def got(self) -> str | None:
        """The value as short JSON text, strings in quotes; None where there is no value."""
        return None if self.value is None else shorten(self.value)

    def stored(self) -> "StoredFinding":
        """The finding in the form in which it is stored."""
        found: StoredFinding = {
            "severity": self.severity,
            "code": self.code,
            "path": self.path,
            "expected": self.expected,
            "got": self.got,
        }
        if self.why:
            found["why"] = self.why
        return found


class StoredFinding(TypedDict):
    """A finding as an event's row holds it: facts without a sentence.

    ``expected`` is text for people, ``got`` the value as JSON text of at most 80 characters; both may be
    None. ``other`` is the id of the earlier event that a finding across events is about as well, and
    ``other_seq`` that event's number in its recording.
    ``message`` is the sentence of a finding from which ``messages`` cannot make one: a finding of an
    older version, or of an unknown code.
    """

    severity: Severity
    code: str
    path: str
    expected: str | None
    got: str | None
    why: NotRequired[str]
    other: NotRequired[str]
    other_seq: NotRequired[int]
    message: NotRequired[str]


class PublicFinding(TypedDict):
    """A finding with its sentence: the form in API answers, exports and pages."""

    severity: Severity
    code: str
    path: str
    message: str
    expected: str | None
    got: str | None
    why: NotRequired[str]
    other: NotRequired[str]
    other_seq: NotRequired[int]


class FindingKey(NamedTuple):
    """Identifies a finding of an event across judgements: its facts without the value found."""

    severity: str
    code: str
    path: str


def shorten(value: Any) -> str:
    """``value`` as JSON text of at most 80 characters."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # integers beyond 64 bits, lone surrogates, values nested very deep
        text = ascii(value) if isinstance(value, int | str) else f"({type(value).__name__})"
    return text if len(text) <= _GOT_LENGTH else text[: _GOT_LENGTH - 1] + "…"


def verdict_of(severities: Iterable[Severity]) -> Verdict:
    """``invalid`` with at least one error, else ``warning`` with at least one warning, else ``valid``."""
    present = set(severities)
    return "invalid" if "error" in present else "warning" if "warning" in present else "valid"
