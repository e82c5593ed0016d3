"""Computes each row's commonest finding beforehand: a text where a number, a list or a listed word belongs.

A compiled check reports this finding without calling the rules. The rules remain the definition: the finding
is computed by calling them with one such text.
"""

from typing import Final, NamedTuple

from events.verdict.findings import Severity
from events.verdict.interpreted import row_findings
from events.verdict.spec import Row

#: A text that is in no list, is no placeholder and is not blank.
_SOME_TEXT: Final = "some text"


class CommonFault(NamedTuple):
    """The parts of a finding that do not depend on the text found."""

    severity: Severity
    code: str
    expected: str | None


def fault_of(row: Row) -> CommonFault | None:
    """The one finding that every text gets which is neither blank nor a placeholder nor in the row's list.

    None where the findings depend on the text.
    """
    parameter = row.parameter
    textual = parameter.type in ("string", "string or string[]")
    if parameter.format is not None or (textual and not (row.enumeration and row.enumeration.closed)):
        return None
    found = list(row_findings(row, _SOME_TEXT, {}, ""))
    if len(found) != 1 or found[0].why:
        return None
    return CommonFault(found[0].severity, found[0].code, found[0].expected)
