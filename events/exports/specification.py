"""Converts the reference to the data of the HTML file's parameter table, each object once. Pure."""

from typing import Any

from events.reference import Parameter, Reference
from events.verdict.findings import shorten
from events.verdict.groups import GROUP_OF, GROUPS
from events.verdict.spec import ObjectSpec, specs


def table_specification(reference: Reference) -> dict[str, Any]:
    """The reference as plain data: ``{"events": {name: index}, "custom": index, "objects": […]}``.

    Also the groups of findings, in the order of their bits, and the group of each code.

    An index, as in the ``nested`` of a row, is the position of an object in ``objects``.
    """
    prepared = specs(reference)
    table = _ObjectTable()
    events = {name: table.index(spec) for name, spec in prepared.events.items()}
    custom = table.index(prepared.custom)
    groups = {"groups": GROUPS, "group_of": GROUP_OF}
    return {"events": events, "custom": custom, "objects": table.objects, **groups}


class _ObjectTable:
    """Objects as plain data, in the order in which ``index`` first needs them."""

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self._indexes: dict[int, int] = {}

    def index(self, spec: ObjectSpec) -> int:
        """The index of ``spec`` in ``objects``, to which the first call adds it."""
        if id(spec) not in self._indexes:
            plain: dict[str, Any] = {"ignored": sorted(spec.ignored), "suffixes": list(spec.hash_suffixes)}
            self._indexes[id(spec)] = len(self.objects)
            self.objects.append(plain)
            plain["rows"] = [
                _row(row.parameter) | ({"nested": self.index(row.nested)} if row.nested else {})
                for row in spec.rows
            ]
        return self._indexes[id(spec)]


def _row(parameter: Parameter) -> dict[str, Any]:
    example = parameter.example
    row = {
        "name": parameter.name,
        "type": parameter.type,
        "required": parameter.required,
        "listed": parameter.listed and not parameter.is_event_name,
        "numbered": parameter.numbered,
        "example": "" if example is None or isinstance(example, dict) else shorten(example),
        "description": parameter.description,
        "note": parameter.note,
    }
    return {name: value for name, value in row.items() if value not in (None, "", False)} | {
        "required": parameter.required
    }
