"""The log says what happened, and never a capture key: whoever reads logs may not write recordings."""

import logging
import re

_KEY = re.compile(r"(/collect/|/shim/|\btoken=)[^\s/?&#.\"']+")


class WithoutKeys(logging.Formatter):
    """Formats a record, its traceback included, with an ellipsis for every capture key."""

    def format(self, record: logging.LogRecord) -> str:
        return _KEY.sub(r"\1…", super().format(record))
