"""Judges an event's name and parameters against the reference. Pure: no Django, no I/O."""

from events.verdict.findings import (
    CODES,
    Finding,
    PublicFinding,
    Severity,
    StoredFinding,
    Verdict,
    verdict_of,
)
from events.verdict.judge import Judgement, judge
from events.verdict.messages import public_finding, public_findings
from events.verdict.stored_findings import read_findings, write_findings

__all__ = [
    "CODES",
    "Finding",
    "Judgement",
    "PublicFinding",
    "Severity",
    "StoredFinding",
    "Verdict",
    "judge",
    "public_finding",
    "public_findings",
    "read_findings",
    "verdict_of",
    "write_findings",
]
