"""The fields of the query language as data: for the parser, the help page and the completion. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from events.verdict import CODES, Verdict

#: How a field's values are read and checked:
#: ``glob`` a text in which ``*`` stands for anything, ``part`` a text that is contained, ``page`` a pattern
#: or a part, ``word`` one of a list, ``code`` a finding's code, ``pointer`` a finding's path, ``path`` a
#: parameter's, ``moment`` a time, ``count`` a number.
Kind = Literal["glob", "part", "page", "word", "code", "pointer", "path", "moment", "count"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field. ``words`` are its values where these are a list.

    ``there`` is False for a field that speaks of what the inspector does not have yet: it is read, selects
    no event, and is not offered.
    """

    name: str
    kind: Kind
    meaning: str
    example: str
    words: tuple[str, ...] = ()
    there: bool = True


VERDICT_WORDS: Final[tuple[Verdict, ...]] = ("invalid", "warning", "valid")
SEVERITIES: Final = ("error", "warning", "info")

#: The values of ``is:``, each with its meaning.
STATES: Final[dict[str, str]] = {
    "unsent": "called, and nothing left the page",
    "wire": "seen on the wire only, without a call",
    "automatic": "the client filled a parameter by itself",
    "custom": "its name is not in the reference",
    "standard": "its name is in the reference",
    "unreadable": "could not be read as an event",
    "frame": "fired in a frame, not in the window's top page",
    "across": "has a finding that names another event",
    "noted": "has a note",
    "muted": "has a muted finding",
}
#: Those of them that speak of what the inspector does not have yet.
STATES_TO_COME: Final = frozenset({"across", "noted"})

_TABLE: Final = (
    FieldSpec("name", "glob", "The event's name; `*` stands for anything.", "name:add_to_*"),
    FieldSpec(
        "page",
        "page",
        "The page: a pattern of its path where the value begins with `/`, in which a segment `*` is any one "
        "segment; else a part of its address.",
        "page:/cart*",
    ),
    FieldSpec("verdict", "word", "The event's verdict.", "verdict:invalid,warning", VERDICT_WORDS),
    FieldSpec("severity", "word", "The severity of a finding.", "severity:error", SEVERITIES),
    FieldSpec("code", "code", "The code of a finding.", "code:missing_required"),
    FieldSpec(
        "path",
        "pointer",
        "The path of a finding: as a pointer, in which `*` is one step and `**` any, or with dots.",
        "path:/items/*/product/price",
    ),
    FieldSpec("has", "path", "A parameter that is there, and not null.", "-has:user.email"),
    FieldSpec(
        "automatic",
        "path",
        "A parameter that the client filled by itself.",
        "automatic:user.consent_categories",
    ),
    FieldSpec("is", "word", "A state of the event.", "-is:custom", tuple(STATES)),
    FieldSpec("site", "glob", "The host of the page.", "site:*.shop.example"),
    FieldSpec("source", "glob", "How the event came in, such as `page`.", "source:page"),
    FieldSpec("container", "part", "The container whose tag fired the event.", "container:1234"),
    FieldSpec("call", "part", "The place in the page's code that called.", "call:checkout.min.js"),
    FieldSpec(
        "after",
        "moment",
        "Fired at or after a time of day, an ISO time; or from the event `#n` on.",
        "after:14:02",
    ),
    FieldSpec("before", "moment", "Fired before a time of day, an ISO time; or before `#n`.", "before:#200"),
    FieldSpec("load", "count", "The page load with this number in the recording.", "load:12"),
    FieldSpec(
        "connection", "glob", "The connection that the event came by.", "connection:phone", there=False
    ),
)
FIELDS: Final[dict[str, FieldSpec]] = {spec.name: spec for spec in _TABLE}
#: The fields that speak of findings: side by side, of one and the same.
OF_FINDINGS: Final = frozenset({"severity", "code", "path"})
CODE_NAMES: Final = tuple(CODES)

#: The operators with their meanings.
OPERATORS: Final[dict[str, str]] = {
    "=": "is: texts exactly, numbers also where they are written as a text; `*` stands for anything",
    "!=": "is there, and is another",
    "<": "is less: numbers, numbers in texts, ISO dates",
    "<=": "is less or the same",
    ">": "is more",
    ">=": "is more or the same",
    "~": "contains, in upper or lower case",
}
TYPES: Final = ("string", "number", "boolean", "array", "object", "null")
