"""Makes a predicate from a tree: whether an event in memory is one that the query selects.

It is the exact meaning of a query. ``condition`` is its twin in SQL, which selects the same events or, where
SQL cannot tell, more of them; tests hold both equal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Protocol

from events.judging.effective import Effective, effective
from events.query.checks import parameter_path
from events.query.context import Context, within
from events.query.fields import OF_FINDINGS
from events.query.folding import fold, glob
from events.query.moments import Moment, as_number, moment_of
from events.query.patterns import finding_matcher, page_matcher, site_of
from events.query.texts import JSON, PLAIN, folded, needle_of
from events.query.tree import And, Compare, Field, Group, Node, Not, Number, Or, Step, Text, Value
from events.query.values import comparison, is_there
from events.store.payloads import PayloadColumns, payloads_of
from events.verdict import StoredFinding, read_findings
from events.verdict.muting import mutes, shown_of, verdict_of_shown
from events.verdict.pointer import tokens_of


class QueriedLoad(Protocol):
    """What a query reads of a page load."""

    @property
    def pk(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def frame(self) -> bool: ...


class QueriedEvent(PayloadColumns, Protocol):
    """What a query reads of an event: of a row of the table, or of a masked copy of one."""

    @property
    def seq(self) -> int: ...
    @property
    def verdict(self) -> str: ...
    @property
    def findings(self) -> str: ...
    @property
    def delivery(self) -> str: ...
    @property
    def container(self) -> str: ...
    @property
    def page_url(self) -> str: ...
    @property
    def call_site(self) -> str: ...
    @property
    def fired_at(self) -> datetime: ...
    @property
    def page_load(self) -> QueriedLoad | None: ...


class Facts:
    """An event, with what is worked out of its columns once for all terms that need it."""

    def __init__(self, event: QueriedEvent, context: Context) -> None:
        self.event, self._context = event, context

    @cached_property
    def effective(self) -> Effective:
        """The parameters that were judged."""
        return effective(self.event.name, self.given, self._context.reference)

    @cached_property
    def given(self) -> Any:
        """The payloads, parsed."""
        return payloads_of(self.event)

    @cached_property
    def findings(self) -> list[StoredFinding]:
        """The findings, without their sentences."""
        return read_findings(self.event.findings) if self.event.findings != "[]" else []


Predicate = Callable[[Facts], bool]


def predicate(node: Node | None, context: Context) -> Callable[[QueriedEvent], bool]:
    """The query ``node`` as a predicate; None selects every event."""
    if node is None:
        return lambda _event: True
    holds = _compiled(node, context)
    return lambda event: holds(Facts(event, context))


def _compiled(node: "Node | OneFinding", context: Context) -> Predicate:
    match node:
        case And(terms):
            return _all([_compiled(term, context) for term in beside(terms)])
        case Or(terms):
            return _any([_compiled(term, context) for term in terms])
        case Not(term):
            holds = _compiled(term, context)
            return lambda facts: not holds(facts)
        case Group(term):
            return _compiled(term, context)
        case OneFinding(terms):
            return _one_finding(terms)
        case Number(first, last):
            return lambda facts: first <= facts.event.seq <= last
        case Text(text):
            return _text(text, context)
        case Compare():
            return _compare(node)
        case Field(name) if name in OF_FINDINGS:
            return _one_finding((node,))
        case Field(name, values):
            return _any([_FIELDS[name](value, context) for value in values])


@dataclass(frozen=True, slots=True)
class OneFinding:
    """Terms on findings that stand side by side: they speak of one and the same finding."""

    terms: tuple[Field, ...]


def beside(terms: tuple[Node, ...]) -> "list[Node | OneFinding]":
    """The terms of one level, those on findings brought together into one."""
    own = tuple(term for term in terms if isinstance(term, Field) and term.name in OF_FINDINGS)
    if len(own) < 2:
        return list(terms)
    return [term for term in terms if term not in own] + [OneFinding(own)]


def _all(tests: list[Predicate]) -> Predicate:
    return lambda facts: all(test(facts) for test in tests)


def _any(tests: list[Predicate]) -> Predicate:
    return tests[0] if len(tests) == 1 else lambda facts: any(test(facts) for test in tests)


def _one_finding(terms: tuple[Field, ...]) -> Predicate:
    tests = [[_FINDING[term.name](value) for value in term.values] for term in terms]

    def holds(facts: Facts) -> bool:
        return any(
            all(any(test(finding) for test in choice) for choice in tests) for finding in facts.findings
        )

    return holds


def _code(value: Value) -> Callable[[StoredFinding], bool]:
    matches = text_matcher(value)
    return lambda finding: matches(finding["code"])


def _path(value: Value) -> Callable[[StoredFinding], bool]:
    matches = finding_matcher(value)
    return lambda finding: matches(finding["path"])


_FINDING: Final[dict[str, Callable[[Value], Callable[[StoredFinding], bool]]]] = {
    "severity": lambda value: lambda finding: finding["severity"] == value.text,
    "code": _code,
    "path": _path,
}


def _text(text: str, context: Context) -> Predicate:
    needle = needle_of(text)
    plain, in_json, in_findings = fold(text), folded(needle.in_json), folded(needle.in_findings)
    spans = context.clock_spans(text)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    missing = fold(needle.missing)

    def is_missing(finding: StoredFinding) -> bool:
        path = fold(finding["path"])
        return finding["code"].startswith("missing_") and (path == missing or path.endswith(missing))

    def holds(facts: Facts) -> bool:
        event = facts.event
        load = event.page_load
        return (
            any(plain in fold(getattr(event, column)) for column in PLAIN)
            or any(form in fold(getattr(event, column)) for column in JSON for form in in_json)
            or any(form in fold(event.findings) for form in in_findings)
            or (load is not None and plain in fold(load.title))
            or (number > 0 and event.seq == number)
            or within(spans, event.fired_at)
            or (bool(missing) and any(map(is_missing, facts.findings)))
        )

    return holds


def _compare(term: Compare) -> Predicate:
    holds = comparison(term)
    if term.side == "called":
        return lambda facts: bool(facts.event.called) and holds(facts.given.called)
    if term.side == "sent":
        return lambda facts: bool(facts.event.sent) and holds(facts.given.sent)
    return lambda facts: holds(facts.effective.params)


def text_matcher(value: Value) -> Callable[[str], bool]:
    """A test of a text: equal, or by the pattern of a value without quotes."""
    text = value.text
    if value.quoted or "*" not in text:
        return lambda found: found == text
    return lambda found: glob(text, found)


def _name(value: Value, _context: Context) -> Predicate:
    matches = text_matcher(value)
    return lambda facts: matches(facts.event.name)


def _source(value: Value, _context: Context) -> Predicate:
    matches = text_matcher(value)
    return lambda facts: matches(facts.event.source)


def _site(value: Value, _context: Context) -> Predicate:
    matches = text_matcher(Value(value.text.lower(), value.quoted))

    def holds(facts: Facts) -> bool:
        site = site_of(facts.event.page_url)
        return bool(site) and (matches(site) or matches(site.rpartition(":")[0]))

    return holds


def _page(value: Value, context: Context) -> Predicate:
    if value.text.startswith("/"):
        matches = page_matcher(value)
        return lambda facts: matches(facts.event.page_url)
    if not value.text:
        return lambda facts: not facts.event.page_url
    return _part("page_url")(value, context)


def _part(column: str) -> Callable[[Value, Context], Predicate]:
    def made(value: Value, _context: Context) -> Predicate:
        text = fold(value.text)
        if not value.quoted and "*" in text:
            return lambda facts: glob(f"*{text}*", fold(getattr(facts.event, column)))
        return lambda facts: text in fold(getattr(facts.event, column))

    return made


def _verdict(value: Value, context: Context) -> Predicate:
    if not (muted := context.muted):
        return lambda facts: facts.event.verdict == value.text
    return lambda facts: verdict_of_shown(shown_of(facts.findings, muted)) == value.text


def _has(value: Value, _context: Context) -> Predicate:
    path = parameter_path(value) or ()
    return lambda facts: is_there(facts.effective.params, path)


def _automatic(value: Value, _context: Context) -> Predicate:
    path = parameter_path(value) or ()
    return lambda facts: any(_leads_to(path, pointer) for pointer in facts.effective.automatic)


def _leads_to(path: tuple[Step, ...], pointer: str) -> bool:
    """True where the path leads to the automatic parameter, or to an object that holds it."""
    tokens = tokens_of(pointer)
    names = [step.name for step in path]
    return tokens[: len(names)] == names


def _moment(*, after: bool) -> Callable[[Value, Context], Predicate]:
    def made(value: Value, context: Context) -> Predicate:
        moment: Moment | None = None if value.quoted else moment_of(value.text)
        if moment is None:  # a marker: there are none yet
            return lambda _facts: False
        if isinstance(moment.at, int):
            number = moment.at
            return lambda facts: (facts.event.seq >= number) is after
        instant = context.instant(moment)
        return lambda facts: (facts.event.fired_at >= instant) is after

    return made


def _load(value: Value, context: Context) -> Predicate:
    load = context.load(int(as_number(value.text) or 0))
    return lambda facts: facts.event.page_load is not None and facts.event.page_load.pk == load


def _state(value: Value, context: Context) -> Predicate:
    standard = context.reference.events
    match value.text:
        case "unsent":
            return lambda facts: facts.event.delivery == "unsent"
        case "wire":
            return lambda facts: is_wire_only(facts.event)
        case "automatic":
            return lambda facts: bool(facts.effective.automatic)
        case "custom":
            return lambda facts: facts.event.name not in standard
        case "standard":
            return lambda facts: facts.event.name in standard
        case "unreadable":
            return lambda facts: any(finding["code"] == "unreadable" for finding in facts.findings)
        case "frame":
            return lambda facts: facts.event.page_load is not None and facts.event.page_load.frame
        case "across":
            return lambda facts: any("other" in finding for finding in facts.findings)
        case "muted":
            muted = context.muted
            return lambda facts: any(mutes(muted, finding["code"]) for finding in facts.findings)
        case _:  # notes: nothing has one yet
            return lambda _facts: False


def is_wire_only(event: QueriedEvent) -> bool:
    """True for an event of the page-side script whose request was seen, and no call."""
    return event.source == "page" and not event.called and bool(event.sent)


def _nothing(_value: Value, _context: Context) -> Predicate:
    return lambda _facts: False


_FIELDS: Final[dict[str, Callable[[Value, Context], Predicate]]] = {
    "name": _name,
    "site": _site,
    "source": _source,
    "container": _part("container"),
    "call": _part("call_site"),
    "connection": _nothing,
    "page": _page,
    "verdict": _verdict,
    "is": _state,
    "has": _has,
    "automatic": _automatic,
    "after": _moment(after=True),
    "before": _moment(after=False),
    "load": _load,
}
