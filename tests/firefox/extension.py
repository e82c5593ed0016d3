"""The extension of a recording in a running Firefox, as the server packs it, and helpers to inspect both."""

import json
from pathlib import Path
from typing import Any, Final

from tests.firefox.browser import Firefox, Tab
from tests.servers import Server
from tests.waiting import wait_for

_ID: Final = "cact-inspector@localhost"
#: Firefox gives each installed extension a random host name, unless a preference does.
_HOST: Final = "1e9f7b5c-6a6b-4f52-8f0c-2b1a6a9d5e10"
PREFERENCES: Final = {"extensions.webextensions.uuids": json.dumps({_ID: _HOST})}


class Extension:
    """The installed extension; ``ask`` evaluates in a page of it, where the browser's extension API is."""

    def __init__(self, firefox: Firefox, server: Server, recording: dict[str, Any], file: Path) -> None:
        self.firefox, self.server, self.recording = firefox, server, recording
        packed = server.client.get(f"/recordings/{recording['key']}/extension.zip").raise_for_status()
        file.write_bytes(packed.content)
        assert firefox.ask("install", path=str(file)) == _ID
        self._page = firefox.open()
        self._page.goto_extension(f"moz-extension://{_HOST}/popup.html")

    def ask(self, script: str) -> Any:
        return self._page.evaluate(script)

    def switch(self, site: str, *, on: bool = True) -> None:
        message = {"ask": "site", "origin": site, "on": on}
        self.ask(f"browser.runtime.sendMessage({json.dumps(message)})")

    def tab_id(self, tab: Tab) -> int:
        """The browser's id of the tab, whose address no other tab may have."""
        (found,) = [
            one["id"]
            for one in self.ask("browser.tabs.query({})")
            if one.get("url") == tab.evaluate("location.href")
        ]
        assert isinstance(found, int)
        return found

    def wait_for_badge(self, tab: Tab, text: str) -> None:
        asked = f"browser.action.getBadgeText({{ tabId: {self.tab_id(tab)} }})"
        wait_for(f"the badge {text!r}", lambda: self.ask(asked) == text)

    def popup(self, tab: Tab) -> Tab:
        """Open the popup in a tab of its own, where it can be inspected, and run its script for this tab."""
        popup = self.firefox.open()
        popup.goto_extension(f"moz-extension://{_HOST}/popup.html")
        query = f"browser.tabs.query = async () => [await browser.tabs.get({self.tab_id(tab)})]"
        popup.evaluate(f"{query}; import('./popup.js?for-another-tab').then(() => {{}})")
        return popup

    def names(self) -> list[str]:
        """The names of all stored events, in their order."""
        return [event["event_name"] for event in self.server.stored(self.recording)]

    def wait_for_names(self, *names: str) -> None:
        """Wait until exactly these names are stored; fail where others, or too many, are."""
        wait_for(f"{len(names)} events", lambda: len(self.names()) >= len(names))
        assert self.names() == list(names)

    def reset(self) -> None:
        """Switch all sites off and forget everything. The extension stays, and its host name."""
        for site in self.ask("browser.storage.local.get('sites')")["sites"]:
            self.switch(site, on=False)
        self.ask("Promise.all([browser.storage.local.clear(), browser.storage.session.clear()])")
