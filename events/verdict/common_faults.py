"""The commonest fault of a parameter: some text where a number, a list or a listed word belongs.

Known beforehand, so that a gate can tell it without asking the rules. The rules remain the definition: what
is said here is taken from what they say of one such text.
"""

from typing import Final, NamedTuple

from events.verdict.findings import Severity
from events.verdict.interpreted import row_findings
from events.verdict.spec import Row

#: A text that is in no list, is no placeholder and is not blank.
_SOME_TEXT: Final = "-"


class Fault(NamedTuple):
    """What a finding about the text says, besides the text itself."""

    severity: Severity
    code: str
    expected: str | None


def fault_of(row: Row) -> Fault | None:
    """What is wrong with any text that is neither blank nor a placeholder nor in the row's list.

    None where that depends on the text.
    """
    parameter = row.parameter
    textual = parameter.type == "string"
    if parameter.format is not None or (textual and not (row.enumeration and row.enumeration.closed)):
        return None
    found = list(row_findings(row, _SOME_TEXT, {}, ""))
    if len(found) != 1 or found[0].why:
        return None
    return Fault(found[0].severity, found[0].code, found[0].expected)
