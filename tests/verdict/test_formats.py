"""What a file is, from how it begins."""

import pytest

from events.imports.formats import format_of

LOG = b'"log": {"version": "1.2", "entries": []}}'


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b'{"log":{}}', "har"),
        (b'\xef\xbb\xbf\n{ "log" : {', "har"),
        (b'{"comment": "a \\" b", "x": 1.5, "y": null, ' + LOG, "har"),
        (b'{"event_name": "a", ' + LOG, "text"),
        (b'{"comment": "x", "event": "a", ' + LOG, "text"),
        (b'{"comment": "x", "log": {"level": 1}}', "text"),
        (b'{"format": "cact-inspector-recording", "version": 1}', "ndjson"),
        (b"<!DOCTYPE html>", "html"),
        (b"cact('trigger', 'a')", "text"),
    ],
)
def test_it_is_told_from_its_beginning(head: bytes, form: str) -> None:
    assert format_of(head) == form
