"""Starts Chromium, makes browser contexts, and collects the errors of their pages."""

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

ARGUMENTS: Final = [
    "--no-sandbox",  # CI is root in a container
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",  # host names that browsers do not treat as loopback
]
#: Errors that htmx logs where a newer request replaced an older one; failures have other names.
_ABORTED: Final = ("htmx:afterRequest", "htmx:sendAbort")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run the full Chromium for the block."""
    with sync_playwright() as playwright, launched(playwright, chromium()) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, program: str | None) -> Iterator[Browser]:
    """Run the browser at this path for the block."""
    browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    yield browser
    browser.close()


def new_context(browser: Browser, *, any_certificate: bool = False) -> BrowserContext:
    """A fresh context, equal on every machine. ``any_certificate``: accepts self-signed certificates."""
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


def loading(extension: Path) -> list[str]:
    """The arguments that load an unpacked extension, and no other."""
    return [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]


@contextmanager
def with_extension(browser: Browser, profile: Path, extension: Path) -> Iterator[BrowserContext]:
    """Run a second browser of the same kind with a profile of its own and this unpacked extension."""
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=[*ARGUMENTS, *loading(extension)], no_viewport=True
    )
    yield context
    context.close()
