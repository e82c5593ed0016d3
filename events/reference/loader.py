"""Loads an edition of the reference from its folder of TOML files, and checks it."""

import tomllib
from functools import cache
from pathlib import Path

from events.reference.consistency import check
from events.reference.parse import (
    read_amounts,
    read_currencies,
    read_enumeration,
    read_event,
    read_part,
    read_schema,
)
from events.reference.toml_reader import BrokenReference, Table, file_of
from events.reference.types import Part, Reference

#: The edition by which events are judged where none is chosen: the one that this product was specified by.
#: It is not the newest one, so that a new edition changes no verdict by itself.
DEFAULT = "2023-05"

EDITION_FILE = "edition.toml"
ENUMERATIONS_FILE = "enumerations.toml"
VOCABULARY_FILE = "vocabulary.toml"

_HERE = Path(__file__).parent


@cache
def editions() -> tuple[str, ...]:
    """The names of all editions, oldest first."""
    return tuple(sorted(path.parent.name for path in _HERE.glob(f"*/{EDITION_FILE}")))


def load(edition: str = DEFAULT) -> Reference:
    """The edition, loaded once and then shared.

    Raises BrokenReference where there is no such edition, or its files are invalid.
    """
    return _load_once(edition)


@cache  # Behind load(), so that load() and load(DEFAULT) are the same object.
def _load_once(edition: str) -> Reference:
    if edition not in editions():
        raise BrokenReference(f"no such edition; there is {', '.join(editions())}", file=repr(edition))
    return load_folder(_HERE / edition)


def load_folder(folder: Path) -> Reference:
    """Load the edition in ``folder``. Raises BrokenReference."""
    edition = _read(folder / EDITION_FILE)
    edition.only(
        [
            "edition",
            "events",
            "schemas",
            "parts",
            "always",
            "request_id",
            "amounts",
            "currencies",
            "hash_suffixes",
        ]
    )
    if edition.text("edition") != folder.name:
        raise edition.broken(f"must be {folder.name!r} as its folder", "edition")
    event_names, schema_names = edition.texts("events"), edition.texts("schemas")
    part_names = edition.texts("parts", [])
    _require_files(folder, (*event_names, *schema_names, *part_names))
    parts = {name: read_part(_read_named(folder, name)) for name in part_names}
    always = _always(edition, parts)
    enumerations = _read(folder / ENUMERATIONS_FILE)
    enumerations.only(["enumerations"])
    vocabulary = _read(folder / VOCABULARY_FILE)
    vocabulary.only(["vendor_own", "vocabulary", "misplaced", "spoken_names"])
    reference = Reference(
        edition=folder.name,
        events={name: read_event(_read_named(folder, name), parts, always) for name in event_names},
        schemas={name: read_schema(_read_named(folder, name)) for name in schema_names},
        enumerations={row.row: read_enumeration(row) for row in enumerations.named_rows("enumerations")},
        vendor_own=_vendor_own(vocabulary.table("vendor_own")),
        vocabulary=_words(vocabulary, "vocabulary"),
        misplaced=_words(vocabulary, "misplaced"),
        amounts=read_amounts(edition.table("amounts")),
        currencies=read_currencies(edition.table("currencies")),
        hash_suffixes=_hash_suffixes(edition.table("hash_suffixes")),
        parts=parts,
        spoken_names=_spoken_names(vocabulary, event_names),
        request_id=edition.text_or_none("request_id") or "",
    )
    check(reference)
    return reference


def _read(path: Path) -> Table:
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except FileNotFoundError:
        raise BrokenReference("there is no such file", file=path.name) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenReference(f"cannot be read as TOML: {error}", file=path.name) from error


def _read_named(folder: Path, name: str) -> Table:
    table = _read(folder / file_of(name))
    if table.text("name") != name:
        raise table.broken(f"must be {name!r} as in {EDITION_FILE}, not {table.text('name')!r}", "name")
    return table


def _require_files(folder: Path, names: tuple[str, ...]) -> None:
    """Raises BrokenReference where a listed file is missing, or a file in the folder is not listed."""
    expected = {EDITION_FILE, ENUMERATIONS_FILE, VOCABULARY_FILE, *map(file_of, names)}
    present = {path.name for path in folder.glob("*.toml")}
    for file in sorted(present - expected):
        raise BrokenReference(f"is not listed in {EDITION_FILE}", file=file)
    for file in sorted(expected - present):
        raise BrokenReference(f"is listed in {EDITION_FILE}, but there is no such file", file=file)


def _vendor_own(table: Table) -> dict[str, frozenset[str]]:
    return {owner: frozenset(table.texts(owner)) for owner in table.values}


def _words(file: Table, key: str) -> dict[str, dict[str, str]]:
    """A table of tables of words, one for each object."""
    words: dict[str, dict[str, str]] = {}
    for owner in file.table(key).values:
        table = Table(file.table(key).typed(owner, dict), file.file, f"[{key}.{owner}]")
        words[owner] = {other_name: table.text(other_name) for other_name in table.values}
    return words


def _hash_suffixes(table: Table) -> dict[str, int]:
    return {suffix: table.positive(suffix) for suffix in table.values}


def _always(edition: Table, parts: dict[str, Part]) -> Part | None:
    """The part whose rows each event has, or None. Raises BrokenReference."""
    name = edition.text_or_none("always")
    if name is not None and name not in parts:
        raise edition.broken(f"there is no part {name!r}", "always")
    return parts[name] if name else None


def _spoken_names(vocabulary: Table, events: tuple[str, ...]) -> dict[str, str]:
    """What people call events, and the name of each. Raises BrokenReference for a name of no event."""
    if "spoken_names" not in vocabulary.values:
        return {}
    table = vocabulary.table("spoken_names")
    for spoken in table.values:
        if table.text(spoken) not in events:
            raise table.broken(f"there is no event {table.text(spoken)!r}", spoken)
    return {spoken: table.text(spoken) for spoken in table.values}
