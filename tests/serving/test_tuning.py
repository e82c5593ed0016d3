"""What makes the server quicker leaves what it does as it was, and is noticed where it no longer can."""

from types import SimpleNamespace
from typing import Any

import pytest
from twisted.web import http

from inspector.serving import tuning
from inspector.serving.tuning import cache_content_types, disable_access_log

_PRIVATE = "_parseContentType"


@pytest.mark.parametrize(
    "header",
    [
        b"text/plain",
        b"application/json; charset=utf-8",
        b"multipart/form-data; boundary=x",
        b"",
        b"/",
        b"\xff;",
    ],
)
def test_remembered_media_types_are_those_that_twisted_reads(
    header: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = getattr(http, _PRIVATE)  # where this fails, Twisted has changed: see whether it is still needed
    expected = getattr(parse, "__wrapped__", parse)(header)
    monkeypatch.setattr(http, _PRIVATE, getattr(parse, "__wrapped__", parse))
    cache_content_types()
    remembering = getattr(http, _PRIVATE)
    assert [remembering(header), remembering(header)] == [expected, expected]
    assert remembering.cache_info().hits == 1
    assert remembering.cache_info().maxsize == 256


def test_remembering_twice_is_remembering_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, _PRIVATE, getattr(http, _PRIVATE))
    cache_content_types()
    once = getattr(http, _PRIVATE)
    cache_content_types()
    assert getattr(http, _PRIVATE) is once


def test_a_twisted_without_that_function_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    another = SimpleNamespace()
    monkeypatch.setattr(tuning, "http", another)
    cache_content_types()
    assert vars(another) == {}


def test_requests_are_logged_by_a_method_that_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(http.HTTPFactory.log)  # where this fails, Twisted has changed: see what it does now
    monkeypatch.setattr(http.HTTPFactory, "log", http.HTTPFactory.log)
    disable_access_log()
    log: Any = http.HTTPFactory.log
    log(None, None)  # would fail on anything that it looked at
