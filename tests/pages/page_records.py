"""What one run of a page left behind, and how two of them differ."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any, Final

from tests.pages.page_cases import PageCase
from tests.pages.page_hosts import Received

#: Headers of the vendor's requests that say how the page sent them.
_HEADERS: Final = ("Content-Type", "Origin", "Referer", "Cookie", "Sec-Fetch-Mode", "Sec-Fetch-Dest")
#: What differs in each run: times and random identifiers. The container's are equally long in each run.
_VARYING: Final = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"), "{time}"),
    (re.compile(r"\b\d{13,}\b"), "{number}"),
    (re.compile(r"\b(_reactListening|__react\w+\$)\w+"), r"\1{random}"),
    (re.compile(r"\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b"), "{uuid}"),
)


_LONGEST: Final = 700  # characters of a line that a difference shows


@dataclass
class Record:
    """One run: what collector and inspector received, what the browser said, what the page noted."""

    received: list[Received] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    ours: list[str] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    observed: list[dict[str, Any]] = field(default_factory=list)
    """Each frame's record before each step that leaves a page, and at the end."""
    events: list[dict[str, Any]] = field(default_factory=list)


def plain(text: str, run_key: str) -> str:
    """``text`` without what differs in each run: its host name, times, random identifiers."""
    text = text.replace(run_key, "{run}")
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text


def request_text(received: Received) -> str:
    """A request as the collector received it; bytes that are no text stay readable."""
    headers = "".join(
        f"\n  {name}: {received.headers[name]}" for name in _HEADERS if name in received.headers
    )
    body = received.body.decode("utf-8", "backslashreplace")
    return plain(f"{received.method} {received.path}{headers}\n  {body}", received.run)


def differences(case: PageCase, without: Record, with_us: Record) -> list[str]:
    """Lines that say what differs, in the sections of the record; empty where the page was left as it was."""
    found: list[str] = []

    def compare(section: str, one: Iterable[str], other: Iterable[str]) -> None:
        lines = list(unified_diff(list(one), list(other), "without us", "with us", lineterm="", n=0))
        if lines:
            found.append(f"== {section}")
            found.extend(f"   {_short(line)}" for line in lines[2:] if not line.startswith("@@"))

    def bodies(record: Record) -> list[str]:
        lines = sorted(map(request_text, record.received))
        return [line for text in lines for line in text.split("\n")]

    compare("what the collector received", bodies(without), bodies(with_us))
    if case.ordered:
        compare("the order of the requests", without.issued, with_us.issued)
    compare("console", without.console, with_us.console)
    compare("uncaught errors", without.thrown, with_us.thrown)
    for number in range(max(len(without.observed), len(with_us.observed))):
        one, other = (_nth(each.observed, number) for each in (without, with_us))
        place = f"document {number + 1}, {one.get('at') or other.get('at')}"
        compare(f"{place}: noted", one.get("log", []), other.get("log", []))
        compare(f"{place}: how often", *_counts(case, one, other))
        for holder in ("window", "document", "navigator"):
            names = [each.get("names", {}).get(holder, []) for each in (one, other)]
            compare(f"{place}: names of {holder}", *names)
        compare(f"{place}: elements", [str(one.get("elements"))], [str(other.get("elements"))])
        if case.timers:
            compare(f"{place}: number of the next timer", [str(one.get("timer"))], [str(other.get("timer"))])
    return found


def _short(line: str) -> str:
    return line if len(line) < _LONGEST else f"{line[:_LONGEST]}… ({len(line)} characters)"


def _nth(observed: list[dict[str, Any]], number: int) -> dict[str, Any]:
    return observed[number] if number < len(observed) else {}


def _counts(case: PageCase, one: dict[str, Any], other: dict[str, Any]) -> tuple[list[str], list[str]]:
    """How often each trap and getter ran, without the traps that may run more often and did."""
    counts, ours = one.get("counts", {}), other.get("counts", {})
    free = re.compile(rf"\.({'|'.join(case.more)})\b") if case.more else re.compile(r"(?!)")
    names = [
        name
        for name in sorted(counts | ours)
        if not (free.search(name) and ours.get(name, 0) >= counts.get(name, 0))
    ]
    return [f"{name}: {counts.get(name, 0)}" for name in names], [
        f"{name}: {ours.get(name, 0)}" for name in names
    ]


def event_differences(case: PageCase, events: list[dict[str, Any]]) -> list[str]:
    """Lines that say where the inspector's events are not the expected ones."""
    if case.events is None:
        return []
    wanted = list(case.events)
    if not case.ordered:
        wanted, events = (sorted(each, key=lambda event: str(event.get("name"))) for each in (wanted, events))
    names = [[event.get("name") for event in each] for each in (wanted, events)]
    if len(wanted) != len(events):
        return ["== the inspector's events", f"   expected {names[0]}", f"   received {names[1]}"]
    return [
        f"== the inspector's event {number}, {expected.get('name')}: {key}\n"
        f"   expected {value!r}\n   received {event.get(key)!r}"
        for number, (expected, event) in enumerate(zip(wanted, events, strict=True), 1)
        for key, value in expected.items()
        if event.get(key) != value
    ]


def unexpected_lines(case: PageCase, lines: list[str]) -> list[str]:
    """Lines that say which console messages of ours no pattern allows, and which pattern none met."""
    allowed = (*case.says, *case.may_say)
    odd = [line for line in lines if not any(re.search(pattern, line) for pattern in allowed)]
    missing = [pattern for pattern in case.says if not any(re.search(pattern, line) for line in lines)]
    return [f"== our script said\n   {line}" for line in odd] + [
        f"== our script did not say\n   {pattern}" for pattern in missing
    ]
