"""Writes a call as code, from its parameters."""

from typing import Any, Final

from events.reference.examples import as_call
from events.wire import NOT_READ

#: What stands in the code for a value that neither the script nor a request tells.
_UNKNOWN: Final = "undefined /* not read */"


def code_of_call(name: str, params: dict[str, Any]) -> str:
    """The code of ``cact('trigger', name, params)``; an unread value is ``undefined``, and says so."""
    code = as_call(name, params)
    for mark in NOT_READ:
        code = code.replace(f"'{mark}'", _UNKNOWN)
    return code
