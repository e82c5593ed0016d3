"""The parameter table: each parameter of the reference in its order, with the event's value.

A missing parameter has a line in its own place, which shows where it belongs.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from events.judging.effective import Effective
from events.reference import Parameter, Reference
from events.verdict.findings import PublicFinding, shorten
from events.verdict.pointer import ABSENT, child, tokens_of
from events.verdict.spec import ObjectSpec, Row, specs
from events.verdict.unknown import MORE, NAME

State = Literal["given", "missing", "absent", "unsent", "unknown"]
Unknown = Literal["", "unknown", "known in part"]
_GRAVITY = ("error", "warning", "info")
_GETTER = "A getter or toJSON of the page: reading it would change the page."
_MOST_LINES = 2_000  # a hostile event holds thousands; the Payload tab shows all


@dataclass(slots=True)
class ParameterLine:
    """One line of the table.

    ``state``: given, missing (with a finding), absent (optional), unsent (set with ``setProperty``, but the
    request lacks it), or unknown. ``unknown``: what is unknown of the value, "" where nothing is.
    ``not_read``: why the script has no value, and where the shown one is from; "" for a value that it read.
    """

    path: str
    name: str
    depth: int
    kind: str
    required: str
    value: str = ""
    state: State = "given"
    automatic: bool = False
    permanent: bool = False
    unsent: bool = False
    not_read: str = ""
    unknown: Unknown = ""
    custom: bool = False
    vendor: bool = False
    container: bool = False
    example: str = ""
    description: str = ""
    note: str = ""
    findings: list[PublicFinding] = field(default_factory=list)

    @property
    def severity(self) -> str:
        """The gravest severity among the line's findings; "" without any."""
        present = {finding["severity"] for finding in self.findings}
        return next((severity for severity in _GRAVITY if severity in present), "")


@dataclass(slots=True)
class ParameterTable:
    """The lines, and as ``general`` the findings on no parameter: on the name or the whole event.

    ``not_read`` says that the call's parameters as a whole were not read; "" where they were. ``unknown`` are
    sentences about an unknown name, and parameters that are unknown as a whole.
    """

    lines: list[ParameterLine]
    general: list[PublicFinding]
    cut: bool = False
    not_read: str = ""
    unknown: list[str] = field(default_factory=list)


def parameter_table(
    name: str,
    judged: Effective,
    findings: list[PublicFinding],
    reference: Reference,
    no_examples: Container[str] = (),
) -> ParameterTable:
    """The table of a judged event; examples that ``no_examples`` contains are left out."""
    prepared = specs(reference)
    spec = prepared.events.get(name, prepared.custom)
    known = name in prepared.events
    unsent = set(judged.unsent_permanent)
    unknown = _Unknown(judged)
    walk = _Walk({finding["path"] for finding in findings}, judged.unsent_permanent, unknown.open)
    holder = judged.params if isinstance(judged.params, dict) else {}
    automatic, permanent = set(judged.automatic), set(judged.permanent)
    lines: list[ParameterLine] = []
    cut = False
    whole_known = judged.marks.get("")  # None where the call's parameters are not one mark
    for line in walk.object_lines(spec, holder, "", 0, known) if not unknown.whole else ():
        if len(lines) == _MOST_LINES:
            cut = True
            break
        line.automatic = line.path in automatic
        line.permanent = line.path in permanent
        if line.state == "absent" and line.path in unsent:
            line.state, line.unsent = "unsent", True
        if line.path in judged.marks:
            _show_not_read(line, known=judged.marks[line.path])
        unknown.show(line)
        if line.example in no_examples:
            line.example = ""
        lines.append(line)
    not_read = "" if whole_known is None else _why_not_read(known=whole_known, absent=False)
    return ParameterTable(lines, _attach(lines, findings), cut, not_read, unknown.sentences())


def _show_not_read(line: ParameterLine, *, known: bool) -> None:
    """Say in the line that the script did not read the value; ``known``: a request was seen."""
    line.not_read = _why_not_read(known=known, absent=line.state == "absent")
    if not known:
        line.value = ""


def _why_not_read(*, known: bool, absent: bool) -> str:
    if not known:
        return f"{_GETTER} No request of the client was seen, so the value is unknown."
    return f"{_GETTER} {'The client’s request lacks it.' if absent else 'Taken from the client’s request.'}"


class _Unknown:
    """The unknown values of an event, for the lines of its table. ``open`` are objects that may hold more."""

    def __init__(self, judged: Effective) -> None:
        self._marks = judged.marks
        self._paths = frozenset(judged.unknown)
        self._code = frozenset(judged.untold)
        self.whole = "" in self._paths
        self.open = {path.removesuffix(f"/{MORE}") for path in self._paths if path.endswith(f"/{MORE}")}
        self._around = _holders(self._paths)

    def show(self, line: ParameterLine) -> None:
        """Say in the line what is unknown of its value."""
        if line.path in self._paths:
            if line.value.startswith('"') and line.path not in self._marks:
                line.unknown = "known in part"
            else:
                line.state, line.unknown, line.value = "unknown", "unknown", ""
        elif line.state == "absent":
            if line.required.startswith("yes") and line.path.rpartition("/")[0] in self.open:
                line.state, line.unknown = "unknown", "unknown"
        elif not line.container and line.path in self._around:
            line.unknown = "known in part"

    def sentences(self) -> list[str]:
        """What is unknown of the event as a whole."""
        told = {
            NAME: "Only the page knows this event’s name.",
            "": "Only the page knows the parameters of this call.",
        }
        return [sentence for path, sentence in told.items() if path in self._code]


