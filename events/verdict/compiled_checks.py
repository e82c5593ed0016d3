"""Generates Python source that checks an event quickly, from the reference, and compiles it once per edition.

A gate is the compiled check of one event. It tests each parameter with one or two cheap conditions that every
correct value passes. It reports the commonest faults itself; for any other value that fails a condition it
calls ``interpreted.row_findings`` (the definition). So a gate may check a correct value twice, but never
passes a value that ``interpreted`` reports: a property-based test holds the two equal on any JSON.

The source is generated, with the objects inside an event in line, because it judges a typical purchase in a
quarter of the time that closures need. It contains only names and constants of this project's reference.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from events.reference import Reference
from events.verdict import relations
from events.verdict.common_faults import CommonFault, fault_of
from events.verdict.compiled_amounts import ITEM_START, NAMES, OF_AN_ITEM, START, event_end, item_end
from events.verdict.findings import Finding
from events.verdict.fine_texts import fine_texts
from events.verdict.hashes import suffix_of
from events.verdict.interpreted import item_findings, row_findings
from events.verdict.spec import ObjectSpec, Row, specs
from events.verdict.text_values import PLAIN
from events.verdict.unlisted import extras

#: (the event's parameters, the list that findings are appended to)
Gate = Callable[[Mapping[str, Any], list[Finding]], None]

#: Members of a numbered family that the gate itself checks (category_2 … category_5).
_QUICK_NUMBERS: Final = range(2, 6)
#: ``__class__`` because it needs no call; the last part is false for NaN and the infinities.
_NUMBER: Final = "v.__class__ is float and v - v == 0.0 or v.__class__ is int"
_TEXT: Final = "{0}.__class__ is str and ({0} in PLAIN or learn({0}))"
_FINE_AMOUNTS: Final = "v >= r and (s is None or t is None or -0.01 <= r + s + t - v <= 0.01)"


@cache
def gates(reference: Reference) -> dict[str | None, Gate]:
    """The gate of every standard event by name; under None the gate for every other event."""
    prepared = specs(reference)
    made: dict[str | None, Gate] = {
        name: _CheckCompiler(spec, reference).gate() for name, spec in prepared.events.items()
    }
    made[None] = _CheckCompiler(prepared.custom, reference).gate()
    return made


class _CheckCompiler:
    """Makes the gate of one event, and holds the constants that its source refers to.

    In the source, ``o0`` is the event, ``o1`` an object in it and so on; ``get0`` reads a property of ``o0``,
    and ``left0`` counts the properties of ``o0`` that no row has checked yet. A path contains ``{i}`` in
    place of an item's number.
    """

    def __init__(self, spec: ObjectSpec, reference: Reference) -> None:
        self._spec = spec
        self._currency = reference.currencies.event
        self._used = {"/{i}/" + "/".join(reference.currencies.item): "currency", **OF_AN_ITEM}
        self._names: dict[str, Any] = {
            "explain": row_findings,
            "extras": extras,
            "amounts": relations.amounts,
            "too_many": relations.too_many_items,
            "mixed": relations.mixed_currencies,
            "PLAIN": PLAIN.known,
            "learn": PLAIN.learn,
            "not_an_item": item_findings,
            **NAMES,
            "Finding": Finding,
            "new": tuple.__new__,
        }

    def gate(self) -> Gate:
        """The compiled gate: the function that the source defines."""
        scope = self._names
        exec(compile(self.source(), f"<gate of {self._spec.name}>", "exec"), scope)  # noqa: S102  # made here, from our reference
        made: Gate = scope["gate"]
        return made

    def source(self) -> str:
        """The Python source of the gate."""
        names = self._spec.amounts
        assert names is not None
        has_items = any(row.parameter.type == "Item[]" for row in self._spec.rows)
        end = event_end(names, self._constant(names), has_items=has_items)
        lines = [START, *self._object(self._spec, 0, ""), *end]
        return "\n".join(["def gate(o0, out):", *_indented(iter(lines))])

    def _object(self, spec: ObjectSpec, depth: int, path: str) -> Iterator[str]:
        """The lines that check the object ``o<depth>``."""
        always = sum(row.parameter.is_required for row in spec.rows)
        yield f"get{depth} = o{depth}.get"
        yield f"left{depth} = len(o{depth}) - {always}"
        for row in spec.rows:
            yield from self._row(row, depth, f"{path}/{row.parameter.name}")
        yield from self._rest(spec, depth, path)

    def _row(self, row: Row, depth: int, path: str) -> Iterator[str]:
        yield f"v = get{depth}({row.parameter.name!r})"
        used = next((name for end, name in self._used.items() if path.endswith(end)), None)
        if used is not None:
            yield f"{used} = v"
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
        if parameter.later_name or parameter.formerly or parameter.unless:
            yield self._explain(row, depth, path)
        elif parameter.is_required or (parameter.recommended and not depends):
            yield self._append_finding(next(iter(row_findings(row, None, {}, path))))
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
        if row.parameter.type is None:
            yield f"if not ({_TEXT.format('v')}): {explain}"
            return
        if row.parameter.type == "Item[]":
            yield from self._items(row, depth, path, explain)
            return
        if row.parameter.deprecated is not None or row.parameter.type == "object":
            yield explain
            return
        if row.nested is not None:
            yield f"if v.__class__ is dict{' and v' if row.parameter.may_be_empty else ''}:"
            yield f" o{depth + 1} = v"
            yield from _indented(self._object(row.nested, depth + 1, path))
            yield f"else: {explain}"
            return
        if row.parameter.type in ("array", "string[]"):
            yield from self._elements(row, path, explain)
            return
        if row.parameter.type == "string or string[]":
            yield f"if not ({_TEXT.format('v')}):"
            yield from _indented(self._elements(row, path, explain))
            return
        plain = row.parameter.name.removesuffix(suffix_of(row.parameter.name))
        alone = f" and get{depth}({plain!r}) is None" if plain != row.parameter.name else ""
        yield f"if {self._fine(row)}{alone}:"
        yield from _indented(self._amounts(row, depth, path) if row.amounts else iter(["pass"]))
        yield from self._else(row, path, explain)

    def _fine(self, row: Row) -> str:
        """The source of a condition that is true only for values without a finding."""
        limits = row.parameter.range
        within = f" and {limits.least} <= v <= {limits.most}" if limits else ""
        if row.parameter.type == "number":
            return f"({_NUMBER}){within}" if within else _NUMBER
        if row.parameter.type == "integer":
            return f"v.__class__ is int{within}"
        if row.parameter.type == "boolean":
            return "v.__class__ is bool"
        if row.event_name is not None:
            return f"v == {row.event_name!r}"
        if row.enumeration is not None:
            return f"v.__class__ is str and v in {self._constant(frozenset(row.enumeration.values))}"
        if row.parameter.format is not None:
            return self._known_text("v", row)
        return _TEXT.format("v")

    def _known_text(self, name: str, row: Row) -> str:
        """The source of a condition for texts of a format: they were found to be fine before, or are now."""
        texts = fine_texts(row)
        known, learn = self._constant(texts.known), self._constant(texts.learn)
        return f"{name}.__class__ is str and ({name} in {known} or {learn}({name}))"

    def _else(self, row: Row, path: str, explain: str) -> Iterator[str]:
        """The branches for a value that fails the condition: the commonest fault, then ``explain``."""
        fault = fault_of(row)
        if fault is not None:
            yield f"elif {_TEXT.format('v')}: {self._append_fault(fault, path)}"
        yield f"else: {explain}"

    def _elements(self, row: Row, path: str, explain: str) -> Iterator[str]:
        fine = _TEXT.format("e")
        if row.parameter.type == "array":
            fine = f"e.__class__ is int or {self._known_text('e', row)}"
        yield "if v.__class__ is list and v:"
        yield " for e in v:"
        yield f"  if not ({fine}): {explain}; break"
        yield from self._else(row, path, explain)

    def _amounts(self, row: Row, depth: int, path: str) -> Iterator[str]:
        assert row.amounts is not None
        r, s, t = (f"get{depth}({name!r})" for name in (row.amounts.net, *row.amounts.parts))
        yield f"r = {r}; s = {s}; t = {t}"
        yield f"try: fine = {_FINE_AMOUNTS}"
        yield "except (TypeError, OverflowError): fine = False"
        yield f"if not fine: out.extend(amounts({self._constant(row)}, v, o{depth}, {_written(path)}))"

    def _items(self, row: Row, depth: int, path: str, explain: str) -> Iterator[str]:
        """The lines that check the list of items.

        In the source, ``clash`` is true where the currencies of the items and of the event are not all equal.
        """
        assert row.nested is not None
        constant, inside = self._constant(row), f"o{depth + 1}"
        each = f"{path}/{{i}}"
        other = f"out.extend(not_an_item({constant}, v, {_written(each)}))"
        yield "items = v"
        yield "if v.__class__ is list and v:"
        if row.max_items is not None:
            yield f" if len(v) > {row.max_items}: out.extend(too_many({constant}, v, {_written(path)}))"
        yield f" code = event_currency = get{depth}({self._currency!r}); clash = False"
        yield f" for i, {inside} in enumerate(items):"
        yield f"  v = {inside}; currency = None; {ITEM_START}"
        yield f"  if v.__class__ is not dict: {other}; continue"
        yield from _indented(self._object(row.nested, depth + 1, each), 2)
        yield "  if currency is not None:"
        yield "   if code is None: code = currency"
        yield "   elif currency != code: clash = True"
        yield from _indented(item_end(), 2)
        yield f" if clash: out.extend(mixed({constant}, items, o{depth}, {_written(path)}))"
        yield f"else: {explain}"

    def _rest(self, spec: ObjectSpec, depth: int, path: str) -> Iterator[str]:
        """The lines that check the properties without a row: all of them where one of them is not known."""
        quick = [f"{prefix}{number}" for prefix in spec.numbered for number in _QUICK_NUMBERS]
        for name in quick:
            yield f"if left{depth}:"
            yield f" v = get{depth}({name!r})"
            yield f" if {_TEXT.format('v')}: left{depth} -= 1"
        known = self._constant(spec.known)
        yield f"if left{depth} and not {known}.issuperset(o{depth}):"
        yield f" out.extend(extras({self._constant(spec)}, o{depth}, {_written(path)}))"

    def _explain(self, row: Row, depth: int, path: str) -> str:
        """A statement that appends the findings of the definition about the value ``v``."""
        return f"out.extend(explain({self._constant(row)}, v, o{depth}, {_written(path)}))"

    def _append_finding(self, finding: Finding) -> str:
        """A statement that appends ``finding``, whose path may contain an item's number."""
        if "{" not in finding.path:
            return f"out.append({self._constant(finding)})"
        before, after = finding[:2], finding[3:]
        parts = f"*{self._constant(before)}, {_written(finding.path)}, *{self._constant(after)}"
        return f"out.append(new(Finding, ({parts})))"

    def _append_fault(self, fault: CommonFault, path: str) -> str:
        """A statement that appends the finding of ``fault`` about the value ``v``."""
        parts = f"{fault.severity!r}, {fault.code!r}, {_written(path)}, {fault.expected!r}, v, ''"
        return f"out.append(new(Finding, ({parts})))"

    def _constant(self, value: object) -> str:
        """The name by which the source refers to the constant ``value``."""
        name = f"k{len(self._names)}"
        self._names[name] = value
        return name


def _indented(lines: Iterator[str], by: int = 1) -> Iterator[str]:
    return (" " * by + line for line in lines)


def _written(path: str) -> str:
    """The path as a Python literal: a string, or an f-string where it contains an item's number."""
    return f"f{path!r}" if "{" in path else repr(path)
