"""One event in, its verdict and findings out."""

from typing import Any, NamedTuple

from events.reference import Reference
from events.verdict.compiled_checks import gates
from events.verdict.findings import Finding, Verdict, verdict_of
from events.verdict.spec import Specs, specs


class Judgement(NamedTuple):
    """The verdict and all findings, in the reference's order."""

    verdict: Verdict
    findings: list[Finding]


def judge(name: Any, params: Any, reference: Reference) -> Judgement:
    """Judge the effective event ``name`` with ``params`` against ``reference``.

    Takes any JSON value for either and never raises: a name that is no string is a missing one, params
    that are null or left out are empty, and params that are no object make the event unreadable.
    """
    looks = gates(reference)
    look = looks.get(name) if type(name) is str else None
    findings = [] if look else _name_findings(name, specs(reference))
    if params is None:
        params = {}
    if isinstance(params, dict):
        (look or looks[None])(params, findings)
    else:
        expected = "an object with the parameters"
        findings.append(Finding("error", "unreadable", "", expected, params, "no_object"))
    verdict = verdict_of(finding.severity for finding in findings) if findings else "valid"
    return Judgement(verdict, findings)


def _name_findings(name: Any, prepared: Specs) -> list[Finding]:
    """What there is to say about a name that is not a standard event's."""
    if type(name) is not str or not name.strip():
        shown = name if name is not None else None
        return [Finding("error", "missing_event_name", "/event_name", "the event's name", shown)]
    meant = prepared.near_events.find(name)
    if meant is not None:
        return [Finding("warning", "misspelt_event", "/event_name", meant, name)]
    return [Finding("info", "custom_event", "/event_name", None, name)]
