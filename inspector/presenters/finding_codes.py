"""The finding codes with their meanings: the legend of the reference page."""

from typing import Final, NamedTuple

from events.verdict import CODES, Severity
from events.verdict.code_descriptions import MEANINGS
from events.verdict.groups import Group, group_of

_GRAVITY: Final[tuple[Severity, ...]] = ("error", "warning", "info")

#: What the findings of each group are about.
WORDS: Final[dict[Group, str]] = {
    "required": "Something that must or should be there is not, or nothing was sent at all.",
    "format": "A name, place, type or notation that the reference does not give.",
    "values": "A value that can be read, and is hardly what the page meant.",
    "across": "The event does not fit the recording's other events.",
}


class LegendEntry(NamedTuple):
    """One finding code of the legend."""

    code: str
    severities: list[Severity]
    meaning: str
    group: Group


def legend() -> list[LegendEntry]:
    """Every finding code with the severities that it may have, the gravest first."""
    return [
        LegendEntry(
            code,
            [severity for severity in _GRAVITY if severity in severities],
            MEANINGS[code],
            group_of(code),
        )
        for code, severities in CODES.items()
    ]


def groups_with_codes() -> list[tuple[Group, str, list[str]]]:
    """Each group of findings with what its findings are about, and its codes."""
    return [
        (group, words, [code for code in CODES if group_of(code) == group]) for group, words in WORDS.items()
    ]
