"""A real Chromium, and pages in it that a test may not leave with an error unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Playwright,
    WebError,
    sync_playwright,
)

from tests.services import chromium

_ARGUMENTS: Final = [
    "--no-sandbox",  # CI is root in a container
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",  # names that browsers do not take for this machine
]
#: What htmx logs as errors where a newer request replaced an older one; a failure has a name of its own.
_ABORTED: Final = ("htmx:afterRequest", "htmx:sendAbort")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The whole browser, for as long as it is needed."""
    with sync_playwright() as playwright, launched(playwright, chromium()) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, program: str | None) -> Iterator[Browser]:
    """The browser at this path, for as long as it is needed."""
    browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
    yield browser
    browser.close()


def new_context(browser: Browser, *, any_certificate: bool = False) -> BrowserContext:
    """A profile without a past, the same on every machine. ``any_certificate``: trusts a self-signed one."""
    return browser.new_context(
        locale="en-GB",
        timezone_id="UTC",
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
        ignore_https_errors=any_certificate,
    )


def watch_errors(context: BrowserContext) -> list[str]:
    """A list that fills with what the context's pages throw or log as errors."""
    errors: list[str] = []

    def thrown(error: WebError) -> None:
        errors.append(f"thrown: {error.error}")

    def logged(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_ABORTED):
            errors.append(f"logged: {message.text} ({message.location.get('url', '')})")

    context.on("weberror", thrown)
    context.on("console", logged)
    return errors


@contextmanager
def with_extension(browser: Browser, profile: Path, extension: Path) -> Iterator[BrowserContext]:
    """A second browser of the same kind, with its own profile, that has this unpacked extension."""
    loading = [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=[*_ARGUMENTS, *loading], no_viewport=True
    )
    yield context
    context.close()
