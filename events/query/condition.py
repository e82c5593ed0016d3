"""Makes conditions on rows of the table of events from a tree: the twin in SQL of ``predicate``.

Columns with JSON are searched as text, as ``orjson`` writes it: SQL tells which rows cannot match (bounds),
and the predicate decides about the others. For a reader to whom values are masked SQL tells nothing of a
masked value, neither that it matches nor that it does not.
"""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Final

import orjson
from django.db.models import Q

from events.models import PageLoad
from events.query.bounds import (
    UNKNOWN,
    Bounds,
    all_bounds,
    all_of,
    any_bounds,
    any_of,
    as_q,
    at_most,
    exactly,
)
from events.query.checks import parameter_path
from events.query.context import Context
from events.query.expressions import Contains, Glob, any_like
from events.query.fields import OF_FINDINGS, VERDICT_WORDS
from events.query.folding import in_json, like_patterns
from events.query.moments import as_number, moment_of
from events.query.patterns import literal_pointer, literal_tokens
from events.query.predicate import OneFinding, beside, text_matcher
from events.query.texts import FINDINGS, JSON, PLAIN, needle_of
from events.query.tree import ANY_STEP, And, Compare, Field, Group, Node, Not, Number, Or, Step, Text, Value

_MOST_CHOICES: Final = 32  # of severity, code and path together, as one text each
_LARGEST: Final = 2**62


def bounds(node: Node | None, context: Context) -> Bounds:
    """The conditions on rows that enclose the query ``node``; None selects every event."""
    return exactly(True) if node is None else _bounds(node, context)


def _bounds(node: Node | OneFinding, context: Context) -> Bounds:
    match node:
        case And(terms):
            return all_bounds([_bounds(term, context) for term in beside(terms)])
        case Or(terms):
            return any_bounds([_bounds(term, context) for term in terms])
        case Not(term):
            return _bounds(term, context).negated()
        case Group(term):
            return _bounds(term, context)
        case OneFinding(terms):
            return _findings(terms, context)
        case Number(first, last) if first == last:
            return exactly(Q(seq=min(first, _LARGEST)))  # by the index, even beside another range
        case Number(first, last):
            return exactly(Q(seq__gte=min(first, _LARGEST), seq__lte=min(last, _LARGEST)))
        case Text(text):
            return UNKNOWN if context.masked else _text(text, context)
        case Compare():
            return UNKNOWN if context.masked else _compare(node)
        case Field(name) if name in OF_FINDINGS:
            return _findings((node,), context)
        case Field(name, values):
            if context.masked and name in _MASKED:
                return UNKNOWN
            return _FIELDS[name](values, context)


#: The fields that read what may be masked.
_MASKED: Final = frozenset({"site", "container", "call", "page", "has", "automatic"})


def _text(text: str, context: Context) -> Bounds:
    needle = needle_of(text)
    exact = like_patterns(text)[1]
    found = [any_like(column, text)[0] for column in PLAIN]
    found += [any_like(column, form)[0] for column in JSON for form in needle.in_json]
    found += [any_like(FINDINGS, form)[0] for form in needle.in_findings]
    found += _titled(text, context)
    if text.isascii() and text.isdecimal() and 0 < int(text[:19]) < _LARGEST and len(text) < 19:
        found.append(Q(seq=int(text)))
    found += [Q(fired_at__gte=start, fired_at__lt=end) for start, end in context.clock_spans(text)]
    must = any_of(found)
    if needle.missing:
        ending = any_like(FINDINGS, f'{needle.missing}"')[0]
        return Bounds(
            any_of([*found, Q(Contains(FINDINGS, '"code":"missing_')) & ending]),
            must if exact else False,
        )
    return exactly(must) if exact else at_most(must)


def _titled(text: str, context: Context) -> list[Q]:
    """The condition that the page load's title contains the text."""
    ids = context.loads_titled(text)
    if ids is None:
        loads = PageLoad.objects.filter(any_like("title", text)[0], recording=context.recording)
        return [Q(page_load__in=loads.values("pk"))]
    return [Q(page_load__in=ids)] if ids else []


def _findings(terms: Iterable[Field], context: Context) -> Bounds:
    """Bounds of one finding: a finding is stored as ``{"severity":…,"code":…,"path":…``, in this order."""
    choices = {term.name: term.values for term in terms}
    if len(choices) < len(list(terms)):  # two terms on one fact of one finding
        return at_most(all_of([_findings([term], context).may for term in terms]))
    parts = [_facts(name, choices[name]) for name in ("severity", "code", "path") if name in choices]
    if context.masked and "path" in choices:
        parts = [_facts(name, choices[name]) for name in ("severity", "code") if name in choices]
        return at_most(all_of([_one_of(part) for part in parts if part is not None]))
    texts = [part for part in parts if part is not None]
    count = 1
    for part in texts:
        count *= len(part)
    if len(texts) == len(parts) and set(choices) != {"severity", "path"} and count <= _MOST_CHOICES:
        return exactly(_one_of([",".join(facts) for facts in product(*texts)]))
    conditions = [_one_of(part) for part in texts]
    if "path" in choices and len(texts) < len(parts):
        conditions.append(any_of([_steps(value) for value in choices["path"]]))
    return at_most(all_of(conditions))


