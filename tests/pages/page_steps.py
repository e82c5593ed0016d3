"""The steps that a page's JSON file may name: what happens to the page after its load.

``{"click": "#buy"}``       clicks an element
``{"evaluate": "code"}``    runs code in the page
``{"goto": "/next.html"}``  opens another address of the site
``{"reload": true}``, ``{"back": true}``, ``{"close": true}``
``{"hide": true}``          the page sees that its tab is hidden; false shows it again
``{"clock": 6}``            lets so many seconds pass for the page at once
``{"received": 2}``         waits until the collector has received so many requests
``{"inspector": 503}``      the inspector answers so from now on; 202 lets it accept posts again
``{"until": "expression"}`` waits until the expression is true in the page
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import Page

from tests.shim_host import Answer
from tests.waiting import wait_for

if TYPE_CHECKING:
    from tests.pages.page_hosts import Run
    from tests.pages.page_runs import Stand

#: The steps that end a document.
LEAVING: Final = frozenset(["goto", "reload", "back", "close"])
#: Playwright keeps every tab visible; a page learns of a hidden one by these.
_HIDE: Final = """(hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    Object.defineProperty(document, 'visibilityState',
        { value: hidden ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true })) }"""


def take(step: dict[str, Any], page: Page, stand: Stand, run: Run, since: int) -> None:
    """Take one step. Raises ValueError for an unknown one."""
    ((name, value),) = step.items()
    framed = run.way in ("framed", "framed without") and len(page.frames) > 1
    frame = page.frames[1] if framed else page.main_frame
    match name:
        case "click":
            frame.click(value)
        case "evaluate":
            frame.evaluate(value)
        case "goto":
            page.goto(stand.site.address(run, value))
        case "reload":
            page.reload()
        case "back":
            page.go_back(wait_until="commit")
            page.wait_for_function("typeof observed === 'function'")
        case "close":
            page.close()
        case "hide":
            frame.evaluate(_HIDE, value)
        case "clock":
            _pass(value, page, stand)
        case "received":
            _until_received(value, stand, run, since)
        case "inspector":
            stand.inspector.answer = lambda _: Answer(value)
        case "until":
            stand.wait(value, lambda: bool(frame.evaluate(f"Boolean({value})")), run)
        case _:
            raise ValueError(f"unknown step {name}")


def _until_received(count: int, stand: Stand, run: Run, since: int) -> None:
    def received() -> bool:
        stand.pump()
        return len(stand.vendor.of(run, since)) >= count

    stand.wait(f"{count} requests", received, run)


def _pass(seconds: float, page: Page, stand: Stand) -> None:
    """Let time pass for the page: its timers run at once, and its requests are awaited."""
    session = page.context.new_cdp_session(page)
    passed: list[object] = []

    def expired(event: object) -> None:
        passed.append(event)

    session.on("Emulation.virtualTimeBudgetExpired", expired)
    policy = {"policy": "pauseIfNetworkFetchesPending", "budget": seconds * 1000}
    session.send("Emulation.setVirtualTimePolicy", policy)

    def over() -> bool:
        stand.pump()
        return bool(passed)

    wait_for(f"{seconds} seconds of the page's clock", over)
    session.detach()
