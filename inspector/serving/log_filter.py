"""A log formatter that redacts capture keys and tokens, and shortens tracebacks of outages to a line."""

import logging
import re
from typing import Any

from events.wire.routing import KEY_FIELDS
from inspector.serving.outage import UNAVAILABLE

_FIELDS = "|".join(KEY_FIELDS)
_KEY = re.compile(rf"(/collect/|/shim/|\B/s/|\b(?:{_FIELDS})=|\bcact_)[^\s/?&#.\"']+")


class RedactingFormatter(logging.Formatter):
    """Formats a record, its traceback included, with an ellipsis for every key and token.

    An unreachable database or Redis is logged in one line for each request: a traceback would show no bug.
    """

    def format(self, record: logging.LogRecord) -> str:
        return _KEY.sub(r"\1…", super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  # its name in logging
        error = ei[1]
        if isinstance(error, UNAVAILABLE):
            return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        return super().formatException(ei)
