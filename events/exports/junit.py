"""Writes JUnit XML for pipelines: a suite for each page load of the timeline, a case for each event.

A page load whose events alternate with those of another has a suite for each run of consecutive events.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from events.exports.scope import Scope
from events.models import Event, PageLoad
from events.recordings.public_event import PublicEvent
from events.verdict import PublicFinding

#: The characters that XML 1.0 does not permit, not even as references.
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(scope: Scope) -> Iterator[bytes]:
    """The file, a slice at a time. Raises RecordingGone."""
    name, totals = _quoted(scope.text(scope.shown.name)), _totals(scope, scope.verdicts())
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={name} {totals}>\n'.encode()
    if sentence := scope.muted_words():
        yield f"  <!-- {sentence} -->\n".encode()
    suites = _Suites(scope)
    for events in scope.slices():
        yield "".join(suites.write(events)).encode()
    yield f"{suites.end()}</testsuites>\n".encode()


class _Suites:
    """Writes the suites of consecutive slices; holds only the page load of the open suite."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.open = False
        self.page_load: int | None = None

    def write(self, events: list[Event]) -> Iterator[str]:
        """The XML of a slice: its cases, and the ends and beginnings of suites between them."""
        runs = [(key, list(run)) for key, run in groupby(events, lambda event: event.page_load_id)]
        for number, (page_load, run) in enumerate(runs):
            if not self.open or page_load != self.page_load:
                yield self.end()
                last = number == len(runs) - 1  # the run may continue in the next slice
                counts = self.scope.run_verdicts(run[0]) if last else Counter(one.verdict for one in run)
                yield self._begin(run[0].page_load, run[0], counts)
                self.open, self.page_load = True, page_load
            for event in run:
                yield _case(self.scope, self.scope.public(event))

    def end(self) -> str:
        """The end tag of the open suite; "" where no suite is open."""
        return "  </testsuite>\n" if self.open else ""

    def _begin(self, page_load: PageLoad | None, first: Event, counts: Mapping[str, int]) -> str:
        name = self.scope.text(page_load.url or page_load.title) if page_load else "Over HTTP"
        started = page_load.started_at if page_load else first.fired_at
        return (
            f'  <testsuite name={_quoted(name or "(no address)")} {_totals(self.scope, counts)} skipped="0"'
            f' timestamp="{started:%Y-%m-%dT%H:%M:%S}" hostname="localhost">\n'
        )


def _totals(scope: Scope, counts: Mapping[str, int]) -> str:
    failures = sum(counts.get(verdict, 0) for verdict in scope.failing)
    return f'tests="{sum(counts.values())}" failures="{failures}" errors="0" time="0"'


def _case(scope: Scope, event: PublicEvent) -> str:
    name = f"#{event['seq']} {event['event_name'] or '(no name)'}"
    opening = f"    <testcase name={_quoted(name)} classname={_quoted(event['event_name'] or '(no name)')}"
    inside = "".join(_inside(scope, event))
    return f'{opening} time="0">\n{inside}    </testcase>\n' if inside else f'{opening} time="0"/>\n'


def _inside(scope: Scope, event: PublicEvent) -> Iterator[str]:
    by_severity: dict[str, list[PublicFinding]] = {"error": [], "warning": [], "info": []}
    for finding in event["findings"]:
        by_severity[finding["severity"]].append(finding)
    if event["verdict"] in scope.failing:
        grave = by_severity["error"] or by_severity["warning"]
        count = f"{len(grave)} {grave[0]['severity']}{'' if len(grave) == 1 else 's'}" if grave else "invalid"
        details = _lines([*by_severity["error"], *by_severity["warning"]])
        yield f'      <failure message={_quoted(count)} type="{event["verdict"]}">{details}</failure>\n'
        aside = by_severity["info"]
    else:
        aside = [*by_severity["warning"], *by_severity["info"]]
    lines = [_lines(aside)] if aside else []
    if event["muted"]:
        lines.append(f"{event['muted']} finding{'' if event['muted'] == 1 else 's'} muted")
    if lines:
        said = "\n".join(lines)
        yield f"      <system-out>{said}</system-out>\n"


def _lines(findings: list[PublicFinding]) -> str:
    return "\n".join(
        _text(f"{one['severity']} {one['code']} at {one['path'] or '/'}: {one['message']}")
        for one in findings
    )


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))


def _quoted(text: str) -> str:
    return quoteattr(_ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))
