"""No capture key gets into the log, whatever is logged about a request."""

import logging
import sys

import pytest
from django.db import OperationalError

from inspector.serving.log_filter import RedactingFormatter

KEY = "iCEnZ4nGbQZ-HtoUW9M8fUtI_Vc"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"Internal Server Error: /collect/{KEY}", "Internal Server Error: /collect/…"),
        (f"Forbidden: /shim/{KEY}.js", "Forbidden: /shim/….js"),
        (f'"GET /events?tc_s=1&token={KEY}&event_name=a"', '"GET /events?tc_s=1&token=…&event_name=a"'),
        (f"http://a.example/events?token={KEY}", "http://a.example/events?token=…"),
        (f"POST /events?tc_s=1&tc_skey={KEY} 200", "POST /events?tc_s=1&tc_skey=… 200"),
        (f"Bearer cact_{KEY}", "Bearer cact_…"),
        ("a recording was collected", "a recording was collected"),
    ],
)
def test_a_key_is_left_out(said: str, kept: str) -> None:
    record = logging.LogRecord("name", logging.ERROR, __file__, 1, "%s", (said,), None)
    assert RedactingFormatter("%(message)s").format(record) == kept


def test_what_is_away_is_told_in_a_line() -> None:
    error = OperationalError(f"connection failed: /collect/{KEY}\n\tIs the server running?")
    exc_info = (OperationalError, error, None)
    record = logging.LogRecord("name", logging.ERROR, __file__, 1, "failed", None, exc_info)
    told = "failed\nOperationalError: connection failed: /collect/…"
    assert RedactingFormatter("%(message)s").format(record) == told


def test_a_key_is_left_out_of_a_traceback() -> None:
    try:
        int(f"/collect/{KEY}")
    except ValueError:
        record = logging.LogRecord("name", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    text = RedactingFormatter("%(message)s").format(record)
    assert "Traceback" in text
    assert KEY not in text
