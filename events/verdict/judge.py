"""Judges one event: from its name and parameters to its verdict and findings."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from events.reference import Reference
from events.verdict.compiled_checks import gates
from events.verdict.findings import Finding, Verdict, verdict_of
from events.verdict.formats import FUTURE
from events.verdict.placeholders import placeholder_fault
from events.verdict.places import TEXT
from events.verdict.spec import Specs, specs


class Judgement(NamedTuple):
    """The verdict on an event and all its findings, in the reference's order."""

    verdict: Verdict
    findings: list[Finding]


def judge(name: Any, params: Any, reference: Reference, on: date | None = None) -> Judgement:
    """Judge the effective event ``name`` with ``params`` against ``reference``.

    Takes any JSON value for either and never raises: a name that is not a string counts as missing, params
    that are null or absent count as empty, and params that are not an object make the event unreadable.
    ``on`` is the day on which the event came, by UTC, which tells what is in the future: today if None.
    """
    checks = gates(reference)
    check = checks.get(name) if type(name) is str else None
    findings = [] if check else _name_findings(name, specs(reference))
    if params is None:
        params = {}
    if isinstance(params, dict):
        (check or checks[None])(params, findings)
    else:
        expected = "an object with the parameters"
        findings.append(Finding("error", "unreadable", "", expected, params, "no_object"))
    if FUTURE in [finding.why for finding in findings]:
        findings = _without_past(findings, on or datetime.now(UTC).date())
    verdict = verdict_of(finding.severity for finding in findings) if findings else "valid"
    return Judgement(verdict, findings)


def _without_past(findings: list[Finding], on: date) -> list[Finding]:
    """The findings without those about a date in the future that was past on the day ``on``.

    The next day counts as past: it has begun somewhere.
    """
    latest = (on + timedelta(days=1)).isoformat()
    return [finding for finding in findings if finding.why != FUTURE or str(finding.value) > latest]


def _name_findings(name: Any, prepared: Specs) -> list[Finding]:
    """The findings about a name that is not the name of a standard event."""
    if type(name) is not str or not name.strip():
        shown = name if name is not None else None
        return [Finding("error", "missing_event_name", "/event_name", "the event's name", shown)]
    meant = prepared.near_events.find(name)
    if meant is not None:
        found = Finding("warning", "misspelt_event", "/event_name", meant, name)
    else:
        found = Finding("info", "custom_event", "/event_name", None, name)
    placeholder = placeholder_fault(name, TEXT)
    return [found] if placeholder is None else [found, placeholder.at("/event_name", name)]
