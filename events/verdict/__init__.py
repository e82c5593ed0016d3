"""Pure judgement: an event's name and parameters against the reference. No Django, no I/O."""

from events.verdict.findings import CODES, Finding, Severity, Verdict, verdict_of
from events.verdict.judge import Judgement, judge
from events.verdict.messages import as_dict

__all__ = ["CODES", "Finding", "Judgement", "Severity", "Verdict", "as_dict", "judge", "verdict_of"]
