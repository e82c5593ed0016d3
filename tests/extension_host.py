"""A browser with the extension of one recording, and helpers to inspect both."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, Worker

from inspector.script.extension import Target, extension_files, new_bridge
from tests.servers import Server
from tests.waiting import wait_for

STUB: Final = "caReady = []; cact = mine = function () { caReady.push(arguments) };"


def write_extension(folder: Path, recording: dict[str, Any], open_url: str = "") -> Path:
    """Write the unpacked extension of a recording into a folder; return the folder."""
    urls = recording["urls"]
    target = Target(recording["name"], urls["collect"], urls["dashboard"])
    for name, content in extension_files(target, new_bridge(), open_url).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


class Extension:
    """The extension in a running browser: its worker, its popup, its tabs.

    Several tests may use one browser, one after the other: ``begin`` and ``reset`` keep them apart.
    """

    def __init__(self, context: BrowserContext, server: Server, recording: dict[str, Any]) -> None:
        self.context = context
        self.server = server
        self.recording = recording
        workers = context.service_workers
        self.url = (workers[0] if workers else context.wait_for_event("serviceworker")).url.rpartition("/")[0]
        # An extension page for the tests' scripts, since the browser stops service workers.
        self._page = context.new_page()
        self._page.goto(f"{self.url}/manifest.json")
        self._before = 0

    def begin(self) -> None:
        """From now on ``names`` leaves out what is stored already."""
        self._before = self.server.state(self.recording)["last_seq"]

    def reset(self) -> None:
        """Switch off all sites and what is shown in pages, and close all pages but the extension's own."""
        for page in self.context.pages:
            if page != self._page:
                page.close()
        for site in self.ask("async () => (await chrome.storage.local.get({ sites: [] })).sites"):
            self.switch(site, on=False)
        self.ask("() => chrome.runtime.sendMessage({ ask: 'show', on: false })")

    @property
    def worker(self) -> Worker:
        return self.context.service_workers[-1]

    def ask(self, script: str, given: Any = None) -> Any:
        """Evaluate a script in the extension's worker, where it may use the browser's extension API."""
        return self._page.evaluate(script, given)

    def switch(self, site: str, on: bool = True) -> None:
        self.ask("([origin, on]) => chrome.runtime.sendMessage({ ask: 'site', origin, on })", [site, on])

    def sleep(self) -> None:
        """Stop the service worker, as the browser does after half a minute without events."""
        session = self.context.new_cdp_session(self._page)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def tab(self, page: Page) -> int:
        """The browser's id of the tab with the page, whose address no other tab may have."""
        tabs = self.ask("() => chrome.tabs.query({})")
        (found,) = (tab["id"] for tab in tabs if tab.get("url") == page.url)
        assert isinstance(found, int)
        return found

    def badge(self, page: Page) -> str:
        text = self.ask("(tabId) => chrome.action.getBadgeText({ tabId })", self.tab(page))
        assert isinstance(text, str)
        return text

    def wait_for_badge(self, page: Page, text: str) -> None:
        wait_for(f"the badge {text!r}", lambda: self.badge(page) == text)

    def popup(self, page: Page) -> Page:
        """Open the popup of the page's tab, in a tab of its own, where the test can inspect it."""
        popup = self.context.new_page()
        popup.add_init_script(f"chrome.tabs.query = async () => [await chrome.tabs.get({self.tab(page)})]")
        popup.goto(f"{self.url}/popup.html")
        return popup

    def names(self) -> list[str]:
        """The names of the stored events since ``begin``, in their order."""
        stored = self.server.stored(self.recording)
        return [event["event_name"] for event in stored if event["seq"] > self._before]

    def wait_for_events(self, count: int) -> None:
        wait_for(f"{count} events", lambda: len(self.names()) >= count)

    def wait_for_names(self, *names: str) -> None:
        """Wait until exactly these names are stored; fail where others, or too many, are."""
        self.wait_for_events(len(names))
        assert self.names() == list(names)
