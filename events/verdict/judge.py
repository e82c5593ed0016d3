"""Judges one event: from its name and parameters to its verdict and findings."""

from typing import Any, NamedTuple

from events.reference import Reference
from events.verdict.compiled_checks import gates
from events.verdict.findings import Finding, Verdict, verdict_of
from events.verdict.spec import Specs, specs


class Judgement(NamedTuple):
    """The verdict on an event and all its findings, in the reference's order."""

    verdict: Verdict
    findings: list[Finding]


def judge(name: Any, params: Any, reference: Reference) -> Judgement:
    """Judge the effective event ``name`` with ``params`` against ``reference``.

    Takes any JSON value for either and never raises: a name that is not a string counts as missing, params
    that are null or absent count as empty, and params that are not an object make the event unreadable.
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
    verdict = verdict_of(finding.severity for finding in findings) if findings else "valid"
    return Judgement(verdict, findings)


def _name_findings(name: Any, prepared: Specs) -> list[Finding]:
    """The finding about a name that is not the name of a standard event."""
    if type(name) is not str or not name.strip():
        shown = name if name is not None else None
        return [Finding("error", "missing_event_name", "/event_name", "the event's name", shown)]
    meant = prepared.near_events.find(name)
    if meant is not None:
        return [Finding("warning", "misspelt_event", "/event_name", meant, name)]
    return [Finding("info", "custom_event", "/event_name", None, name)]
