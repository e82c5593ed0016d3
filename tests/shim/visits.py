"""What tests of the script do in a page."""

from collections.abc import Callable

from playwright.sync_api import ConsoleMessage, Page

from tests.shim_cases import LEAVING

Visit = Callable[[str], Page]


def leave(page: Page, script: str = "", how: str = LEAVING["location"]) -> None:
    """Run the script and navigate in the same turn; wait until the next page is there."""
    with page.expect_navigation():
        page.evaluate(f"() => {{ {script}; {how} }}")


def is_ours(message: ConsoleMessage) -> bool:
    return "Cact Inspector" in message.text


def what_it_says(page: Page) -> list[str]:
    """Fills with what the shim writes to the console."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if is_ours(message) else None)
    return said
