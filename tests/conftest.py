"""Shared fixtures: running inspectors, a browser, sites under test.

Servers and browser live as long as the session; each test makes a recording of its own.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import daphne.server  # noqa: F401  # first of what knows Twisted: it chooses the event loop, as in the server
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests import browsers, django_settings, pure, services
from tests.servers import Server
from tests.shim_host import Inspector, Site
from tests.team import QUICK_LOGIN, add_account
from tests.verdict_shop import Visit, visitor

# The same examples in each run: a failure on CI is reproducible. New examples: --hypothesis-profile=search
settings.register_profile("repeatable", derandomize=True, max_examples=100, deadline=None)
# For make check, between two edits: make test tries the hundred.
settings.register_profile("quick", derandomize=True, max_examples=50, deadline=None)
settings.register_profile("search", max_examples=10_000, deadline=None)
settings.load_profile("repeatable")

#: Files with few, long tests: started last, one of them would run alone at the end.
_LONG = frozenset(
    [
        "test_extension",
        "test_faults",
        "test_left_as_it_was",
        "test_left_as_it_was_in_any_order",
        "test_login",
        "test_open",
        "test_openapi",
        "test_query_plans",
        "test_rejudge",
        "test_several_processes",
        "test_slow_clients",
        "test_strip_in_a_browser",
    ]
)

# Milliseconds until an expectation fails: generous for busy machines, since a met one returns at once.
expect.set_options(timeout=40_000)


def pytest_configure(config: pytest.Config) -> None:
    """Set up Django with a folder of its own.

    Restore SIGINT, which servers must handle: a shell that starts the tests in the background ignores it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.add_cleanup(django_settings.set_up())


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the pure tests. Begin with the files that take longest; the others keep their order."""
    for item in items:
        if pure.is_pure(item):
            item.add_marker("pure")
    items.sort(key=lambda item: item.path.stem not in _LONG)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that is marked as pure and starts a process or opens a connection."""
    if item.get_closest_marker("pure") is None:
        return (yield)
    with pure.guarded():
        return (yield)


def pytest_sessionstart() -> None:
    """Exit where REQUIRE names a service that is missing: on CI no test may be skipped unnoticed."""
    for name in filter(None, os.environ.get("REQUIRE", "").split(",")):
        if name not in services.SERVICES:
            pytest.exit(f"REQUIRE knows {', '.join(services.SERVICES)}, not {name!r}", returncode=1)
        if reason := services.missing(name):
            pytest.exit(f"REQUIRE={name}: {reason}", returncode=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each reason of skipped tests once, with the number of tests."""
    skipped = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    for reason, count in skipped.items():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the server's log of this time with a failing test."""
    report = yield
    for name, server in getattr(item, "funcargs", {}).items():
        if isinstance(server, Server) and (said := server.log_since_last_asked()):
            report.sections.append((f"log of {name}", said))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector with the default settings: SQLite, and the channel layer in memory."""
    server = Server(tmp_path_factory.mktemp("sqlite"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """The URL of a PostgreSQL database of this session's own."""
    services.need("postgres", "redis")
    with services.fresh_postgres() as database:
        yield database


@pytest.fixture(scope="session")
def postgres_server(postgres_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector on PostgreSQL and Redis."""
    folder = tmp_path_factory.mktemp("postgres")
    server = Server(folder, DATABASE_URL=postgres_database, REDIS_URL=services.redis_url())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def second_postgres_server(
    postgres_server: Server, postgres_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A second server process on the database and Redis of ``postgres_server``."""
    folder = tmp_path_factory.mktemp("postgres2")
    server = Server(folder, DATABASE_URL=postgres_database, REDIS_URL=services.redis_url())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector with a login, as for a server on the network, with the accounts of Ada and Ben."""
    server = Server(tmp_path_factory.mktemp("team"), HOST="0.0.0.0", **QUICK_LOGIN)
    for name in ("ada", "ben"):
        add_account(server, name)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["server", "postgres_server"], ids=["sqlite", "postgres+redis"])
def any_server(request: pytest.FixtureRequest) -> Server:
    """Each inspector in turn: the test runs on every database and channel layer."""
    server: Server = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """An inspector of the test's own."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording()


@pytest.fixture
def site() -> Iterator[Site]:
    """A site under test, on another origin than the inspector's."""
    site = Site()
    yield site
    site.down()


@pytest.fixture
def visit(site: Site, page: Page) -> Visit:
    """Opens a page of the site that shows its verdicts. ``page`` fails the test where it logs an error."""
    return visitor(site, page)


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    """A double of the inspector that a test can switch off or let refuse posts."""
    inspector = Inspector()
    yield inspector
    inspector.down()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, of which a process can have only one."""
    services.need("browser")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def headless_shell(playwright: Playwright) -> Iterator[Browser]:
    with browsers.launched(playwright, services.headless_shell()) as browser:
        yield browser


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    with browsers.launched(playwright, services.chromium()) as browser:
        yield browser


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Browser:
    """The headless shell; the full Chromium for files that are marked ``whole_browser``."""
    whole = request.node.get_closest_marker("whole_browser") is not None
    browser: Browser = request.getfixturevalue("whole_browser" if whole else "headless_shell")
    return browser


@pytest.fixture
def new_context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[], BrowserContext]]:
    """Makes browser contexts; the test fails where a page in one of them throws or logs an error."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def make() -> BrowserContext:
        context = browsers.new_context(browser)
        contexts.append((context, browsers.watch_errors(context)))
        return context

    yield make
    for context, _ in contexts:
        context.close()
    if request.node.get_closest_marker("page_errors_expected") is None:
        assert [error for _, errors in contexts for error in errors] == []


@pytest.fixture
def context(new_context: Callable[[], BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of a fresh profile, 1440 x 900, in British English and UTC."""
    return context.new_page()


@pytest.fixture
def no_event_loop() -> Iterator[None]:
    """Let code run that must not be called from a coroutine, in a worker where a browser has been driven.

    Playwright's synchronous API leaves its event loop running in the thread of the tests.
    """
    loop = asyncio.events._get_running_loop()  # noqa: SLF001  # asyncio has no other way
    asyncio.events._set_running_loop(None)  # noqa: SLF001
    yield
    asyncio.events._set_running_loop(loop)  # noqa: SLF001
