"""Compares a page with and without the page-side script, and fails the test where they differ."""

import pytest

from tests import services
from tests.pages.page_cases import PageCase, Way, all_cases
from tests.pages.page_records import differences, event_differences, unexpected_lines
from tests.pages.page_runs import Stand


def tried(*, order_matters: bool) -> dict[str, tuple[PageCase, Way]]:
    """Each page of half of the pages with each of its ways, by the name of the test.

    The ways of a page stand in one file, so that the page without us runs once for all of them.
    """
    cases = [case for case in all_cases() if case.order_matters == order_matters]
    return {f"{case.name}-{way}": (case, way) for case in cases for way in case.tried}


def assert_left_as_it_was(case: PageCase, way: Way, stand: Stand) -> None:
    """Run the page without us and in this way; print what differs. A way that is known to fail must fail."""
    services.need(*case.needs)
    without, with_us = stand.without(case, way), stand.run(case, way)
    assert len(without.received) == case.vendor, "the page itself does not send what its file says"
    own = case.of(way)
    found = differences(own, without, with_us)
    found += event_differences(own, with_us.events) + unexpected_lines(own, with_us.ours)
    if way in case.fails:
        assert found, f"the page passes now: take {way!r} out of the fails of {case.name}.json"
        pytest.xfail(case.fails[way])
    if found:
        pytest.fail(f"{case.about}\n" + "\n".join(found), pytrace=False)
