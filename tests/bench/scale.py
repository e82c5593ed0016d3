"""How much is stored in the benchmarks of large recordings: ``EVENTS=1000000 make bench`` chooses."""

import os
from typing import Final

#: In the recording that is searched and whose first paint is measured.
LARGE: Final = int(os.environ.get("EVENTS", "100000"))
#: In the database that takes further events: ten times as many, and a million where that is less.
HUGE: Final = max(min(10 * LARGE, 1_000_000), LARGE)
