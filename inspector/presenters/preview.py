"""Judges pasted events for display, without storing them."""

from dataclasses import dataclass

from events.judging.draft import draft
from events.judging.event_limits import limits
from events.reference import Reference
from events.store.payloads import effective_of
from events.verdict import PublicFinding, public_findings
from events.verdict.unknown import NAME
from events.wire import Incoming
from inspector.presenters.parameter_table import ParameterTable, parameter_table


@dataclass(frozen=True, slots=True)
class JudgedPreview:
    """One judged event with its parameter table. ``place`` is its line in the pasted text, "" if unknown."""

    name: str
    verdict: str
    errors: int
    warnings: int
    place: str
    table: ParameterTable


def judged(incoming: Incoming, edition: Reference) -> JudgedPreview:
    """The event as a recording of ``edition`` would store it, and as its page would show it."""
    found = draft(incoming, edition, limits())
    findings = public_findings(found.findings, found.name, edition)
    table = parameter_table(found.name, effective_of(found, edition), findings, edition)
    return JudgedPreview(
        found.name or ("(unknown name)" if NAME in incoming.unknown else "(no name)"),
        found.verdict,
        _count(findings, "error"),
        _count(findings, "warning"),
        found.call_site,
        table,
    )


def _count(findings: list[PublicFinding], severity: str) -> int:
    return sum(finding["severity"] == severity for finding in findings)
