"""One event in, its verdict and findings out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from events.reference import Reference
from events.verdict.findings import Finding, Verdict, verdict_of
from events.verdict.gate import gates
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
    prepared = specs(reference)
    findings = _name_findings(name, prepared)
    if params is None:
        params = {}
    if isinstance(params, Mapping):
        look = gates(reference).get(name) if type(name) is str else None
        (look or gates(reference)[None])(params, "", findings)
    else:
        findings.append(Finding("error", "unreadable", "", "an object with the parameters", params))
    return Judgement(verdict_of(findings), findings)


def _name_findings(name: Any, prepared: Specs) -> list[Finding]:
    if type(name) is not str or not name.strip():
        shown = name if name is not None else None
        return [Finding("error", "missing_event_name", "/event_name", "the event's name", shown)]
    if name in prepared.events:
        return []
    meant = prepared.near_events.find(name)
    if meant is not None:
        return [Finding("warning", "misspelt_event", "/event_name", meant, name)]
    return [Finding("info", "custom_event", "/event_name", None, name)]
