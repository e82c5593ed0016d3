"""The log says what happened, and never a key or a token: nobody gets these from it."""

import logging
import re

_KEY = re.compile(r"(/collect/|/shim/|\B/s/|\btoken=|\bcact_)[^\s/?&#.\"']+")


class WithoutKeys(logging.Formatter):
    """Formats a record, its traceback included, with an ellipsis for every key and token."""

    def format(self, record: logging.LogRecord) -> str:
        return _KEY.sub(r"\1…", super().format(record))
