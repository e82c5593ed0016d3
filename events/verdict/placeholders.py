r"""Finds placeholders and fillers: texts that stand where a template or a script had no value. Pure.

Patterns are bounded or possessive, so that a hostile text costs linear time.
"""

import re
from typing import Final

from events.verdict.faults import Fault
from events.verdict.places import Place

_EMPTY_WORDS: Final = frozenset({"undefined", "null", "nan"})
_OBJECT = re.compile(r"\[object [A-Za-z_$][\w$ ]{0,60}\]", re.ASCII | re.IGNORECASE)
#: A word of its own: an underscore or a sign beside it is no part of it.
_INNER_WORD = re.compile(r"(?<![^\W_])(?:undefined|null|nan)(?![^\W_])", re.IGNORECASE)
_VARIABLES: Final = tuple(
    (start, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for start, pattern in {
        "{{": r"\{\{\s{0,9}[^\s{}][^{}]{0,200}\}\}",
        "${": r"\$\{\s{0,9}[^\s{}][^{}]{0,200}\}",
        "%%": r"%%[ ]?[A-Za-z_][\w.:\-]{0,100}[ ]?%%",
        "<%": r"<%[=\-]?\s{0,9}[^\s<>%][^<>%]{0,200}%>",
        "<?": r"<\?(?:=|php\b)?\s{0,9}[^\s<>?=][^<>?]{0,200}\?>",
        "[[": r"\[\[\s{0,9}[A-Za-z_$~@][^\[\]]{0,200}\]\]",
        "%7b%7b": r"%7b%7b(?:%20)?[\w.+%\-]{1,200}?%7d%7d",
        "%24%7b": r"%24%7b[\w.+%\-]{1,200}?%7d",
        "$%7b": r"\$%7b[\w.+%\-]{1,200}?%7d",
    }.items()
)

_FUNCTION = re.compile(r"(?:async\s{1,9})?function\b[\s*]{0,9}[\w$]{0,60}\s{0,9}\(")
_CLASS = re.compile(r"class\s{1,9}[\w$]{1,60}\s{0,9}(?:extends\s{1,9}[\w$.]{1,60}\s{0,9})?\{")
_METHOD = re.compile(r"(?:async\s{1,9})?[\w$]{1,60}\s{0,9}\([\w$\s,={}\[\].'\"]{0,200}\)\s{0,9}\{")
_ARROW = re.compile(r"(?:async\s{0,9})?\([\w$\s,={}\[\].'\"]{0,200}\)\s{0,9}=>")
_SHORT_ARROW = re.compile(r"(?:async\s{1,9})?([A-Za-z_$][\w$]{0,60})\s{0,9}=>\s{0,9}")
_CODE = re.compile(r"[{(\[;`]")
_SHORT_BODY: Final = 300  # characters of a body in which the argument is looked for

_FILLERS: Final = frozenset(
    [
        "(not set)",
        "not set",
        "(none)",
        "(not provided)",
        "(unknown)",
        "n/a",
        "n.a.",
        "none",
        "unknown",
        "todo",
        "tbd",
        "test",
    ]
)
_REPEATED_FILLER = re.compile(r"(?:-{1,20}|x{3,20})\Z")
_TEST_ADDRESS = re.compile(r"test[0-9]{0,3}@test[0-9]{0,3}\.[a-z.]{2,20}\Z")
_LONGEST_FILLER: Final = 60  # characters, blanks around it not counted


def placeholder_fault(text: str, place: Place) -> Fault | None:
    """``placeholder_value`` for a text that is a placeholder, or holds one where ``place`` has none."""
    bare = text.strip()
    if bare.lower() in _EMPTY_WORDS or _OBJECT.fullmatch(bare):
        return _WHOLE
    if is_function(bare):
        return _SOURCE
    if holds_variable(text):
        return _VARIABLE
    if place.words and not is_url(bare) and _holds_word(text):
        return _WORD
    return None


def _holds_word(text: str) -> bool:
    small = text.lower()
    if any(word in small for word in _EMPTY_WORDS) and _INNER_WORD.search(text):
        return True
    return "[object " in small and _OBJECT.search(text) is not None


def filler_fault(text: str) -> Fault | None:
    """``filler_value`` for a text that says that there is no value, or that only tries something out."""
    bare = text.strip()
    if not bare:
        return _BLANK if text else None
    if len(bare) > _LONGEST_FILLER:
        return None
    bare = bare.lower()
    if bare in _FILLERS or _REPEATED_FILLER.match(bare) or _TEST_ADDRESS.match(bare):
        return _FILLER
    return None


def is_function(text: str) -> bool:
    """Whether ``text`` is the source of a JavaScript function, as its ``toString`` gives it."""
    if text.endswith("}") and any(form.match(text) for form in (_FUNCTION, _CLASS, _METHOD)):
        return True
    if "=>" not in text[:400]:
        return False
    if _ARROW.match(text):
        return True
    short = _SHORT_ARROW.match(text)
    if short is None:
        return False
    # "Home => Shoes" is a path of categories; a function's body is code, or uses the argument.
    body = text[short.end() : short.end() + _SHORT_BODY]
    used = re.search(rf"(?<![\w$]){re.escape(short[1])}(?![\w$])", body)
    return bool(used or _CODE.search(body))


def holds_variable(text: str) -> bool:
    """Whether ``text`` holds a variable that its template left unfilled."""
    small = text.lower()
    return any(start in small and form.search(text) for start, form in _VARIABLES)


def is_url(text: str) -> bool:
    """Whether ``text`` is the address of a page, in which any word may stand."""
    return text[:8].lower().startswith(("http://", "https://"))


_EXPECTED: Final = "a real value"
_WHOLE: Final = Fault("warning", "placeholder_value", _EXPECTED)
_SOURCE: Final = Fault("warning", "placeholder_value", _EXPECTED, "function")
_VARIABLE: Final = Fault("warning", "placeholder_value", _EXPECTED, "variable")
_WORD: Final = Fault("warning", "placeholder_value", _EXPECTED, "word")
_FILLER: Final = Fault("info", "filler_value", _EXPECTED)
_BLANK: Final = Fault("info", "filler_value", _EXPECTED, "blank")