def _holders(paths: Iterable[str]) -> set[str]:
    """The JSON Pointers of all objects and arrays around ``paths``."""
    found: set[str] = set()
    for path in paths:
        while path and (path := path.rpartition("/")[0]) not in found:
            found.add(path)
    return found


class _Walk:
    """Walks an event and its specification in parallel; yields the lines of the table.

    ``open``: objects and arrays that may hold more than is known, which a line of their own says.
    """

    def __init__(self, found_at: set[str], unsent: list[str], open_: set[str]) -> None:
        self.shown = found_at.union(unsent)  # paths that have a line although no value is there
        self._open = open_
        self._unsent: dict[str, list[str]] = {}
        for path in unsent:
            holder, _, name = path.rpartition("/")
            self._unsent.setdefault(holder, []).append(tokens_of(f"/{name}")[0])

    def object_lines(
        self, spec: ObjectSpec, holder: Mapping[str, Any], path: str, depth: int, show_absent: bool
    ) -> Iterator[ParameterLine]:
        """The lines of one object: standard rows, each series (category_1, …) together, custom properties."""
        names = {row.parameter.name for row in spec.rows}
        rest = [name for name in holder if name not in names]
        rest += [name for name in self._unsent.get(path, ()) if name not in names and name not in holder]
        for row in spec.rows:
            place = f"{path}/{row.parameter.name}"
            value = holder.get(row.parameter.name)
            absent = show_absent and row.parameter.listed and not row.parameter.is_event_name
            if value is not None or place in self.shown or absent:
                yield from self.row_lines(row, value, place, depth, show_absent)
            series = [name for name in rest if row.parameter.numbered and _in_series(row.parameter, name)]
            for name in series:
                rest.remove(name)
                yield _standard(row.parameter, holder.get(name), child(path, name), name, depth)
        for name in rest:
            yield self._extra(spec, name, holder.get(name, ABSENT), child(path, name), depth)
        yield from self._more(path, depth)

    def row_lines(
        self, row: Row, value: Any, path: str, depth: int, show_absent: bool
    ) -> Iterator[ParameterLine]:
        """The line of a parameter, then the lines of its nested parameters."""
        line = _standard(row.parameter, value, path, row.parameter.name, depth)
        nested = row.nested
        if nested is not None and isinstance(value, dict) and row.parameter.type != "Item[]":
            line.container, line.value = True, ""
            yield line
            yield from self.object_lines(nested, value, path, depth + 1, show_absent)
        elif nested is not None and isinstance(value, list):
            line.container, line.value = True, f"{len(value)} item{'' if len(value) == 1 else 's'}"
            yield line
            for index, item in enumerate(value):
                yield from self._item_lines(row, nested, item, f"{path}/{index}", index, depth, show_absent)
            yield from self._more(path, depth + 1)
        else:
            yield line

    def _more(self, path: str, depth: int) -> Iterator[ParameterLine]:
        """The line that says that the object or array at ``path`` may hold more."""
        if path in self._open:
            yield ParameterLine(f"{path}/{MORE}", "…", depth, "", "", state="unknown")

    def _item_lines(
        self, row: Row, nested: ObjectSpec, item: Any, path: str, index: int, depth: int, show_absent: bool
    ) -> Iterator[ParameterLine]:
        name = f"{row.parameter.name}[{index}]"
        holds = isinstance(item, dict)
        yield ParameterLine(
            path, name, depth + 1, "Item", "", "" if holds else shorten(item), container=holds
        )
        if holds:
            yield from self.object_lines(nested, item, path, depth + 2, show_absent)

    def _extra(self, spec: ObjectSpec, name: str, value: Any, path: str, depth: int) -> ParameterLine:
        vendor = name in spec.ignored
        hashed = any(name.endswith(suffix) for suffix in spec.hash_suffixes)
        return ParameterLine(
            path,
            name,
            depth,
            "" if value is ABSENT else _kind_of(value),
            "",
            "" if value is ABSENT else shorten(value),
            "absent" if value is ABSENT else "given",
            custom=not vendor and not hashed,
            vendor=vendor,
        )


def _standard(parameter: Parameter, value: Any, path: str, name: str, depth: int) -> ParameterLine:
    example = parameter.example
    return ParameterLine(
        path=path,
        name=name,
        depth=depth,
        kind=parameter.type or "any",
        required=parameter.required,
        value="" if value is None else shorten(value),
        state="absent" if value is None else "given",
        example="" if example is None or isinstance(example, dict) else shorten(example),
        description=parameter.description,
        note=parameter.note or "",
    )


def _in_series(parameter: Parameter, name: str) -> bool:
    prefix = parameter.name.removesuffix("1")
    number = name.removeprefix(prefix)
    return name.startswith(prefix) and number.isascii() and number.isdigit()


def _attach(lines: list[ParameterLine], findings: list[PublicFinding]) -> list[PublicFinding]:
    """Add each finding to its parameter's line, or to that of the nearest parent; return the others."""
    by_path = {line.path: line for line in lines}
    general: list[PublicFinding] = []
    for finding in findings:
        path = finding["path"]
        while path and path not in by_path:
            path = path.rpartition("/")[0]
        line = by_path.get(path)
        if line is None:
            general.append(finding)
            continue
        line.findings.append(finding)
        if finding["code"].startswith("missing_") and line.path == finding["path"]:
            line.state = "missing"
    return general


def _kind_of(value: Any) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")
