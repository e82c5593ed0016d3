"""``manage.py check``: every edition of the reference loads and can be judged against."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from events.reference import BrokenReference, editions, load
from events.verdict.gate import gates


@register
def reference_check(**_kwargs: Any) -> list[CheckMessage]:
    """One error (events.E001) for each edition with a broken file."""
    problems: list[CheckMessage] = []
    for edition in editions():
        try:
            gates(load(edition))
        except BrokenReference as broken:
            problems.append(Error(str(broken), hint="Mend the file named above.", id="events.E001"))
    return problems
