"""The quick way through an event: Python source made from the reference, compiled once per edition.

A gate looks at each parameter with one or two cheap conditions that a right value passes. The commonest
faults it tells itself; for what else does not pass it calls ``walk.row_findings`` (the definition). So a gate
may look twice at something that turns out to be fine, but must never let through what the walk would report:
a property-based test holds the two equal on any JSON. Why generated source, with the objects inside an event
in line: it judges a typical purchase in a quarter of the time that closures need, and nothing but names and
constants of our own reference goes into it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from events.reference import Reference
from events.verdict import relations
from events.verdict.common_faults import Fault, fault_of
from events.verdict.findings import Finding
from events.verdict.formats import CHECKS, LONGEST_REPEATED, PASSES, REPEATED
from events.verdict.interpreted import row_findings
from events.verdict.rules import PLACEHOLDERS
from events.verdict.spec import ObjectSpec, Row, specs
from events.verdict.unlisted import extras

#: (the event's parameters, the list that findings are appended to)
Gate = Callable[[Mapping[str, Any], list[Finding]], None]

#: Members of a numbered family that are looked at in the gate itself (category_2 … category_5).
_QUICK_NUMBERS: Final = range(2, 6)
#: ``__class__`` because it needs no call; the last part is false for NaN and the infinities.
_NUMBER: Final = "v.__class__ is float and v - v == 0.0 or v.__class__ is int"
_TEXT: Final = "{0}.__class__ is str and {0} not in SUSPECT"
_FINE_AMOUNTS: Final = "v >= r and (s is None or t is None or -0.01 <= r + s + t - v <= 0.01)"


@cache
def gates(reference: Reference) -> dict[str | None, Gate]:
    """The gate of every standard event by name; under None the one for every other event."""
    prepared = specs(reference)
    made: dict[str | None, Gate] = {
        name: _CheckCompiler(spec, reference).gate() for name, spec in prepared.events.items()
    }
    made[None] = _CheckCompiler(prepared.custom, reference).gate()
    return made


class _CheckCompiler:
    """Makes the gate of one event, and keeps the constants that its source refers to.

    In the source, ``o0`` is the event, ``o1`` an object in it and so on; ``get0`` looks into ``o0``, and
    ``left0`` counts its properties that no row has looked at yet. A path is written with ``{i}`` where the
    number of an item stands.
    """

    def __init__(self, spec: ObjectSpec, reference: Reference) -> None:
        self._spec = spec
        self._currency = reference.currencies.event
        self._priced_in = "/{i}/" + "/".join(reference.currencies.item)
        self._names: dict[str, Any] = {
            "explain": row_findings,
            "extras": extras,
            "amounts": relations.amounts,
            "too_many": relations.too_many_items,
            "mixed": relations.mixed_currencies,
            "SUSPECT": PLACEHOLDERS | {""},
            "Finding": Finding,
            "new": tuple.__new__,
        }

    def gate(self) -> Gate:
        """The compiled gate."""
        scope = self._names
        exec(compile(self.source(), f"<gate of {self._spec.name}>", "exec"), scope)  # noqa: S102  # made here, from our reference
        made: Gate = scope["gate"]
        return made

    def source(self) -> str:
        """The gate as Python."""
        return "\n".join(["def gate(o0, out):", *_indented(self._object(self._spec, 0, ""))])

    def _object(self, spec: ObjectSpec, depth: int, path: str) -> Iterator[str]:
        """Look into ``o<depth>``."""
        rows = [row for row in spec.rows if row.parameter.type is not None]
        always = sum(row.parameter.is_required for row in rows)
        yield f"get{depth} = o{depth}.get"
        yield f"left{depth} = len(o{depth}) - {always}"
        for row in rows:
            yield from self._row(row, depth, f"{path}/{row.parameter.name}")
        yield from self._rest(spec, depth, path)

    def _row(self, row: Row, depth: int, path: str) -> Iterator[str]:
        yield f"v = get{depth}({row.parameter.name!r})"
        if path.endswith(self._priced_in):
            yield "currency = v"
        yield "if v is None:"
        if row.parameter.is_required:
            yield f" left{depth} += 1"
        yield from _indented(self._absent(row, depth, path))
        yield "else:"
        if not row.parameter.is_required:
            yield f" left{depth} -= 1"
        yield from _indented(self._present(row, depth, path))

    def _absent(self, row: Row, depth: int, path: str) -> Iterator[str]:
        parameter = row.parameter
        depends = parameter.required_with or parameter.satisfied_by
        if parameter.is_required or (parameter.recommended and not depends):
            yield self._told(next(iter(row_findings(row, None, {}, path))))
        elif parameter.recommended:
            yield self._explain(row, depth, path)
        elif parameter.required_with:
            asked = (f"get{depth}({name!r}) is not None" for name in parameter.required_with)
            yield f"if {' or '.join(asked)}:"
            yield " " + self._explain(row, depth, path)
        else:
            yield "pass"

    def _present(self, row: Row, depth: int, path: str) -> Iterator[str]:
        explain = self._explain(row, depth, path)
        if row.parameter.type == "Item[]":
            yield from self._items(row, depth, path, explain)
            return
        if row.nested is not None:
            yield "if v.__class__ is dict:"
            yield f" o{depth + 1} = v"
            yield from _indented(self._object(row.nested, depth + 1, path))
            yield f"else: {explain}"
            return
        if row.parameter.type in ("array", "string[]"):
            yield from self._elements(row, path, explain)
            return
        yield f"if {self._fine(row)}:"
        yield from _indented(self._amounts(row, depth, path) if row.amounts else iter(["pass"]))
        yield from self._doubted(row, path, explain)

    def _fine(self, row: Row) -> str:
        """A condition that only values pass which deserve no finding."""
        if row.parameter.type == "number":
            return _NUMBER
        form = row.parameter.format
        if row.enumeration is not None:
            return f"v.__class__ is str and v in {self._keep(frozenset(row.enumeration.values))}"
        if form in PASSES:
            passes = self._keep(PASSES[form])
            if form in REPEATED:
                passes = f"({self._keep(REPEATED[form])} if len(v) < {LONGEST_REPEATED} else {passes})"
            return f"v.__class__ is str and {passes}(v)"
        if form is not None:
            return f"{_TEXT.format('v')} and {self._keep(CHECKS[form])}(v) is None"
        return _TEXT.format("v")

    def _doubted(self, row: Row, path: str, explain: str) -> Iterator[str]:
        """What becomes of a value that is not fine for certain."""
        fault = fault_of(row)
        if fault is not None:
            yield f"elif {_TEXT.format('v')}: {self._fault(fault, path)}"
        yield f"else: {explain}"

    def _elements(self, row: Row, path: str, explain: str) -> Iterator[str]:
        fine = _TEXT.format("e")
        if row.parameter.type == "array":
            fine = f"e.__class__ is int or {fine}"
        yield "if v.__class__ is list and v:"
        yield " for e in v:"
        yield f"  if not ({fine}): {explain}; break"
        yield from self._doubted(row, path, explain)

    def _amounts(self, row: Row, depth: int, path: str) -> Iterator[str]:
        assert row.amounts is not None
        r, s, t = (f"get{depth}({name!r})" for name in (row.amounts.net, *row.amounts.parts))
        yield f"r = {r}; s = {s}; t = {t}"
        yield f"try: fine = {_FINE_AMOUNTS}"
        yield "except (TypeError, OverflowError): fine = False"
        yield f"if not fine: out.extend(amounts({self._keep(row)}, v, o{depth}, {_written(path)}))"

    def _items(self, row: Row, depth: int, path: str, explain: str) -> Iterator[str]:
        """The list of items; ``clash`` where two currencies of theirs and the event's are not the same."""
        assert row.nested is not None
        kept, inside = self._keep(row), f"o{depth + 1}"
        each, other = f"{path}/{{i}}", Fault("error", "wrong_type", "object")
        yield "items = v"
        yield "if v.__class__ is list and v:"
        if row.max_items is not None:
            yield f" if len(v) > {row.max_items}: out.extend(too_many({kept}, v, {_written(path)}))"
        yield f" code = get{depth}({self._currency!r}); clash = False"
        yield f" for i, {inside} in enumerate(items):"
        yield f"  v = {inside}; currency = None"
        yield f"  if v.__class__ is not dict: {self._fault(other, each)}; continue"
        yield from _indented(self._object(row.nested, depth + 1, each), 2)
        yield "  if currency is not None:"
        yield "   if code is None: code = currency"
        yield "   elif currency != code: clash = True"
        yield f" if clash: out.extend(mixed({kept}, items, o{depth}, {_written(path)}))"
        yield f"else: {explain}"

    def _rest(self, spec: ObjectSpec, depth: int, path: str) -> Iterator[str]:
        """The properties without a row, all of them as soon as one needs a look."""
        quick = [f"{prefix}{number}" for prefix in spec.numbered for number in _QUICK_NUMBERS]
        for name in quick:
            yield f"if left{depth}:"
            yield f" v = get{depth}({name!r})"
            yield f" if {_TEXT.format('v')}: left{depth} -= 1"
        known = self._keep(spec.known)
        yield f"if left{depth} and not {known}.issuperset(o{depth}):"
        yield f" out.extend(extras({self._keep(spec)}, o{depth}, {_written(path)}))"

    def _explain(self, row: Row, depth: int, path: str) -> str:
        return f"out.extend(explain({self._keep(row)}, v, o{depth}, {_written(path)}))"

    def _told(self, finding: Finding) -> str:
        """Append a finding whose path may have a place for an item's number."""
        if "{" not in finding.path:
            return f"out.append({self._keep(finding)})"
        before, after = finding[:2], finding[3:]
        kept = f"*{self._keep(before)}, {_written(finding.path)}, *{self._keep(after)}"
        return f"out.append(new(Finding, ({kept})))"

    def _fault(self, fault: Fault, path: str) -> str:
        parts = f"{fault.severity!r}, {fault.code!r}, {_written(path)}, {fault.expected!r}, v, ''"
        return f"out.append(new(Finding, ({parts})))"

    def _keep(self, thing: object) -> str:
        """A name in the source for a constant."""
        name = f"k{len(self._names)}"
        self._names[name] = thing
        return name


def _indented(lines: Iterator[str], by: int = 1) -> Iterator[str]:
    return (" " * by + line for line in lines)


def _written(path: str) -> str:
    """A path as Python: a constant, or an f-string where an item's number belongs into it."""
    return f"f{path!r}" if "{" in path else repr(path)
