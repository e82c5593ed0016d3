"""The reference as the HTML file carries it: what its parameter table needs, each object once. Pure."""

from typing import Any

from events.reference import Parameter, Reference
from events.verdict.findings import shorten
from events.verdict.spec import ObjectSpec, specs


def table_specification(reference: Reference) -> dict[str, Any]:
    """``events`` and ``custom`` number the ``objects``, and so does the ``nested`` of a row."""
    prepared = specs(reference)
    book = _Book()
    events = {name: book.number(spec) for name, spec in prepared.events.items()}
    return {"events": events, "custom": book.number(prepared.custom), "objects": book.objects}


class _Book:
    """Objects as plain data, numbered as they are met."""

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self._numbers: dict[int, int] = {}

    def number(self, spec: ObjectSpec) -> int:
        """The number of ``spec``, which is written down when it is first asked for."""
        if id(spec) not in self._numbers:
            plain: dict[str, Any] = {"ignored": sorted(spec.ignored), "suffixes": list(spec.hash_suffixes)}
            self._numbers[id(spec)] = len(self.objects)
            self.objects.append(plain)
            plain["rows"] = [
                _row(row.parameter) | ({"nested": self.number(row.nested)} if row.nested else {})
                for row in spec.rows
            ]
        return self._numbers[id(spec)]


def _row(parameter: Parameter) -> dict[str, Any]:
    example = parameter.example
    row = {
        "name": parameter.name,
        "type": parameter.type,
        "required": parameter.required,
        "listed": parameter.listed,
        "numbered": parameter.numbered,
        "example": "" if example is None or isinstance(example, dict) else shorten(example),
        "description": parameter.description,
        "note": parameter.note,
    }
    return {name: value for name, value in row.items() if value not in (None, "", False)} | {
        "required": parameter.required
    }
