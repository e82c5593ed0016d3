"""The number of stored events in the benchmarks of large recordings: ``EVENTS=1000000 make bench``."""

import os
from typing import Final

#: Events in the recording of the search and of the first paint.
LARGE: Final = int(os.environ.get("EVENTS", "100000"))
#: Events in the database of the growth benchmark: ten times LARGE up to a million, or LARGE if that is more.
HUGE: Final = max(min(10 * LARGE, 1_000_000), LARGE)