def _facts(name: str, values: tuple[Value, ...]) -> list[str] | None:
    """The facts as they stand in the column of findings; None where a value is a pattern."""
    if name == "path":
        pointers = [literal_pointer(value) for value in values]
        texts = [pointer for pointer in pointers if pointer is not None]
    else:
        texts = [value.text for value in values if value.quoted or "*" not in value.text]
    if len(texts) < len(values):
        return None
    return [f'"{name}":{orjson.dumps(text).decode()}' for text in texts]


def _one_of(facts: list[str]) -> Q | bool:
    return any_of([Q(Contains(FINDINGS, fact)) for fact in facts])


def _steps(value: Value) -> Q | bool:
    pointer = literal_pointer(value)
    if pointer is not None:
        return Q(Contains(FINDINGS, f'"path":{orjson.dumps(pointer).decode()}'))
    tokens = [token.replace("~", "~0").replace("/", "~1") for token in literal_tokens(value)]
    return all_of([Q(Contains(FINDINGS, f"/{in_json(token)}")) for token in tokens])


def _compare(term: Compare) -> Bounds:
    columns = (term.side,) if term.side else JSON
    key = _key(term.path)
    if key is None:
        return UNKNOWN
    return at_most(any_of([_in_column(column, key, term) for column in columns]))


def _key(path: tuple[Step, ...]) -> str | None:
    """The last property of the path as a key in JSON; None where all steps may be elements of lists."""
    names = [step.name for step in path if not _may_be_index(step)]
    return f"{orjson.dumps(names[-1]).decode()}:" if names else None


def _may_be_index(step: Step) -> bool:
    return step == ANY_STEP or step.name.isdecimal()


def _in_column(column: str, key: str, term: Compare) -> Q | bool:
    """The condition that the column may hold a property ``key`` with a value that the term looks for."""
    last = term.path[-1]
    held = Q(Contains(column, key))
    if term.measure or term.operator not in ("=", "~") or _may_be_index(last):
        return held
    if term.operator == "~":
        parts = [any_like(column, in_json(value.text))[0] for value in term.values]
        return all_of([any_of(parts), held])
    found = [_equal(column, key, value, listed=last.index is not None) for value in term.values]
    return any_of([held if one is True else one for one in found])


def _equal(column: str, key: str, value: Value, *, listed: bool) -> Q | bool:
    """The condition that a value stands right behind the key, or a list, and the value somewhere."""
    if not value.quoted and "*" in value.text:
        parts = [in_json(part) for part in value.text.split("*") if part]
        return Q(Contains(column, key)) & Q(*[Q(Contains(column, part)) for part in parts])
    texts = [orjson.dumps(value.text).decode()]
    if not value.quoted:
        number = as_number(value.text)
        digits = None if number is None else _digits(number)
        if number is not None and digits is None:
            return True
        texts += [digits] if digits else []
        texts += [value.text] if value.text in ("true", "false", "null") else []
    # The value alone first: it is rare as a rule, and each look at a long column costs as much as the first.
    somewhere = any_of([Q(Contains(column, text)) for text in texts])
    begins = [key + "["] if listed else [*(key + text for text in texts), key + "["]
    return all_of([somewhere, any_of([Q(Contains(column, begin)) for begin in begins])])


def _digits(number: float) -> str | None:
    """What each number in JSON begins with that equals ``number``; None where JSON may use an exponent."""
    if number == int(number) and abs(number) < 10**15:
        return None if number == 0 else str(int(number))  # zero is also written as -0.0
    return repr(number) if 1e-3 <= abs(number) < 1e15 else None


def _name(values: tuple[Value, ...], context: Context) -> Bounds:
    matchers = [text_matcher(value) for value in values]
    if context.shown is not None:
        shown = {name: context.shown(name) for name in context.names}
        return exactly(
            _names([name for name in context.names if any(matches(shown[name]) for matches in matchers)])
        )
    exact = [value.text for value in values if value.quoted or "*" not in value.text]
    globs = [value.text for value in values if not value.quoted and "*" in value.text]
    return exactly(any_of([_names(exact), *(Q(Glob("name", pattern)) for pattern in globs)]))


def _names(names: Iterable[str]) -> Q | bool:
    found = list(dict.fromkeys(names))
    return Q(name__in=found) if found else False


def _source(values: tuple[Value, ...], _context: Context) -> Bounds:
    exact = [value.text for value in values if value.quoted or "*" not in value.text]
    globs = [value.text for value in values if not value.quoted and "*" in value.text]
    found: list[Q | bool] = [Q(Glob("source", pattern)) for pattern in globs]
    return exactly(any_of([*found, Q(source__in=exact) if exact else False]))


def _site(values: tuple[Value, ...], _context: Context) -> Bounds:
    return at_most(any_of([_parts("page_url", value) for value in values]))


