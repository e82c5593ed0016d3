"""Helpers for tests of the verdict badge: a page, verdicts as the shim pushes them, console and badge."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import ConsoleMessage, Page

from events import reference
from events.reference.examples import example_params
from events.verdict import judge
from tests.example_events import findings_of
from tests.shim_host import Site
from tests.waiting import wait_for

SOURCE: Final = Path(__file__).parent.parent / "static" / "shim" / "badge.js"
SHOW: Final = "<script src='/show.js'></script>"
LIST: Final = "window[Symbol.for('cact-inspector.verdicts')]"
DASHBOARD: Final = "window[Symbol.for('cact-inspector.dashboard')]"
REFERENCE: Final = reference.load()

Visit = Callable[..., Page]


def visitor(site: Site, page: Page) -> Visit:
    """A function that opens a page with the given HTML; the badge's script is at ``/show.js``."""
    site.files["/show.js"] = SOURCE.read_text()

    def visit(html: str = "", **goto: Any) -> Page:
        site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{html}"
        page.goto(site.url("/shop.html"), **goto)
        return page

    return visit


def entry(name: Any, params: Any = None, **more: Any) -> dict[str, Any]:
    """One verdict as the shim pushes it, with the server's judgement."""
    judged = judge(name, params or {}, REFERENCE)
    findings = findings_of(name, params or {})
    called = json.dumps(params or {})
    fields = {"name": name, "verdict": judged.verdict, "findings": findings, "called": called}
    return {"id": "x", "n": 1, "at": 0, "call_site": None} | fields | more


def finding(path: str, message: str, **more: Any) -> dict[str, Any]:
    fields = {"severity": "error", "code": "wrong_type", "path": path, "message": message}
    return fields | {"expected": None, "got": None} | more


def pushes(*entries: dict[str, Any]) -> str:
    """A script that pushes verdicts as the shim does."""
    made = f"{LIST} || Object.defineProperty(window, Symbol.for('cact-inspector.verdicts'), {{ value: [] }});"
    return made + "".join(f"{LIST}.push({json.dumps(each)});" for each in entries)


BROKEN: Final = example_params(REFERENCE, "purchase")
del BROKEN["currency"], BROKEN["items"][0]["product"]["price"]
BROKEN["value"] = "12"
VALID: Final = entry("login", example_params(REFERENCE, "login"))
INVALID: Final = entry("purchase", BROKEN)
WARNING: Final = entry("purchse")


class Console:
    """Collects the page's console output as it is displayed: texts of lines, grouped."""

    def __init__(self, page: Page) -> None:
        self.messages: list[ConsoleMessage] = []
        page.on("console", self._print)

    def _print(self, message: ConsoleMessage) -> None:
        self.messages.append(message)

    def groups(self, count: int) -> list[list[str]]:
        """Wait for ``count`` groups; the first line of each is its title."""
        kinds = ("startGroupCollapsed", "log", "endGroup")
        wait_for(f"{count} groups", lambda: [m.type for m in self.messages].count("endGroup") >= count)
        assert all(message.type in kinds for message in self.messages)
        groups: list[list[str]] = []
        for message in self.messages:
            if message.type == "startGroupCollapsed":
                groups.append([])
            if message.type != "endGroup":
                groups[-1].append(_formatted([arg.json_value() for arg in message.args]))
        assert len(groups) == count
        return groups


def _formatted(args: list[Any]) -> str:
    """Formats arguments as a console does; surplus arguments follow the format."""
    rest = iter(args[1:])
    text = re.sub(r"%[cs]", lambda match: next(rest) * (match[0] == "%s"), args[0])
    return " ".join([text, *(each if isinstance(each, str) else json.dumps(each) for each in rest)])


class Badge:
    """The badge, read through the debugger: its shadow root is closed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.debugger = page.context.new_cdp_session(page)

    def root(self) -> int | None:
        """The debugger's id of the badge's shadow root; None without a badge."""
        document = self.debugger.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
        (html,) = (node for node in document["children"] if node["localName"] == "html")
        hosts = [node for node in html["children"] if node["localName"] == "cact-inspector"]
        assert len(hosts) <= 1
        return hosts[0]["shadowRoots"][0]["nodeId"] if hosts else None

    def wait(self) -> "Badge":
        wait_for("the badge", self.root)
        return self

    def ask(self, expression: str) -> Any:
        """The value of the expression, in which ``root`` is the shadow root."""
        node = self.debugger.send("DOM.resolveNode", {"nodeId": self.root()})["object"]["objectId"]
        function = f"function () {{ const root = this; return {expression} }}"
        call = {"objectId": node, "functionDeclaration": function, "returnByValue": True}
        return self.debugger.send("Runtime.callFunctionOn", call)["result"].get("value")

    def reads(self, text: str) -> None:
        wait_for(
            f"a badge that reads {text}",
            lambda: self.root() and self.ask("root.textContent.replaceAll('\\ufe0e', '')") == text,
        )

    def box(self, of: str) -> list[float]:
        return list(
            self.ask(
                f"(r => [r.x, r.y, r.width, r.height])(root.querySelector('{of}').getBoundingClientRect())"
            )
        )

    def click(self, on: str) -> None:
        x, y, width, height = self.box(on)
        self.page.mouse.click(x + width / 2, y + height / 2)
