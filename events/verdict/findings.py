"""What a judgement says: findings and the verdict that follows from them."""

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

import orjson

from events.reference.types import Parameter

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
}

_GOT_LENGTH: Final = 80  # characters of a value that a finding repeats; the event itself has the whole


class Finding(NamedTuple):
    """One thing that a person should know about an event.

    ``path`` is a JSON Pointer (RFC 6901) into the event's parameters. ``value`` is what stands there,
    None where nothing does. ``row`` is the reference's row, where there is one, and ``because`` names
    the circumstance that made the rule apply; the sentence is made from both (see ``messages``).
    """

    severity: Severity
    code: str
    path: str
    expected: str | None = None
    value: Any = None
    row: Parameter | None = None
    because: str = ""

    @property
    def got(self) -> str | None:
        """The value as short JSON text (strings keep their quotes), or None where nothing stands."""
        return None if self.value is None else shorten(self.value)


class FindingKey(NamedTuple):
    """What identifies a finding of an event across judgements: all of it but the value found."""

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


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """``invalid`` with at least one error, else ``warning`` with at least one warning, else ``valid``."""
    verdict: Verdict = "valid"
    for finding in findings:
        if finding.severity == "error":
            return "invalid"
        if finding.severity == "warning":
            verdict = "warning"
    return verdict
