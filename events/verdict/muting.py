"""Decides which findings and verdicts are shown where groups of findings are muted. Pure.

Muting is a matter of reading: what is stored stays complete. ``muted`` is a bitmask: bit 0 for the first of
``GROUPS``, and so on. Each page, export, comparison and API answer decides by the functions of this module;
the database and the page in an exported file have twins of ``verdict_under`` (``events.recordings.muting``,
``static/export/data.js``).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from events.verdict.findings import Verdict, verdict_of
from events.verdict.groups import GROUPS, Group, group_of

#: The option ``--mute`` of commands, in words.
MUTE_HELP: Final = (
    f"mute these groups of findings ({', '.join(GROUPS)}) in place of those that are switched off for the "
    "recording; no: none"
)

#: A finding in its stored or public form.
Found = TypeVar("Found", bound=Mapping[str, Any])

#: The bit of each group in a bitmask of muted groups.
BIT_OF: Final = {group: 1 << place for place, group in enumerate(GROUPS)}

ALL_MUTED: Final = sum(BIT_OF.values())


def muted_bits(groups: Iterable[str]) -> int:
    """The bitmask of ``groups``; names that are no group are skipped: a newer version may have more."""
    return sum(BIT_OF[group] for group in GROUPS if group in set(groups))


def read_muted(text: str) -> int:
    """The bitmask of the groups in a text, separated by commas; ``no``: none. Raises ValueError."""
    groups = {group.strip() for group in text.split(",")} - {"", "no"}
    if unknown := groups.difference(GROUPS):
        raise ValueError(f"{min(unknown)} is no group of findings: there is {', '.join(GROUPS)}, or no.")
    return muted_bits(groups)


def groups_in(muted: int) -> list[Group]:
    """The groups in the bitmask ``muted``, in the order of ``GROUPS``."""
    return [group for group, bit in BIT_OF.items() if muted & bit]


def mutes(muted: int, code: str) -> bool:
    """True where a finding with ``code`` is not shown."""
    return bool(muted & BIT_OF[group_of(code)])


def divide(findings: Sequence[Found], muted: int) -> tuple[list[Found], list[Found]]:
    """The findings that are shown, and those that are muted; both in their order."""
    if not muted:
        return list(findings), []
    shown: list[Found] = []
    hidden: list[Found] = []
    for finding in findings:
        (hidden if mutes(muted, finding["code"]) else shown).append(finding)
    return shown, hidden


def shown_of(findings: Sequence[Found], muted: int) -> list[Found]:
    """The findings that are shown, in their order."""
    return divide(findings, muted)[0]


def verdict_of_shown(findings: Sequence[Mapping[str, Any]]) -> Verdict:
    """The verdict that follows from ``findings``, those that are shown."""
    return verdict_of(finding["severity"] for finding in findings)


def verdict_under(gravest: int, muted: int) -> Verdict:
    """The verdict of an event with ``Event.gravest``, which must have been computed."""
    return _VERDICTS[muted][gravest]


def _verdict(gravest: int, muted: int) -> Verdict:
    severities = [gravest >> 2 * place & 3 for place in range(len(GROUPS)) if not muted >> place & 1]
    most = max(severities, default=0)
    return "invalid" if most == 3 else "warning" if most == 2 else "valid"


_VERDICTS: Final = [
    [_verdict(gravest, muted) for gravest in range(1 << 2 * len(GROUPS))] for muted in range(ALL_MUTED + 1)
]
