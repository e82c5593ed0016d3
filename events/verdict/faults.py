"""A fault of a value: what a rule of the values' table says of it, before it is a finding at a path. Pure."""

from typing import Any, NamedTuple

from events.verdict.findings import Finding, Severity


class Fault(NamedTuple):
    """The parts of a finding that follow from the value and the kind of its place; see ``Finding``."""

    severity: Severity
    code: str
    expected: str | None = None
    why: str = ""

    def at(self, path: str, value: Any) -> Finding:
        """The finding about ``value`` at the JSON Pointer ``path``."""
        return Finding(self.severity, self.code, path, self.expected, value, self.why)