def _parts(column: str, value: Value) -> Q | bool:
    """The condition that the column contains what stands between the value's ``*``, without case."""
    parts = [value.text] if value.quoted else value.text.split("*")
    return all_of([any_like(column, part)[0] for part in parts if part])


def _page(values: tuple[Value, ...], _context: Context) -> Bounds:
    return any_bounds([_one_page(value) for value in values])


def _one_page(value: Value) -> Bounds:
    if value.text.startswith("/"):
        segments = value.text.split("/")[1:] if not value.quoted else [value.text]
        return at_most(
            all_of([_parts("page_url", Value(segment, value.quoted)) for segment in segments if segment])
        )
    return _one_part("page_url", value) if value.text else exactly(Q(page_url=""))


def _part(column: str) -> Callable[[tuple[Value, ...], Context], Bounds]:
    return lambda values, _context: any_bounds([_one_part(column, value) for value in values])


def _one_part(column: str, value: Value) -> Bounds:
    if not value.quoted and "*" in value.text:
        return at_most(_parts(column, value))
    found, exact = any_like(column, value.text)
    return exactly(found) if exact else at_most(found)


def _verdict(values: tuple[Value, ...], context: Context) -> Bounds:
    found = [word for word in VERDICT_WORDS if any(value.text == word for value in values)]
    if context.muted and context.verdict_condition is not None:
        return exactly(any_of(map(context.verdict_condition, found)))
    return exactly(Q(verdict__in=found))


def _has(values: tuple[Value, ...], _context: Context) -> Bounds:
    keys = [_key(parameter_path(value) or ()) for value in values]
    if None in keys:
        return UNKNOWN
    return at_most(any_of([Q(Contains(column, key)) for key in keys if key for column in JSON]))


def _automatic(_values: tuple[Value, ...], _context: Context) -> Bounds:
    return at_most(_some_automatic())


def _some_automatic() -> Q:
    return ~Q(called="") & (~Q(automatic="") | ~Q(sent="")) | Q(called="", sent="") & ~Q(automatic="")


def _moment(*, after: bool) -> Callable[[tuple[Value, ...], Context], Bounds]:
    def made(values: tuple[Value, ...], context: Context) -> Bounds:
        return exactly(any_of([_one_moment(value, context, after=after) for value in values]))

    return made


def _one_moment(value: Value, context: Context, *, after: bool) -> Q | bool:
    moment = None if value.quoted else moment_of(value.text)
    if moment is None:
        return False
    if isinstance(moment.at, int):
        number = min(moment.at, _LARGEST)
        return Q(seq__gte=number) if after else Q(seq__lt=number)
    instant = context.instant(moment)
    return Q(fired_at__gte=instant) if after else Q(fired_at__lt=instant)


def _load(values: tuple[Value, ...], context: Context) -> Bounds:
    loads = [context.load(int(as_number(value.text) or 0)) for value in values]
    found = [load for load in loads if load]
    return exactly(Q(page_load__in=found) if found else False)


def _states(values: tuple[Value, ...], context: Context) -> Bounds:
    return any_bounds([_state(value.text, context) for value in values])


def _state(state: str, context: Context) -> Bounds:
    standard = list(context.reference.events)
    match state:
        case "unsent":
            return exactly(Q(delivery="unsent"))
        case "wire":
            return exactly(Q(source="page", called="") & ~Q(sent=""))
        case "automatic":
            return UNKNOWN if context.masked else at_most(_some_automatic())
        case "custom" | "standard":
            if context.shown is not None:
                wanted = state == "standard"
                names = [name for name in context.names if (context.shown(name) in standard) is wanted]
                return exactly(_names(names))
            return exactly(Q(name__in=standard) if state == "standard" else ~Q(name__in=standard))
        case "unreadable":
            return exactly(Q(Contains(FINDINGS, '"code":"unreadable"')))
        case "frame":
            loads = PageLoad.objects.filter(recording=context.recording, frame=True)
            return exactly(Q(page_load__in=loads.values("pk")))
        case "across":
            return at_most(Q(Contains(FINDINGS, '"other":')))
        case "muted":
            return at_most(~Q(findings="[]")) if context.muted else exactly(False)
        case _:
            return exactly(False)


def _nothing(_values: tuple[Value, ...], _context: Context) -> Bounds:
    return exactly(False)


_FIELDS: Final[dict[str, Callable[[tuple[Value, ...], Context], Bounds]]] = {
    "name": _name,
    "site": _site,
    "source": _source,
    "container": _part("container"),
    "call": _part("call_site"),
    "connection": _nothing,
    "page": _page,
    "verdict": _verdict,
    "is": _states,
    "has": _has,
    "automatic": _automatic,
    "after": _moment(after=True),
    "before": _moment(after=False),
    "load": _load,
}


def condition(node: Node | None, context: Context) -> Q:
    """The condition that selects every event of the query, and perhaps more; see ``bounds``."""
    return as_q(bounds(node, context).may)
