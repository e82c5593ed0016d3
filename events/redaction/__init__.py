"""Redaction: masks personal values in events, findings and texts. Pure, except for ``per_recording``.

Personal values are found in three ways: by the name of the parameter that holds them (``parameters``); by
pattern, such as an e-mail address, a phone number or a digest, in any text and encoding (``patterns``); by
value: a value of a personal parameter is masked wherever it occurs in the recording (``known_values``).
``per_recording`` reads those values from the database.
"""

from events.redaction.findings import personal_examples
from events.redaction.masks import KINDS, MASK, WORDS, masks_a_number
from events.redaction.redactor import Redactor
from events.verdict.messages import NOT_SHOWN

__all__ = [
    "KINDS",
    "MASK",
    "NOT_SHOWN",
    "WORDS",
    "Redactor",
    "masks_a_number",
    "personal_examples",
]
