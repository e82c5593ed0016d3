"""Completes a query while it is typed: fields, paths, and the values of one recording."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from events.judging.edition import edition_of
from events.query.fields import CODE_NAMES, FIELDS, STATES, STATES_TO_COME
from events.query.folding import fold
from events.query.parse import parameter_steps
from events.query.patterns import page_path, site_of
from events.query.printing import path_text, value_text
from events.query.tree import Step
from events.query.values import values_at
from events.recordings.filter import EVERYTHING
from events.recordings.shown import ShownEvent
from events.store.payloads import effective_of
from inspector.live.visible_recording import VisibleRecording

MOST: Final = 12
_LOOKED_AT: Final = 500  # of the newest events: what is typed about is what was just seen
_MASKED_LOOKED_AT: Final = 50  # where each event is masked first
_MOST_PATHS: Final = 2_000
_SHORTEST_INSIDE: Final = 2  # characters: a single letter is inside of most words
_LONGEST: Final = 80  # characters of a value that is offered
_WORD: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*(?:"|\Z)|[^\s()"])*\Z', re.DOTALL)
_FIELD: Final = re.compile(rf"({'|'.join(FIELDS)}):")
_OPERATOR: Final = re.compile(r'((?:[^\s"=<>!~]|"[^"]*")+?)(!=|<=|>=|=|<|>|~)')


@dataclass(frozen=True, slots=True)
class Offer:
    """One completion: the ``text`` that replaces the part, and how many events have it, where known."""

    text: str
    count: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """Completions of the query's part from ``start`` to ``end``."""

    start: int
    end: int
    offers: list[Offer]


def complete(visible: VisibleRecording, query: str, at: int) -> Completion:
    """What may be meant by the word of ``query`` before the position ``at``: at most twelve completions."""
    found = _WORD.search(query, 0, at)
    word = found[0] if found else ""
    rest = word.removeprefix("-")
    if begun := _FIELD.match(rest):
        typed, offers = _last_value(rest[begun.end() :]), _of_field(visible, begun[1])
    elif begun := _OPERATOR.match(rest):
        typed, offers = _last_value(rest[begun.end() :]), _of_path(visible, begun[1])
    else:
        typed, offers = rest, _of_word(visible)
    return Completion(at - len(typed), at, _nearest(typed.strip('"'), offers))


def _last_value(values: str) -> str:
    """The last of the values between commas, which are not inside quotes."""
    return re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*\Z)', values)[-1]


def _nearest(typed: str, offers: Iterable[Offer]) -> list[Offer]:
    """Those that begin with what was typed, then those that contain it; each in the order given."""
    wanted = fold(typed)
    texts = [(fold(offer.text.strip('"')), offer) for offer in offers if len(offer.text) <= _LONGEST + 2]
    begin = [offer for text, offer in texts if text.startswith(wanted)]
    inside = [offer for text, offer in texts if wanted in text[1:] and not text.startswith(wanted)]
    if len(wanted) < _SHORTEST_INSIDE:
        inside = []
    return [offer for offer in begin + inside if offer.text.strip('"') != typed][:MOST]


def _of_word(visible: VisibleRecording) -> list[Offer]:
    """Fields with an example, then the paths of parameters."""
    fields = [Offer(f"{spec.name}:", None, spec.example) for spec in FIELDS.values() if spec.there]
    paths = _paths(visible)
    return fields + [Offer(path, count) for path, count in paths.most_common()]


def _of_field(visible: VisibleRecording, name: str) -> list[Offer]:
    spec = FIELDS[name]
    if name == "name":
        totals = {name: sum(each.values()) for name, each in visible.counts().names.items()}
        return _counted(Counter(totals))
    if name == "verdict":
        return [Offer(word, visible.counts().verdicts.get(word, 0)) for word in spec.words]
    if name == "is":
        return [Offer(state, None, words) for state, words in STATES.items() if state not in STATES_TO_COME]
    if spec.words:
        return [Offer(word) for word in spec.words]
    if spec.kind == "path":
        return [Offer(path, count) for path, count in _paths(visible).most_common()]
    events = _newest(visible)
    if name in ("code", "path"):
        facts = (orjson.loads(event.findings) for event in events if event.findings != "[]")
        found = Counter(finding[name] for findings in facts for finding in findings)
        known = [Offer(code) for code in CODE_NAMES if name == "code" and code not in found]
        return [*_counted(found), *known]
    reads: dict[str, Callable[[ShownEvent], str]] = {
        "page": lambda event: page_path(event.page_url),
        "site": lambda event: site_of(event.page_url),
        "source": lambda event: event.source,
        "container": lambda event: event.container,
        "call": lambda event: event.call_site,
    }
    read = reads.get(name)
    return _counted(Counter(text for event in events if (text := read(event)))) if read else []


def _of_path(visible: VisibleRecording, path: str) -> list[Offer]:
    """The values at a path, the commonest first."""
    steps, _ = parameter_steps(path)
    if steps[-1:] == (Step("$type"),):
        return [Offer(word) for word in ("string", "number", "boolean", "array", "object", "null")]
    side = steps[0].name if steps and steps[0].name in ("$called", "$sent") else ""
    found: Counter[str] = Counter()
    quoted: set[str] = set()
    edition = edition_of(visible.recording)
    for event in _newest(visible):
        if side:
            column = event.called if side == "$called" else event.sent
            params = orjson.loads(column) if column else None
        else:
            params = effective_of(event, edition).params
        for value in _plain(values_at(params, steps[1:] if side else steps)):
            text = value if isinstance(value, str) else orjson.dumps(value).decode()
            found[text] += 1
            if isinstance(value, str):
                quoted.add(text)
    return [
        Offer(value_text(text) if text in quoted else text, count)
        for text, count in found.most_common(200)
        if text
    ]


def _plain(values: list[Any]) -> Iterable[Any]:
    waiting = values[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value[:100]
        elif isinstance(value, str | int | float):
            yield value


def _counted(found: Counter[str]) -> list[Offer]:
    return [Offer(value_text(text), count) for text, count in found.most_common()]


def _paths(visible: VisibleRecording) -> Counter[str]:
    """The paths of the parameters of the newest events, without the places in lists, and their events."""
    found: Counter[str] = Counter()
    edition = edition_of(visible.recording)
    for event in _newest(visible):
        if len(found) >= _MOST_PATHS:
            break
        found.update(_paths_of(effective_of(event, edition).params))
    return found


def _paths_of(params: Any) -> set[str]:
    paths: set[str] = set()
    waiting: list[tuple[tuple[Step, ...], Any]] = [((), params)]
    while waiting and len(paths) < _MOST_PATHS:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, Step(str(name))), child) for name, child in value.items()]
        elif isinstance(value, list):
            waiting += [(path, child) for child in value[:20] if isinstance(child, dict | list)]
        if path:
            paths.add(path_text(path))
    return paths


def _newest(visible: VisibleRecording) -> list[ShownEvent]:
    most = _LOOKED_AT if visible.redactor is None else _MASKED_LOOKED_AT
    return visible.before(visible.recording.last_seq + 1, most, EVERYTHING).events
