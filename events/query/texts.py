"""Where a text of a query is looked for, in memory and in SQL alike. Pure."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from events.query.folding import fold, in_json

PLAIN: Final = ("name", "page_url", "call_site", "container")
JSON: Final = ("called", "sent", "automatic", "permanent")
FINDINGS: Final = "findings"
#: The forms of a finding's path that people write: with dots, with blanks for underscores in its code.
_PATH: Final = re.compile(r"[^\s\"\\/.\[\]]+(?:\.[^\s\"\\/.\[\]]+|\[[0-9]+\])+")
_WORDS: Final = re.compile(r"[a-z]+(?: [a-z]+)+", re.IGNORECASE)
_MISSING: Final = re.compile(r"(\S+) missing", re.IGNORECASE)


class Needle(NamedTuple):
    """A text in each form in which a column may hold it.

    ``missing`` is the pointer's end where the text is the row's "value missing".
    """

    text: str
    in_json: tuple[str, ...]
    in_findings: tuple[str, ...]
    missing: str = ""


def needle_of(text: str) -> Needle:
    """The forms of a text that is looked for."""
    in_payload = dict.fromkeys((text, in_json(text)))
    in_findings = dict(in_payload)
    if _PATH.fullmatch(text):
        in_findings[_pointer(text)] = None
    if _WORDS.fullmatch(text):
        in_findings[text.replace(" ", "_")] = None
    found = _MISSING.fullmatch(text)
    missing = f"/{in_json(_pointer(found[1]))}" if found else ""
    return Needle(text, tuple(in_payload), tuple(in_findings), missing)


def _pointer(path: str) -> str:
    return path.replace(".", "/").replace("[", "/").replace("]", "")


def contained(forms: Iterable[str], text: str) -> bool:
    """True where the text, folded, contains one of the forms, which are folded."""
    return any(form in text for form in forms)


def folded(forms: Iterable[str]) -> tuple[str, ...]:
    """The forms without case."""
    return tuple(map(fold, forms))
