"""Prepares the reference for judging: every row with the enumeration, schema and amounts it refers to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from events.reference import Enumeration, EventSpec, Parameter, Reference, Schema
from events.reference.types import Amounts, Currencies
from events.verdict.amounts import AmountNames
from events.verdict.near_names import NearNames
from events.verdict.places import TEXT, Place, place_of

_INDEX: Final = re.compile(r"/[0-9]+(?=/)")


@dataclass(slots=True, eq=False)
class Row:
    """One parameter of one object. ``nested`` describes the object in it, or each of its items; else None.

    ``amounts`` names the amounts that the value is compared with, ``currencies`` the parameters that hold the
    event's and its items' currencies. ``place`` tells which rules about values hold; ``owner`` is the name of
    the object that has the row. ``event_name`` is the name of the event where the parameter repeats it.
    """

    parameter: Parameter
    enumeration: Enumeration | None = None
    nested: "ObjectSpec | None" = None
    max_items: int | None = None
    amounts: Amounts | None = None
    currencies: Currencies | None = None
    place: Place = TEXT
    owner: str = ""
    event_name: str | None = None


@dataclass(slots=True, eq=False)
class ObjectSpec:
    """The properties of one kind of object: the event's root, a user, an item, a product.

    ``numbered`` maps the prefix of a numbered family ("category_") to the row of all its members;
    ``hash_suffixes`` holds the suffixes of standard hashed properties (``<property>_md5``), ``misplaced``
    maps a property to the name of the nested object in which it belongs. ``amounts`` is None but for events.
    """

    name: str
    rows: tuple[Row, ...]
    near: NearNames
    ignored: frozenset[str] = frozenset()
    numbered: dict[str, Row] = field(default_factory=dict)
    hash_suffixes: dict[str, int] = field(default_factory=dict)
    misplaced: dict[str, str] = field(default_factory=dict)
    #: Names that ``unlisted`` does not check: those with a row, and the vendor's own properties.
    known: frozenset[str] = frozenset()
    amounts: AmountNames | None = None


class Specs:
    """The prepared objects of one edition: ``events`` by name, ``custom`` for every event not standard."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._objects: dict[str, ObjectSpec] = {}
        self._relaxed: dict[str, ObjectSpec] = {}
        self.near_events = NearNames(reference.events, spoken=reference.spoken_names)
        self.events = {name: self._event(spec) for name, spec in reference.events.items()}
        self.custom = self._custom()

    def parameter(self, name: str, path: str) -> Parameter | None:
        """The row for the parameter at the JSON Pointer ``path`` of an event called ``name``, or None."""
        return _parameters_by_path(self.events.get(name, self.custom)).get(_INDEX.sub("/0", path))

    def _event(self, spec: EventSpec) -> ObjectSpec:
        listed = {row.name for row in spec.parameters if row.listed}
        amounts = self.reference.amounts
        prepared = self._object("event", spec.parameters, relaxed=False, max_items=spec.max_items)
        prepared.amounts = self._amount_names(spec.name)
        for row in prepared.rows:
            if row.parameter.name == amounts.total and {amounts.total, amounts.net} <= listed:
                row.amounts = amounts
            if row.parameter.is_event_name:
                row.event_name = spec.name
        return prepared

    def _custom(self) -> ObjectSpec:
        """The object of custom events: all standard parameters, checked for type and format alone."""
        union: dict[str, Parameter] = {}
        for spec in self.reference.events.values():
            for parameter in spec.parameters:
                if parameter.listed and not parameter.is_event_name:
                    union.setdefault(parameter.name, parameter)
        prepared = self._object("event", map(_relax, union.values()), relaxed=True)
        prepared.amounts = self._amount_names("")
        return prepared

    def _amount_names(self, event: str) -> AmountNames:
        """The names that the rules about amounts need, for the event called ``event``."""
        names, codes = self.reference.amounts, self.reference.currencies
        rows = (row for spec in self.reference.events.values() for row in spec.parameters)
        items = next((row.name for row in rows if row.type == "Item[]"), "")
        return AmountNames(event, names.total, names.net, names.parts, codes.event, items, codes.item)

    def _schema(self, name: str, relaxed: bool) -> ObjectSpec:
        built = self._relaxed if relaxed else self._objects
        if name not in built:
            schema: Schema = self.reference.schemas[name]
            parameters = map(_relax, schema.parameters) if relaxed else schema.parameters
            built[name] = self._object(name, parameters, relaxed=relaxed)
        return built[name]

    def _object(
        self, name: str, parameters: Iterable[Parameter], *, relaxed: bool, max_items: int | None = None
    ) -> ObjectSpec:
        rows = tuple(self._row(name, parameter, relaxed, max_items) for parameter in parameters)
        names = [row.parameter.name for row in rows]
        ignored = self.reference.vendor_own.get(name, frozenset())
        words = self.reference.vocabulary.get(name, {})
        aliases = {word: standard for word, standard in words.items() if "." in standard or standard in names}
        return ObjectSpec(
            name=name,
            rows=rows,
            near=NearNames(names, aliases),
            ignored=ignored,
            numbered={row.parameter.name.removesuffix("1"): row for row in rows if row.parameter.numbered},
            hash_suffixes=self.reference.hash_suffixes if name == "User" else {},
            misplaced=self.reference.misplaced.get(name, {}),
            known=frozenset(names) | ignored,
        )

    def _row(self, owner: str, parameter: Parameter, relaxed: bool, max_items: int | None) -> Row:
        kind = parameter.type
        nested = self._schema(parameter.schema, relaxed) if parameter.schema else None
        return Row(
            parameter=parameter,
            enumeration=self.reference.enumerations[parameter.enumeration] if parameter.enumeration else None,
            nested=nested,
            max_items=max_items if kind == "Item[]" else None,
            currencies=self.reference.currencies if kind == "Item[]" else None,
            place=place_of(owner, parameter),
            owner=owner,
        )


def _relax(parameter: Parameter) -> Parameter:
    return replace(
        parameter,
        required="no",
        recommended=None,
        required_with=(),
        enumeration=None,
        later_name=None,
        range=None,
        unless=None,
        deprecated=None,
        formerly=None,
    )


@cache
def _parameters_by_path(spec: ObjectSpec) -> dict[str, Parameter]:
    """Every row of an object and of its nested objects, by its JSON Pointer; items have the number 0."""
    found: dict[str, Parameter] = {}
    for row in spec.rows:
        place = f"/{row.parameter.name}"
        found[place] = row.parameter
        inside = f"{place}/0" if row.parameter.type == "Item[]" else place
        if row.nested is not None:
            found |= {f"{inside}{path}": inner for path, inner in _parameters_by_path(row.nested).items()}
    return found


@cache
def specs(reference: Reference) -> Specs:
    """The prepared form of ``reference``; cached."""
    return Specs(reference)
