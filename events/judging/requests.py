"""Adjusts the findings about an event of which only the request was seen, not the page's call. Pure.

The client fills some parameters in by itself, among them deprecated ones, which nobody can then avoid. And a
request needs an id of its own, which no call of a page has: the client adds it.
"""

from typing import Final

from events.reference import Reference
from events.verdict import Finding, StoredFinding

#: The codes of findings that only a call can have.
_OF_CALLS: Final = frozenset({"deprecated_property"})
_WHY: Final = "request"


def of_request(findings: list[Finding]) -> list[Finding]:
    """The findings without those that only a call can have."""
    return [finding for finding in findings if finding.code not in _OF_CALLS]


def missing_id(reference: Reference) -> list[Finding]:
    """The finding about a request without an id, where the edition asks for one."""
    if not reference.request_id:
        return []
    path = "/" + reference.request_id.replace(".", "/")
    return [Finding("info", "missing_recommended", path, "string", why=_WHY)]


def missing_id_as_before(previous: list[StoredFinding], reference: Reference) -> list[Finding]:
    """``missing_id`` where ``previous`` has it: a stored event does not tell where its id came from."""
    return missing_id(reference) if any(finding.get("why") == _WHY for finding in previous) else []
