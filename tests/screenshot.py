"""Makes the README's picture of the dashboard: ``python -m tests.screenshot`` runs the demo shop for it."""

import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests import browsers
from tests.servers import Server

_PICTURE: Final = Path(__file__).parent.parent / "static" / "img" / "dashboard.png"


def main() -> None:
    """Start an inspector, fire events in the demo shop, broken ones included, and write the picture."""
    with tempfile.TemporaryDirectory() as folder, browsers.running_browser() as browser:
        server = Server(Path(folder))
        server.start()
        try:
            page = browsers.new_context(browser).new_page()
            _photograph(server, page)
        finally:
            server.stop()


def _photograph(server: Server, page: Page) -> None:
    recording = server.new_recording("Staging, checkout")
    key = recording["key"]
    for path in ("", "list/", "product/", "cart/"):
        page.goto(f"{server.url}/demo/{path}?recording={key}")
        page.locator("html[data-ready]").wait_for()
    page.goto(f"{server.url}/demo/checkout/?recording={key}&broken=1")
    page.locator("[data-fire-all]").click()
    page.locator("[data-odd=ga4_names]").dispatch_event("click")
    page.goto(f"{server.url}/recordings/{key}/")
    row = page.locator(".row.invalid", has_text="purchase").last
    row.click()
    expect(page.locator("#detail h2")).to_contain_text("purchase")
    _PICTURE.parent.mkdir(exist_ok=True)
    page.screenshot(path=_PICTURE)


if __name__ == "__main__":
    main()
