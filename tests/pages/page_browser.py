"""The Chromium of the runs of pages, and its tabs.

It has the extension, and unlike Playwright's default it keeps left pages for the way back. A run uses the tab
of the run before it, where its steps allow: to open a tab costs as much as the run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Page, Playwright

from inspector.script.extension import Target, extension_files
from tests import browsers, services
from tests.shim_host import Inspector

#: The capture key with which the extension posts, whatever the run.
EXTENSION_KEY: Final = "extension"
#: The browser paints its window again for each page: a small one, without tabs and address bar.
_PLAIN: Final = ["--kiosk", "--window-size=400,300"]


class PageBrowser:
    """One Chromium with the extension, and the tab that runs use one after the other."""

    def __init__(self, playwright: Playwright, folder: Path, inspector: Inspector) -> None:
        self._context = _launched(playwright, folder, _written_extension(folder / "extension", inspector))
        worker = self._context.service_workers or [self._context.wait_for_event("serviceworker")]
        self._extension = self._context.new_page()
        self._extension.goto(f"{worker[0].url.rpartition('/')[0]}/manifest.json")
        self._used = self._context.new_page()
        self._session = self._context.new_cdp_session(self._used)
        self._lasting = frozenset(self._context.pages)

    @contextmanager
    def tab(self, *, fresh: bool) -> Iterator[Page]:
        """A tab for one run: a fresh one, or the one that still shows the page of an earlier run."""
        page = self._context.new_page() if fresh else self._used
        try:
            yield page
        finally:
            if not fresh:
                self._session.send("Page.resetNavigationHistory")  # and drops the pages kept for the way back
            for each in self._context.pages:
                if each not in self._lasting:
                    each.close()

    def switch(self, origin: str, *, on: bool) -> None:
        """Switch the extension on or off for a site."""
        message = "([origin, on]) => chrome.runtime.sendMessage({ ask: 'site', origin, on })"
        self._extension.evaluate(message, [origin, on])

    def pump(self) -> None:
        """Let Playwright handle what the browser has reported."""
        self._extension.evaluate("0")

    def close(self) -> None:
        """End the browser."""
        self._context.close()


def _written_extension(folder: Path, inspector: Inspector) -> Path:
    """Write the unpacked extension that posts to the inspector; returns its folder."""
    target = Target("Pages", inspector.url(f"/collect/{EXTENSION_KEY}"), inspector.url("/"))
    for name, content in extension_files(target, "bridge-of-the-pages").items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _launched(playwright: Playwright, folder: Path, extension: Path) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        folder / "profile",
        executable_path=services.chromium(),
        args=[*browsers.ARGUMENTS, *_PLAIN, *browsers.loading(extension)],
        ignore_default_args=["--disable-back-forward-cache"],
        no_viewport=True,
        locale="en-GB",
    )
