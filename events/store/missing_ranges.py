"""Tracks which numbers of 1, 2, 3 … have not arrived, as sorted ranges [[first, last], …]. Pure."""

from bisect import bisect_left

#: Beyond this many gaps in one page load the oldest two are merged, to bound the size of the list.
_MOST_GAPS = 500

Ranges = list[list[int]]


def receive(missing: Ranges, last: int, n: int) -> tuple[Ranges, int]:
    """The missing ranges and the highest number after the arrival of ``n``, from those before it."""
    if n > last:
        gap = [[last + 1, n - 1]] if n > last + 1 else []
        return _bounded(missing + gap), n
    place = bisect_left(missing, n, key=lambda gap: gap[1])
    if place == len(missing) or missing[place][0] > n:
        return missing, last
    first, end = missing[place]
    rest = [part for part in ([first, n - 1], [n + 1, end]) if part[0] <= part[1]]
    return _bounded(missing[:place] + rest + missing[place + 1 :]), last


def gap_before(missing: Ranges, n: int) -> tuple[int, int] | None:
    """The missing range (first, last) that ends just before ``n``, or None."""
    place = bisect_left(missing, n - 1, key=lambda gap: gap[1])
    if place < len(missing) and missing[place][1] == n - 1:
        return missing[place][0], missing[place][1]
    return None


def _bounded(missing: Ranges) -> Ranges:
    if len(missing) <= _MOST_GAPS:
        return missing
    return [[missing[0][0], missing[1][1]], *missing[2:]]
