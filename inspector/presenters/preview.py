"""Events that are shown with their verdicts without being stored."""

from dataclasses import dataclass

from events import reference
from events.judging.draft import draft
from events.judging.effective import Payloads, effective
from events.judging.event_limits import limits
from events.verdict import PublicFinding, public_findings
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


def judged(incoming: Incoming) -> Judged:
    """The event as it would be stored and shown."""
    edition = reference.load()
    found = draft(incoming, edition, limits())
    given = Payloads(incoming.called, incoming.sent, incoming.automatic, incoming.permanent)
    findings = public_findings(found.findings, found.name, edition)
    table = parameter_table(found.name, effective(incoming.name, given, edition), findings, edition)
    return Judged(
        found.name,
        found.verdict,
        _count(findings, "error"),
        _count(findings, "warning"),
        found.call_site,
        table,
    )


def _count(findings: list[PublicFinding], severity: str) -> int:
    return sum(finding["severity"] == severity for finding in findings)
