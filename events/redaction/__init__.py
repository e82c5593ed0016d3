"""Masking personal values: what a colleague may see of a recording without seeing whose it is.

Three ways to find them: by *place* (``places``: the parameters that hold them), by *look* (``looks``: e-mail
addresses, phone numbers, digests and the like, anywhere, however encoded), by *identity* (``identities``:
what the recording holds in a personal place is masked everywhere else too). Pure, but for ``redactor_for``.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from events.redaction.findings import personal_examples
from events.redaction.masks import KINDS, MASK, WORDS, masks_a_number
from events.redaction.redactor import Redactor
from events.verdict.messages import NOT_SHOWN

if TYPE_CHECKING:
    from events.models import Recording

__all__ = [
    "KINDS",
    "MASK",
    "NOT_SHOWN",
    "WORDS",
    "Redactor",
    "masks_a_number",
    "personal_examples",
    "redactor_for",
]


def redactor_for(recording: "Recording", masked: Iterable[str] = KINDS) -> Redactor:
    """A redactor that knows what ``recording`` holds; ``recording`` must be freshly read.

    Values of its latest 20,000 events are masked wherever they occur, and always the keys of the recording
    itself, whatever is ``masked``. Labels hold within the recording.
    """
    from events.redaction import per_recording  # reads the database: the rest of this package needs no Django

    return per_recording.redactor_for(recording, masked)
