"""The browser and the hosts for pages that the page-side script must leave as they were."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from tests.pages.page_runs import Stand


@pytest.fixture(scope="module")
def stand(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    stand = Stand(playwright, tmp_path_factory.mktemp("pages"))
    yield stand
    stand.down()
