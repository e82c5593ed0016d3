"""Removes the extension points of Daphne and Twisted one by one, in a process of its own.

``python -m tests.extension_points`` prints as JSON the error for each name, and which requests are refused.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import daphne.server  # before other imports of Twisted: it installs the reactor
from daphne import http_protocol
from twisted.internet.testing import StringTransport
from twisted.web import http


def main() -> None:
    """Print ``{"whole": …, "missing": {name: message}, "installed": {…}, "refused": {…}}``."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    found = {
        "whole": _complaint(),
        "missing": dict(_missing()),
        "installed": _installed(),
        "refused": {"as it is": _refused(http.HTTPChannel), "without its address": _refused(_nameless())},
    }
    sys.stdout.write(json.dumps(found))


def _nameless() -> Any:
    """A channel class that has no ``_path`` before the request is complete."""
    base: Any = http.HTTPChannel

    def receive_all(channel: Any) -> None:
        channel.whole = True
        base.allContentReceived(channel)

    def get(channel: Any) -> Any:
        if not hasattr(channel, "whole"):
            raise AttributeError
        return channel.address

    path = property(
        get,
        lambda channel, path: setattr(channel, "address", path),
        lambda channel: delattr(channel, "address"),
    )
    return type("Nameless", (base,), {"allContentReceived": receive_all, "_path": path})


def _missing() -> Iterator[tuple[str, str]]:
    for owner, name in (
        (http.Request, "gotLength"),
        (http.Request, "handleContentChunk"),
        (http.Request, "requestReceived"),
        (http_protocol.WebRequest, "process"),
        (daphne.server.Server, "handle_reply"),
        (http.HTTPFactory, "log"),
    ):
        with _without(owner, name):
            yield name, _complaint()
    with patch.object(http, "HTTPChannel", _nameless()):
        yield "_path", _complaint()
    with patch.object(http.HTTPChannel, "rawDataReceived"):  # the methods exist, but get no body
        yield "handleContentChunk, requestReceived", _complaint()
    with patch.object(http.Request, "__init__", lambda self, channel, queued=True: None):
        yield "parsePOSTFormSubmission", _complaint()


@contextmanager
def _without(owner: Any, name: str) -> Iterator[None]:
    """Remove an attribute of ``owner`` and of its base classes for the block."""
    holders = [(each, vars(each)[name]) for each in owner.__mro__ if name in vars(each)]
    for holder, _ in holders:
        delattr(holder, name)
    yield
    for holder, value in holders:
        setattr(holder, name, value)


def _complaint() -> str:
    from django.core.exceptions import ImproperlyConfigured

    from inspector.serving.daphne_extensions import require_extension_points

    try:
        require_extension_points()
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def _installed() -> dict[str, str]:
    from inspector.serving.daphne_extensions import install

    server = install()
    return {"server": server.__name__, "request": http_protocol.WebRequest.__name__}


def _refused(kind: Any) -> dict[str, bool]:
    """True where a body of 2 MB is refused, by path."""
    return {path: _answer(kind, path).startswith(b"HTTP/1.1 413 ") for path in ("/api/import", "/collect/x")}


def _answer(kind: Any, path: str) -> bytes:
    """The bytes that a client receives after it has sent its headers."""
    from inspector.serving.fast_path import FastPathRequest

    make_transport: Any = StringTransport
    channel, transport = kind(), make_transport()
    channel.factory = SimpleNamespace(server=SimpleNamespace(protocol_connected=lambda _: None))
    channel.requestFactory = FastPathRequest
    channel.makeConnection(transport)
    channel.dataReceived(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n".encode())
    sent: bytes = transport.value()
    return sent


if __name__ == "__main__":
    main()
