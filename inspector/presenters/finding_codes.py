"""The finding codes with their meanings: the legend of the reference page."""

from typing import Final, NamedTuple

from events.verdict import CODES, Severity
from events.verdict.code_descriptions import MEANINGS

_GRAVITY: Final[tuple[Severity, ...]] = ("error", "warning", "info")


class LegendEntry(NamedTuple):
    """One finding code of the legend."""

    code: str
    severities: list[Severity]
    meaning: str


def legend() -> list[LegendEntry]:
    """Every finding code with the severities that it may have, the gravest first."""
    return [
        LegendEntry(code, [severity for severity in _GRAVITY if severity in severities], MEANINGS[code])
        for code, severities in CODES.items()
    ]
