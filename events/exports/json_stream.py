"""Writes a JSON document with long lists in it, piece by piece. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

#: The placeholder in a document for a list that is written in pieces.
LIST: Final = "\ue000 list \ue000"


def stream(document: dict[str, Any], *lists: Iterable[list[Any]]) -> Iterator[bytes]:
    """The JSON of ``document`` with ``lists`` in place of its LISTs, in order, each entry on its own line.

    The document must not contain untrusted values; the lists may.
    """
    parts = orjson.dumps(document).split(orjson.dumps(LIST))
    for part, pieces in zip(parts, lists, strict=False):
        yield part + b"["
        yield from _entries(pieces)
        yield b"\n]"
    yield parts[-1] + b"\n"


def _entries(pieces: Iterable[list[Any]]) -> Iterator[bytes]:
    separator = b"\n"
    for piece in pieces:
        if piece:
            yield separator + b",\n".join(map(orjson.dumps, piece))
            separator = b",\n"
