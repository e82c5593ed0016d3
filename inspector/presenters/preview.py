"""Events that are shown with their verdicts without being stored."""

from dataclasses import dataclass
from typing import Any

from events.judging.draft import draft
from events.judging.effective import Payloads, effective
from events.judging.event_limits import limits
from events.reference import Reference
from events.wire import Incoming
from inspector.presenters.parameter_table import ParameterTable, parameter_table


@dataclass(frozen=True, slots=True)
class Judged:
    """One event with its parameter table. ``place`` is where in the text it stood, "" where nobody knows."""

    name: str
    verdict: str
    errors: int
    warnings: int
    place: str
    table: ParameterTable


def judged(incoming: Incoming, edition: Reference) -> Judged:
    """The event as it would be stored in a recording of ``edition``, and shown."""
    found = draft(incoming, edition, limits())
    given = Payloads(incoming.called, incoming.sent, incoming.automatic, incoming.permanent)
    table = parameter_table(found.name, effective(incoming.name, given, edition), found.findings, edition)
    return Judged(
        found.name,
        found.verdict,
        _count(found.findings, "error"),
        _count(found.findings, "warning"),
        found.call_site,
        table,
    )


def _count(findings: list[dict[str, Any]], severity: str) -> int:
    return sum(finding["severity"] == severity for finding in findings)
