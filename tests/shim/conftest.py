"""A page with the script, the site that it is on, and an inspector that a test can switch off."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import browsers
from tests.shim.visits import Visit
from tests.shim_host import Inspector, Site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in which nothing may be thrown, nor rejected unhandled. Failing requests are meant."""
    context = browsers.new_context(browser)
    thrown: list[str] = []
    context.on("weberror", lambda error: thrown.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert thrown == []


@pytest.fixture
def visit(site: Site, inspector: Inspector, page: Page) -> Visit:
    """Opens a page of the site. ``{shim}`` in it stands for the script tag, ``{shim two}`` for another's."""

    def visit(html: str) -> Page:
        html = html.replace("{shim address}", inspector.url("/shim/key.js"))
        html = re.sub(r"{shim(?: (\w+))?}", lambda match: inspector.script(match[1] or "key"), html)
        site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{html}"
        page.goto(site.url("/shop.html"))
        return page

    return visit
