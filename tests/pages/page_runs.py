"""Runs a page in a real Chromium in one of the ways, and records what it leaves behind.

One browser does all runs: it has the extension, which is switched on for the host names of the runs in
the way ``extension`` alone.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import ConsoleMessage, Error, Frame, Page, Playwright, Request

from tests.pages.page_browser import EXTENSION_KEY, PageBrowser
from tests.pages.page_cases import PageCase, Way
from tests.pages.page_hosts import AnyScript, PageSite, Run, Vendor
from tests.pages.page_records import Record, event_differences, plain
from tests.pages.page_steps import LEAVING, take
from tests.shim_host import Answer
from tests.waiting import wait_for

#: The steps after which a tab is not as it was, and those that leave a page: such a run has its own tab.
_OWN_TAB: Final = LEAVING | {"hide", "clock"}
_OBSERVED: Final = "typeof observed === 'function' ? observed() : null"


class Stand:
    """The browser, the site, the vendor's collector and the inspector of all runs."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.inspector, self.vendor = AnyScript(), Vendor()
        self.site = PageSite(self.inspector, self.vendor)
        self._baselines: dict[tuple[str, Way], Record] = {}
        self._browser = PageBrowser(playwright, folder, self.inspector)
        self._shown: Run | None = None  # whose page the tab for many runs shows

    def down(self) -> None:
        self._browser.close()
        for host in (self.site, self.vendor, self.inspector):
            host.down()

    def without(self, case: PageCase, way: Way) -> Record:
        """The page without us, with which this way is compared; it runs once."""
        baseline: Way = "framed without" if way == "framed" else "without"
        if (case.name, baseline) not in self._baselines:
            self._baselines[case.name, baseline] = self.run(case, baseline)
        return self._baselines[case.name, baseline]

    def run(self, case: PageCase, way: Way) -> Record:
        run, record = Run(case, way), Record()
        address = self.site.address(run)
        if way == "extension":
            self._switch(run, on=True)
        before, since = len(self.inspector.posts), len(self.vendor.received)
        fresh = any(_OWN_TAB & step.keys() for step in case.steps)
        with self._browser.tab(fresh=fresh) as page, self._recorded(page, run, record):
            page.goto(address)
            for step in case.steps:
                if LEAVING & step.keys():
                    record.observed += _observed(page, run)
                take(step, page, self, run, since)
            self._settle(run, before, since)
            if not page.is_closed():
                record.observed += _observed(page, run)
        if not fresh:
            self._shown = run
        self.inspector.answer = lambda _: Answer()
        record.received, record.events = self.vendor.of(run, since), self._events(run, before)
        if way == "extension":
            self._switch(run, on=False)
        return record

    def pump(self) -> None:
        """Let Playwright handle what the browser has reported."""
        self._browser.pump()

    def _switch(self, run: Run, *, on: bool) -> None:
        self._browser.switch(self.site.address(run, "/")[:-1], on=on)

    def _settle(self, run: Run, before: int, since: int) -> None:
        """Wait until everything has arrived. A run that is known to fail waits only briefly."""
        case = run.case.of(run.way)

        def arrived() -> bool:
            self.pump()
            if len(self.vendor.of(run, since)) < case.vendor:
                return False
            without = run.way in ("without", "framed without")
            return without or not event_differences(case, self._events(run, before))

        self.wait("the page's requests and events", arrived, run)

    def wait(self, what: str, probe: Callable[[], bool], run: Run) -> None:
        """Wait, briefly where the run is known to fail. The comparison says in the end what is missing."""
        with suppress(AssertionError):
            wait_for(what, probe, 2 if run.way in run.case.fails else 12)

    def _events(self, run: Run, before: int) -> list[dict[str, Any]]:
        """The run's events in the order of their calls, with the updates that came later."""
        events: dict[str, dict[str, Any]] = {}
        for post in self.inspector.posts[before:]:
            other_page = post.key == EXTENSION_KEY and _is_of_another(run, str(post.body["page"].get("url")))
            if post.key not in (run.key, EXTENSION_KEY) or other_page or post.status >= 300:
                continue
            for event in post.body.get("events", []):
                events.setdefault(event["id"], event | {"page": post.body["page"]})
            for update in post.body.get("updates", []):
                events.get(update["id"], {}).update(update)
        return sorted(events.values(), key=lambda event: (event["at"], event["n"]))

    @contextmanager
    def _recorded(self, page: Page, run: Run, record: Record) -> Iterator[None]:
        """Record what the browser says of the page during the block; not of the page that it replaces."""
        inspector = self.inspector.url("")
        left = _naming(self._shown if self._shown != run else None)

        def logged(message: ConsoleMessage) -> None:
            text = f"{message.type}: {message.text}"
            where = message.location.get("url", "")
            if left(text + where):
                return
            ours = "Cact Inspector" in text or inspector in text + where
            (record.ours if ours else record.console).append(plain(text, run.key))

        def requested(request: Request) -> None:
            foreign = request.url.startswith((inspector, "data:", "blob:", "chrome-extension:"))
            if foreign or left(request.url):
                return
            body = request.post_data_buffer
            line = f"{request.method} {request.url} {(body or b'').decode('utf-8', 'backslashreplace')}"
            record.issued.append(plain(line, run.key))

        def thrown(error: Error) -> None:
            if not left(error.stack or ""):
                record.thrown.append(plain(str(error), run.key))

        listeners: dict[Any, Any] = {"console": logged, "request": requested, "pageerror": thrown}
        for event, listener in listeners.items():
            page.on(event, listener)
        try:
            yield
            self.pump()
        finally:
            for event, listener in listeners.items():
                page.remove_listener(event, listener)


def _naming(run: Run | None) -> Callable[[str], bool]:
    """Whether a text names this run in an address."""
    if run is None:
        return lambda _: False
    key = re.compile(rf"(?<![\w-]){re.escape(run.key)}(?![\w-])")
    return lambda text: key.search(text) is not None


def _is_of_another(run: Run, page_url: str) -> bool:
    """Whether the address is that of another run's page. A frame's address may name no run."""
    host = re.match(r"https?://([^/:]+)\.localhost", page_url)
    return host is not None and host[1] != run.key


def _observed(page: Page, run: Run) -> list[dict[str, Any]]:
    """The records of the page's frames, with their addresses."""
    return [found for frame in page.frames if (found := _of_frame(frame, run))]


def _of_frame(frame: Frame, run: Run) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = frame.evaluate(_OBSERVED)
    except Error:
        return None  # the frame is gone
    if found:
        found["log"] = [plain(line, run.key) for line in found["log"]]
        found["names"] = {
            holder: sorted(plain(name, run.key) for name in names) for holder, names in found["names"].items()
        }
        found["at"] = plain(frame.url, run.key)
    return found
