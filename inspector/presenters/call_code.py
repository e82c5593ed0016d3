"""Writes a call as code, from its parameters."""

from collections.abc import Iterable
from typing import Any, Final

from events.reference.examples import Code, as_call
from events.verdict.pointer import pick, tokens_of
from events.verdict.unknown import MORE, NAME
from events.wire import NOT_READ

_NOT_READ: Final = Code("undefined /* not read */")
_UNKNOWN: Final = Code("undefined /* unknown */")
_MORE_PROPERTIES: Final = Code("...{} /* unknown */", whole=True)
_MORE_ELEMENTS: Final = Code("...[] /* unknown */")


def code_of_call(name: str, params: dict[str, Any], unknown: Iterable[str] = ()) -> str:
    """The code of ``cact('trigger', name, params)``, where ``params`` may be from ``with_unknown``.

    In place of each mark of an unread value it has ``undefined``, and says so.
    """
    code = as_call(_UNKNOWN if not name and NAME in unknown else name, params)
    for mark in NOT_READ:
        code = code.replace(f"'{mark}'", _NOT_READ.text)
    return code


def with_unknown(params: dict[str, Any], unknown: Iterable[str]) -> dict[str, Any]:
    """A copy of ``params`` with code in the place of each unknown value; none is invented."""
    copy: Any = _copied(params)
    for path in unknown:
        *around, last = tokens_of(path) or [""]
        holder = pick(copy, around)
        if isinstance(holder, dict):
            if last == MORE:
                holder["…"] = _MORE_PROPERTIES
            elif holder.get(last) is None and path != NAME:
                holder[last] = _UNKNOWN
        elif isinstance(holder, list):
            if last == MORE:
                holder.append(_MORE_ELEMENTS)
            elif last.isdecimal() and int(last) < len(holder) and holder[int(last)] is None:
                holder[int(last)] = _UNKNOWN
    return {} if not isinstance(copy, dict) else copy


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value
