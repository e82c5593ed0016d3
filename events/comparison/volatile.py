"""Recognises volatile values by their form: values that differ at each visit of a page."""

import itertools
import re
from typing import Any, Final, Literal
from urllib.parse import urlsplit

VolatileKind = Literal["", "uuid", "moment", "token", "hash", "address"]

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.{0,15}", re.DOTALL)
_EPOCH: Final = re.compile(r"1[0-9]{9}(\d{3})?(\.\d+)?|2[0-9]{9}(\d{3})?")  # 2001 to 2039, s or ms
_CLIENT_ID: Final = re.compile(r"(GA\d\.\d\.|fb\.\d\.)?\d{6,}\.\d{6,}")
_HASH: Final = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_\-.~+/=]{16,}")
_LONGEST: Final = 2_000


def volatile_kind(value: Any) -> VolatileKind:
    """The kind of a volatile value, "" for any other value."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return "moment" if whole and _EPOCH.fullmatch(str(int(value))) else ""
    if not isinstance(value, str) or not 10 <= len(value) <= _LONGEST:
        return ""
    return _text_kind(value)


def _text_kind(value: str) -> VolatileKind:
    if _UUID.fullmatch(value):
        return "uuid"
    if _MOMENT.fullmatch(value) or _EPOCH.fullmatch(value):
        return "moment"
    if _CLIENT_ID.fullmatch(value):
        return "token"
    if value.startswith(("http://", "https://")):
        return "address"
    if _HASH.fullmatch(value):
        return "hash" if len(value) in (32, 40, 64) else "token"
    return "token" if _TOKEN.fullmatch(value) and _looks_random(value) else ""


def _looks_random(text: str) -> bool:
    """Whether letters, capitals and digits alternate often; in words they change only between words."""
    kinds = [
        "9" if letter.isdigit() else "A" if letter.isupper() else "a" for letter in text if letter.isalnum()
    ]
    turns = sum(one != other for one, other in itertools.pairwise(kinds))
    return len(set(kinds)) > 1 and "9" in kinds and turns * 4 >= len(kinds)


def address_parts(value: Any) -> tuple[str, str, str] | None:
    """Host, path, and query with fragment of an absolute URL; None for any other value."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return (parts.netloc, parts.path.rstrip("/"), f"{parts.query}#{parts.fragment}") if parts.netloc else None


def outline(text: str) -> str:
    """The form of a text: each run of letters becomes ``A``, of digits ``9``: ``A_9`` for ``O_1245``."""
    plain = re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text))
    return re.sub(r"(A9|9A)[A9]*", "X", plain)
