"""The script leaves the pages as they were for which it matters what runs before it.

By a script tag first in the head, after the container or in a frame, and by the browser extension.
"""

from typing import Final

import pytest

from tests.pages.page_cases import PageCase, Way
from tests.pages.page_comparison import assert_left_as_it_was, tried
from tests.pages.page_runs import Stand

TRIED: Final = tried(order_matters=True)


@pytest.mark.parametrize(("case", "way"), TRIED.values(), ids=TRIED.keys())
def test_the_page_is_left_as_it_was(case: PageCase, way: Way, stand: Stand) -> None:
    assert_left_as_it_was(case, way, stand)
