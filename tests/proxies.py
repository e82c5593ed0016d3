"""Runs nginx with the configuration of /help/deploy/ in front of a test's servers."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.ports import free_port, taken
from tests.services import program
from tests.waiting import wait_for

_FILES: Final = Path(__file__).parent.parent / "static" / "help"
#: A distribution's nginx.conf around the files of conf.d, without system paths.
_AROUND: Final = """
{user}daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/inspector.conf;
}}
"""


def help_file(name: str) -> str:
    """The text of a configuration file that /help/deploy/ shows."""
    return (_FILES / name).read_text()


def put(text: str, old: str, new: str) -> str:
    """``text`` with ``old``, which must occur once, replaced by ``new``."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


@contextmanager
def nginx(folder: Path, ports: list[int], certificate: Path, key: Path) -> Iterator[int]:
    """Run nginx with the manual's configuration, except for ports and paths; yields its port."""
    port, text = free_port(), help_file("nginx.conf")
    for before, after in zip((8001, 8002), ports, strict=True):
        text = put(text, f"127.0.0.1:{before} ", f"127.0.0.1:{after} ")
    text = put(text, "listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    text = put(text, "/etc/ssl/certs/inspector.pem", str(certificate))
    text = put(text, "/etc/ssl/private/inspector.pem", str(key))
    (folder / "inspector.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        _AROUND.format(folder=folder, user="user root;\n" if os.geteuid() == 0 else "")
    )
    binary = program("nginx")
    assert binary is not None
    process = subprocess.Popen(
        [binary, "-p", str(folder), "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"],
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_for("nginx", lambda: taken(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)
