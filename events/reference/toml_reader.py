"""Reads values from TOML tables strictly: an unexpected key or type raises BrokenReference."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

Expected = TypeVar("Expected")

#: Names of types in error messages, for editors of the files.
TYPE_NAMES = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    list: "an array",
    dict: "a table",
}


#: What a name is made of: it gets into addresses, the names of files and the source of compiled checks.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


class BrokenReference(Exception):
    """The reference's files are invalid or contradict each other; the message names file, row and field."""

    def __init__(self, reason: str, *, file: str, row: str = "", field: str = "") -> None:
        """``row`` is a parameter or another named entry of ``file``, ``field`` a key of it."""
        super().__init__(": ".join(part for part in (file, row, field, reason) if part))


def file_of(name: str) -> str:
    """The name of the file that holds the event or schema ``name``."""
    return f"{name.lower()}.toml"


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table, with the names of its file and row."""

    values: dict[str, Any]
    file: str
    row: str = ""

    def broken(self, reason: str, field: str = "") -> BrokenReference:
        """The error to raise for this table."""
        return BrokenReference(reason, file=self.file, row=self.row, field=field)

    def only(self, allowed: Collection[str]) -> None:
        """Raises BrokenReference for a key outside ``allowed``: a mistyped key must not mean a default."""
        for key in self.values:
            if key not in allowed:
                raise self.broken("unknown key", key)

    def typed(self, key: str, expected: type[Expected], default: Expected | None = None) -> Expected:
        """The value of ``key``, or ``default``; its type is exactly ``expected``, so a boolean is no number.

        Raises BrokenReference for another type, or for a missing key without a default.
        """
        if key not in self.values:
            if default is None:
                raise self.broken("is missing", key)
            return default
        value = self.values[key]
        if type(value) is not expected:
            raise self.broken(f"must be {TYPE_NAMES[expected]}, not {value!r}", key)
        return value

    def text(self, key: str) -> str:
        """A required string that is not empty. Raises BrokenReference."""
        text = self.typed(key, str)
        if not text:
            raise self.broken("is empty", key)
        return text

    def identifier(self, key: str) -> str:
        """A name that must be there: letters, digits, and ``_``, ``-`` or ``.`` between them."""
        name = self.text(key)
        if not _NAME.fullmatch(name):
            raise self.broken(f"must be a name of letters, digits, _, - and ., not {name!r}", key)
        return name

    def text_or_none(self, key: str) -> str | None:
        """An optional string that is not empty. Raises BrokenReference."""
        return self.text(key) if key in self.values else None

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        """An array of distinct strings. Raises BrokenReference."""
        texts = self.typed(key, list, default)
        for text in texts:
            if type(text) is not str:
                raise self.broken(f"must hold strings, not {text!r}", key)
            if texts.count(text) > 1:
                raise self.broken(f"holds {text!r} twice", key)
        return tuple(texts)

    def positive(self, key: str) -> int:
        """A required whole number of 1 or more. Raises BrokenReference."""
        number = self.typed(key, int)
        if number < 1:
            raise self.broken(f"must be 1 or more, not {number}", key)
        return number

    def choice(self, key: str, choices: tuple[Expected, ...]) -> Expected:
        """A required string that is one of ``choices``. Raises BrokenReference."""
        text = self.text(key)
        for choice in choices:
            if choice == text:
                return choice
        raise self.broken(f"must be one of {', '.join(map(str, choices))}, not {text!r}", key)

    def table(self, key: str) -> "Table":
        """A required table inside this table. Raises BrokenReference."""
        return Table(self.typed(key, dict), self.file, f"[{key}]")

    def named_rows(self, key: str) -> Iterator["Table"]:
        """Yield the tables of an array: at least one, with distinct ``name``. Raises BrokenReference."""
        rows = self.typed(key, list)
        if not rows:
            raise self.broken("is empty", key)
        names: set[str] = set()
        for number, values in enumerate(rows, start=1):
            if type(values) is not dict:
                raise self.broken(f"must hold tables, not {values!r}", key)
            name = Table(values, self.file, f"{key} {number}").text("name")
            if name in names:
                raise self.broken(f"there are two rows named {name!r}", key)
            names.add(name)
            yield Table(values, self.file, name)
