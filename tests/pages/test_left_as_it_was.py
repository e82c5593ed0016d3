"""The page-side script leaves every page as it was: each runs without it and with it, and is compared."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from tests import services
from tests.pages.page_cases import PageCase, Way, all_cases
from tests.pages.page_records import differences, event_differences, unexpected_lines
from tests.pages.page_runs import Stand

CASES = [(case, way) for case in all_cases() for way in case.tried]


@pytest.fixture(scope="module")
def stand(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    stand = Stand(playwright, tmp_path_factory.mktemp("pages"))
    yield stand
    stand.down()


@pytest.mark.parametrize(("case", "way"), CASES, ids=[f"{case.name}-{way}" for case, way in CASES])
def test_the_page_is_left_as_it_was(case: PageCase, way: Way, stand: Stand) -> None:
    services.need(*case.needs)
    without, with_us = stand.without(case), stand.run(case, way)
    assert len(without.received) == case.vendor, "the page itself does not send what its file says"
    mine = case.of(way)
    found = differences(mine, without, with_us)
    found += event_differences(mine, with_us.events) + unexpected_lines(mine, with_us.ours)
    if way in case.fails:
        assert found, f"the page passes now: take {way!r} out of the fails of {case.name}.json"
        pytest.xfail(case.fails[way])
    if found:
        pytest.fail(f"{case.about}\n" + "\n".join(found), pytrace=False)
