"""Finds what some tests need beside Python: browsers, databases, nginx, openssl, curl, mitmproxy, rrweb.

``killable`` stands for the programs of PostgreSQL and Redis, of which ``killable_services`` starts processes.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from psycopg import sql

from inspector.script import rrweb

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_HEADLESS_SHELL: Final = "chromium-headless-shell"
_FIREFOXES: Final = ("firefox-esr", "firefox")
_FIREFOX_DRIVER: Final = Path(__file__).parent / "firefox"
_POSTGRES: Final = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/test")
_REDIS: Final = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
_LIBRARIES: Final = Path(__file__).parent / "pages" / "libraries"
_POSTGRES_PROGRAMS: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_MITMDUMP: Final = Path(__file__).parent.parent / ".mitmproxy" / "bin" / "mitmdump"
#: A Redis database of the tests' own, since tests empty it; each process that runs tests has another one.
_REDIS_DATABASE: Final = 11 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def chromium() -> str | None:
    """The path of the full Chromium; None without one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)


def headless_shell() -> str | None:
    """The path of Chromium's headless shell, four times as fast; else that of the full Chromium."""
    return os.environ.get("CHROMIUM") or shutil.which(_HEADLESS_SHELL) or chromium()


def firefox() -> str | None:
    """The path of Firefox; None without one."""
    return os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, _FIREFOXES)), None)


def redis_url() -> str:
    """The URL of the Redis database that tests may empty."""
    return urlsplit(_REDIS)._replace(path=f"/{_REDIS_DATABASE}").geturl()


@contextmanager
def fresh_postgres() -> Iterator[str]:
    """Create an empty PostgreSQL database for the block; yields its URL."""
    name = f"cact_test_{secrets.token_hex(6)}"
    identifier = sql.Identifier(name)
    with psycopg.connect(_POSTGRES, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            yield urlsplit(_POSTGRES)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def program(name: str) -> str | None:
    """The path of a program in PATH, in /usr/sbin, or in Debian's folder of PostgreSQL; None without it."""
    folders = [os.environ.get("PATH", os.defpath), "/usr/sbin", *map(str, _POSTGRES_PROGRAMS)]
    return shutil.which(name, path=os.pathsep.join(folders))


def need(*names: str) -> None:
    """Skip the running test where one of these services is missing."""
    for name in names:
        if reason := missing(name):
            pytest.skip(reason)


@cache
def missing(name: str) -> str | None:
    """The reason why the service is missing, in a line; None where it is available."""
    return _CHECKS[name]()


def _missing_browser() -> str | None:
    return None if chromium() else f"no browser: none of {', '.join(_BROWSERS)}, nor CHROMIUM"


def _missing_firefox() -> str | None:
    """The program, and the library that drives it in its pinned version."""
    if firefox() is None:
        return f"no Firefox: none of {', '.join(_FIREFOXES)}, nor FIREFOX"
    pinned = json.loads((_FIREFOX_DRIVER / "package.json").read_text())["dependencies"]
    for name, version in pinned.items():
        file = _FIREFOX_DRIVER / "node_modules" / name / "package.json"
        if not file.is_file() or json.loads(file.read_text())["version"] != version:
            return f"no {name} {version} to drive Firefox: make firefox"
    return None if shutil.which("node") else "no node to drive Firefox"


def _missing_postgres() -> str | None:
    try:
        psycopg.connect(_POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        return f"no PostgreSQL at {urlsplit(_POSTGRES).netloc} (TEST_DATABASE_URL)"
    return None


def _missing_redis() -> str | None:
    try:
        redis.Redis.from_url(redis_url(), socket_connect_timeout=3).ping()
    except redis.RedisError:
        return f"no Redis at {urlsplit(_REDIS).netloc} (TEST_REDIS_URL)"
    return None


def _missing_openssl() -> str | None:
    return None if shutil.which("openssl") else "no openssl"


def _missing_curl() -> str | None:
    return None if shutil.which("curl") else "no curl"


def _missing_nginx() -> str | None:
    return None if program("nginx") else "no nginx"


def _missing_killable() -> str | None:
    absent = [name for name in ("initdb", "postgres", "redis-server") if program(name) is None]
    return f"nothing to kill: no {', '.join(absent)}" if absent else None


def mitmdump() -> Path:
    """The path of mitmproxy's program without a user interface; ``make mitmproxy`` installs it."""
    return _MITMDUMP


def _missing_mitmproxy() -> str | None:
    return None if _MITMDUMP.exists() else "no mitmproxy: make mitmproxy"


def _missing_strip() -> str | None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    return None if rrweb.installed() else f"no library for strips: {rrweb.HOW}"


def _missing_libraries() -> str | None:
    """Whether each package of ``tests/pages/libraries`` is installed in its pinned version."""
    pinned = json.loads((_LIBRARIES / "package.json").read_text())["dependencies"]
    for name, version in pinned.items():
        file = _LIBRARIES / "node_modules" / name / "package.json"
        if not file.is_file() or json.loads(file.read_text())["version"] != version:
            return f"no {name} {version} for pages: make libraries"
    return None


_CHECKS: Final[dict[str, Callable[[], str | None]]] = {
    "browser": _missing_browser,
    "curl": _missing_curl,
    "firefox": _missing_firefox,
    "killable": _missing_killable,
    "mitmproxy": _missing_mitmproxy,
    "libraries": _missing_libraries,
    "nginx": _missing_nginx,
    "openssl": _missing_openssl,
    "postgres": _missing_postgres,
    "redis": _missing_redis,
    "strip": _missing_strip,
}
SERVICES: Final = tuple(_CHECKS)
