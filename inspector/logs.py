"""The log says what happened, and never a capture key or a token: whoever reads logs may not use them."""

import logging
import re

_KEY = re.compile(r"(/collect/|/shim/|\btoken=|\bcact_)[^\s/?&#.\"']+")


class WithoutKeys(logging.Formatter):
    """Formats a record, its traceback included, with an ellipsis for every key."""

    def format(self, record: logging.LogRecord) -> str:
        return _KEY.sub(r"\1…", super().format(record))
