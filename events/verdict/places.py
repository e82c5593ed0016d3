"""Tells which rules about values hold for a parameter, by its object and name. Pure.

Source: "Values that a person would want to be told about" in the reading of the reference.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from events.reference.types import Parameter
from events.verdict.findings import Severity

_CACHED_NAMES: Final = 4_096
_LONGEST_NAME: Final = 200  # characters; the end of a longer name is what tells its kind
#: Between two words of a name: ``userPassword2``, ``user_password``.
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|[\W\d_]+")


class Place(NamedTuple):
    """The rules for texts in one place.

    ``words``: undefined, null and NaN are looked for inside the text, too. ``email``: the severity of an
    e-mail address; None where one is at home. ``numbers``: card numbers and IBANs are looked for. ``json``:
    no text belongs here, so that JSON text is odd. ``address``: a URL, whose query may hold secrets.
    ``lines``: line breaks and tabs are fine.
    """

    words: bool = True
    email: Severity | None = "warning"
    numbers: bool = True
    json: bool = False
    address: bool = False
    lines: bool = False


TEXT: Final = Place()
NAME: Final = Place(words=False)
ADDRESS: Final = Place(words=False, address=True)
ID: Final = Place(numbers=False)
OF_USER: Final = Place(email=None, numbers=False)
USER_ID: Final = Place(email="info", numbers=False)
NO_TEXT: Final = Place(json=True)
#: A text without a finding here has none in any place.
STRICTEST: Final = Place(json=True, address=True)

_IN_EVENT: Final = {
    **dict.fromkeys(("url", "path", "referrer"), ADDRESS),
    **dict.fromkeys(("title", "page_name", "search_term"), NAME),
    **dict.fromkeys(("video_title", "video_description", "program", "keyword", "campaign"), NAME),
    **dict.fromkeys(("id", "item_id", "ad_cost_id", "video_session_id"), ID),
    **dict.fromkeys(("content_asset_id", "content_pod_id", "ad_asset_id", "ad_pod_id"), ID),
}
_IN_PRODUCT: Final = {"name": NAME, "id": ID}
_STANDARD: Final = {"Product": _IN_PRODUCT, "Item": {"id": ID}, "User": {"id": USER_ID}}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ADDRESS_WORDS: Final = _set("url uri href link path pathname referrer referer location src")
_FREE_WORDS: Final = _set(
    "description desc comment comments message review feedback text query keyword keywords question answer "
    "note notes title headline"
)
_ID_WORDS: Final = _set("id ids uuid guid sku gtin ean isbn upc imei timestamp")
#: Properties of custom events that are called like standard ones with free text.
_FREE_NAMES: Final = frozenset({"search_term", "page_name", "product_name", "item_name"})


def place_of(holder: str, parameter: Parameter) -> Place:
    """The place of a row of the reference; ``holder`` is the name of its schema, or of an event."""
    if parameter.type is None:
        return custom_place(parameter.name, holder)
    if parameter.type not in ("string", "string or string[]"):
        return NO_TEXT._replace(email=None) if holder == "User" else NO_TEXT
    if parameter.format in ("md5", "sha256"):
        return OF_USER
    default = OF_USER if holder == "User" else TEXT
    return _STANDARD.get(holder, _IN_EVENT).get(parameter.name, default)


def custom_place(name: str, holder: str, around: str = "") -> Place:
    """The place of the property ``name`` without a row; inside a user, ``holder`` is "User".

    ``around`` is the name of the custom object that has the property, "" in standard objects.
    """
    return _custom_place(name[-_LONGEST_NAME:], holder == "User", around[-_LONGEST_NAME:] == "product")


@lru_cache(_CACHED_NAMES)
def _custom_place(name: str, in_user: bool, in_product: bool) -> Place:
    words = words_of(name)
    last = words[-1] if words else ""
    address = last in _ADDRESS_WORDS
    free = bool(_FREE_WORDS.intersection(words)) or name in _FREE_NAMES or (in_product and name == "name")
    return Place(
        words=not address and not free,
        email=None if in_user else "warning",
        numbers=last not in _ID_WORDS,
        json=True,
        address=address,
        lines=free,
    )


def words_of(name: str) -> list[str]:
    """The words of a property's name in lower case, without numbers and signs."""
    return [word.lower() for word in _BETWEEN_WORDS.split(name) if word]
