"""The log says what happened, and never a key or a token: nobody gets these from it."""

import logging
import re
from typing import Any

from inspector.serving.outage import AWAY

_KEY = re.compile(r"(/collect/|/shim/|\B/s/|\btoken=|\bcact_)[^\s/?&#.\"']+")


class WithoutKeys(logging.Formatter):
    """Formats a record, its traceback included, with an ellipsis for every key and token.

    A database or Redis that is away is no fault to be found in our code: one line for each request is enough.
    """

    def format(self, record: logging.LogRecord) -> str:
        return _KEY.sub(r"\1…", super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  # its name in logging
        """The traceback, or in one line that something is away."""
        error = ei[1]
        if isinstance(error, AWAY):
            return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        return super().formatException(ei)
