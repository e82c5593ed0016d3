"""The types of the loaded reference: frozen, hashed by identity, safe to share between threads."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

#: A plain value, "array" (numbers or strings), "object" (of any properties), or a schema: "User", "Item[]".
ParameterType = Literal[
    "string",
    "number",
    "integer",
    "boolean",
    "array",
    "string[]",
    "string or string[]",
    "object",
    "User",
    "Product",
    "Item[]",
]

#: The published tables' "Required" column; the star stands for a footnote.
Required = Literal["yes", "yes*", "no", "no*"]

#: The format of a string; None means any string.
Format = Literal[
    "currency", "url", "email", "phone", "gender", "birthdate", "country", "md5", "sha256", "date"
]

#: The severity of the finding for a missing recommended parameter.
Severity = Literal["info", "warning"]


class Unless(NamedTuple):
    """What lifts a requirement: the sibling ``name`` has exactly ``value``."""

    name: str
    value: bool | str | int


class FormerName(NamedTuple):
    """The name that editions up to the year ``until`` gave a parameter."""

    name: str
    until: str


class Range(NamedTuple):
    """The least and the greatest number of a printed range; both belong to it."""

    least: float
    most: float


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One row of a published table.

    ``required_in`` names the events in which the Yes of a table that several events share holds: each other
    event's row says No; empty means all of them. ``unless`` lifts the requirement.
    ``required_with`` names sibling parameters that make this one required when they are set.
    ``recommended`` is the severity where a missing parameter is no error: a Yes with a footnote, or a No that
    reports depend on; ``satisfied_by`` names siblings that can replace it.
    ``numbered`` marks a name that ends in 1 and stands for a series: category_1, category_2 and so on.
    ``automatic`` marks a parameter that the client adds; ``client_default`` is a value that the client sends
    by itself although the reference does not promise it.
    ``later_name`` is the name of a required parameter in later editions, which a page may send already.
    ``listed`` is False for a valid parameter without a row in the edition's table; ``type`` may then be None,
    and the value is not checked.
    ``range`` limits a number. ``deprecated`` names the parameter that replaces this one, ``formerly`` the
    name that this one had in earlier editions. ``takes_array`` marks a string for which an array of strings
    is a warning instead of an error; ``may_be_empty`` an object that counts as absent where it is empty;
    ``is_event_name`` a parameter that repeats the event's name, so that each call has it. ``meant_for`` names
    the events for which the row of a shared table is meant; the others' examples leave it out.
    """

    name: str
    type: ParameterType | None
    required: Required
    description: str
    example: Any = None
    format: Format | None = None
    enumeration: str | None = None
    numbered: bool = False
    range: Range | None = None
    required_in: tuple[str, ...] = ()
    unless: Unless | None = None
    required_with: tuple[str, ...] = ()
    recommended: Severity | None = None
    satisfied_by: tuple[str, ...] = ()
    automatic: bool = False
    client_default: str | None = None
    note: str | None = None
    later_name: str | None = None
    listed: bool = True
    deprecated: str | None = None
    formerly: FormerName | None = None
    takes_array: bool = False
    may_be_empty: bool = False
    is_event_name: bool = False
    meant_for: tuple[str, ...] = ()

    @property
    def is_required(self) -> bool:
        """Whether a missing parameter is an error: the table says Yes, no footnote and no call meets that.

        ``unless`` may lift that in one event.
        """
        return self.required in ("yes", "yes*") and self.recommended is None and not self.is_event_name

    @property
    def schema(self) -> str | None:
        """The name of the schema of the value, or of each of its items; None for a plain value."""
        return self.type.removesuffix("[]") if self.type in ("User", "Product", "Item[]") else None

    @property
    def series(self) -> str | None:
        """A regular expression for the names of a numbered parameter's series; None for any other."""
        return f"^{self.name[:-1]}[1-9][0-9]*$" if self.numbered else None


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """A shared object (Item, Product, User) with its parameters in the reference's order."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...]

    def parameter(self, name: str) -> Parameter | None:
        """The parameter with the name ``name``, or None."""
        return next((row for row in self.parameters if row.name == name), None)


@dataclass(frozen=True, slots=True, eq=False)
class EventSpec(Schema):
    """One standard event. ``max_items``: the reference expects at most so many items; None: no limit."""

    max_items: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Part(Schema):
    """Rows that several events share, as their one table prints them: ``include`` in an event names it."""


@dataclass(frozen=True, slots=True, eq=False)
class Enumeration:
    """A list of values.

    ``closed``: other values are errors; ``discouraged``: values that are valid, but give a finding.
    """

    name: str
    description: str
    values: tuple[str, ...]
    closed: bool
    discouraged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """The names of the amounts that add up: ``total`` is ``net`` and both ``parts``."""

    total: str
    net: str
    parts: tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Currencies:
    """Where currencies stand: a parameter of the event, and a path of names inside each item."""

    event: str
    item: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One edition: events and schemas by name, in the published order.

    ``vendor_own`` maps an object ("event" or "User") to names that the vendor's client and platform use for
    themselves: they give no finding. ``spoken_names`` maps what people call an event to its name;
    ``vocabulary`` maps an object ("event", "Item", "User") to names of other vendors and their standard names
    ("product.name" for a nested one). ``misplaced`` maps a schema to properties that belong one level deeper,
    and the property that holds them there. ``amounts`` and ``currencies`` name the parameters that the rules
    between parameters compare. ``hash_suffixes`` maps a suffix ("_md5") to the length of its hash in
    hexadecimal characters. ``parts`` holds the shared tables by name; the events have their rows already.
    ``request_id`` is where a request should carry its event's id, as a dotted path; "" where the edition asks
    for none.
    """

    edition: str
    events: dict[str, EventSpec]
    schemas: dict[str, Schema]
    enumerations: dict[str, Enumeration]
    vendor_own: dict[str, frozenset[str]]
    vocabulary: dict[str, dict[str, str]]
    misplaced: dict[str, dict[str, str]]
    amounts: Amounts
    currencies: Currencies
    hash_suffixes: dict[str, int]
    parts: dict[str, Part]
    spoken_names: dict[str, str]
    request_id: str
