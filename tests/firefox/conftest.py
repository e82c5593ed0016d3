"""One Firefox for all tests of the folder; each test has fresh tabs, in which nothing may be thrown."""

from collections.abc import Callable, Iterator

import pytest

from tests import services
from tests.firefox.browser import Firefox, Tab, running_firefox
from tests.firefox.extension import PREFERENCES
from tests.shim_host import Inspector, Site
from tests.street import Street

Visit = Callable[[str], Tab]


@pytest.fixture(scope="session")
def whole_firefox() -> Iterator[Firefox]:
    """Firefox as it comes, but for one preference.

    Firefox ends the process of a closed tab and aborts its scripts: of the listeners of ``pagehide``, of the
    page's or of ours, some run and some do not. With the preference, all run.
    """
    services.need("firefox")
    with running_firefox({"dom.abort_script_on_child_shutdown": False, **PREFERENCES}) as firefox:
        yield firefox


@pytest.fixture
def firefox(whole_firefox: Firefox) -> Iterator[Firefox]:
    """Firefox without a tab. The test fails where a page of it throws what nothing catches."""
    yield whole_firefox
    assert whole_firefox.reset() == []


@pytest.fixture
def tab(firefox: Firefox) -> Tab:
    return firefox.open()


@pytest.fixture
def street(tab: Tab) -> Iterator[Street[Tab]]:
    """A page with the tag and a container, and what both send."""
    street = Street(tab)
    yield street
    street.down()


@pytest.fixture
def visit(tab: Tab, site: Site, inspector: Inspector) -> Visit:
    """Opens a page of the site. ``{shim}`` in it stands for the script tag."""

    def visit(html: str) -> Tab:
        html = html.replace("{shim address}", inspector.url("/shim/key.js"))
        html = html.replace("{shim}", inspector.script())
        site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{html}"
        tab.goto(site.url("/shop.html"))
        return tab

    return visit
