"""Declares every goal of ``make bench`` in the table's order: a goal without a row counts as missed.

A goal compares a number with a bound. Most bounds are a multiple of a yardstick that the same run measures,
since a figure in milliseconds or in events a second follows the machine.
"""

from dataclasses import dataclass
from typing import Final, Literal

LAYERS: Final = ("memory", "redis")
VIEWERS: Final = (1, 10, 50)
DATABASES: Final = ("SQLite", "PostgreSQL", "PostgreSQL before its first ANALYZE")
FORMATS: Final = ("html", "ndjson", "csv", "har", "xml", "sarif")


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: ``benchmark`` measures ``what`` in ``unit``; the bound is an upper or a lower one."""

    benchmark: str
    what: str
    relation: Literal["<=", ">="]
    bound: float
    unit: str

    def __str__(self) -> str:
        return f"{self.relation} {self.bound:,g} {self.unit}"

    def is_met_by(self, got: float) -> bool:
        """True where ``got``, in the goal's unit, lies within the bound."""
        return got <= self.bound if self.relation == "<=" else got >= self.bound


JUDGED: Final = {
    case: Goal(
        "judging", f"parse and judge a purchase of two items, {case}", "<=", 2.5, "x JSON.parse + ajv in node"
    )
    for case in ("valid", "five faults")
}

SINGLE_RATE: Final = Goal("ingest", "single 2 KB events, one dashboard open", ">=", 0.7, "x bare Daphne")
SINGLE_P99: Final = Goal("ingest", "p99 of single events, 32 connections", "<=", 1.3, "x bare Daphne's")
BATCHED: Final = Goal("ingest", "posts of 50 events", ">=", 0.5, "x bare Daphne that parses the body")
REACHED: Final = Goal("ingest", "events whose row reached the open dashboard", ">=", 100, "%, in order")

FRAME_DELAY: Final = {
    (layer, viewers): Goal(
        "streaming",
        f"p95 from post to frame, 100 events/s, {viewers} dashboards, {layer}",
        "<=",
        15,
        "ms more than a bare consumer's",
    )
    for layer in LAYERS
    for viewers in VIEWERS
}
FLOOD_REACHED: Final = {
    layer: Goal("streaming", f"rows that reach 10 dashboards in a flood, {layer}", ">=", 100, "%, in order")
    for layer in LAYERS
}
FLOOD_MEMORY: Final = {
    layer: Goal("streaming", f"the server's memory in a flood, {layer}", "<=", 1.25, "x halfway through")
    for layer in LAYERS
}

PAINT: Final = {
    database: Goal("paint", f"first paint of a large recording, {database}", "<=", 200, "ms")
    for database in DATABASES
}
PAINT_PAGE_MEMORY: Final = Goal("paint", "the page's memory, SQLite", "<=", 1.25, "x a small recording's")
PAINT_SERVER_MEMORY: Final = Goal(
    "paint", "the server's memory after visits, SQLite", "<=", 1.25, "x after a small recording's"
)

SEARCH_RARE: Final = {
    "SQLite": Goal("search", "a text of one event, SQLite", "<=", 4, "x grep -c over NDJSON, piped")
} | {
    database: Goal("search", f"a text of one event, {database}", "<=", 2, "x LIKE on a text column")
    for database in DATABASES[1:]
}
SEARCH_VALUE: Final = {
    "SQLite": Goal(
        "search", "a parameter's value of one event, SQLite", "<=", 6, "x grep -c over NDJSON, piped"
    )
} | {
    database: Goal(
        "search", f"a parameter's value of one event, {database}", "<=", 2, "x LIKE on a text column"
    )
    for database in DATABASES[1:]
}
SEARCH_COMMON: Final = {
    database: Goal("search", f"a text of each event, {database}", "<=", 50, "ms") for database in DATABASES
}
SEARCH_COMMON_VALUE: Final = {
    database: Goal("search", f"a parameter's value of each event, {database}", "<=", 50, "ms")
    for database in DATABASES
}

MASKED_FIRST: Final = {
    extension: Goal("exports", f"masked {extension} export, first time", "<=", 3, "x the plain export")
    for extension in FORMATS
}
MASKED_AGAIN: Final = {
    extension: Goal("exports", f"masked {extension} export, again", "<=", 1.5, "x the plain export")
    for extension in FORMATS
}

SHARE_SEARCH: Final = Goal(
    "shares", "search in a masked share, all events", "<=", 3, "x the search in the recording"
)
SHARE_SEARCH_LARGE: Final = Goal(
    "shares", "search in a masked share of 29 KB events", "<=", 2, "s of one core for a request"
)

HAR: Final = Goal("har", "HAR import", "<=", 4, "x orjson.loads + judging")

PASTED: Final = {
    kind: Goal("pasted", f"460 KB of pasted code, {kind}", "<=", 0.5, "s of one core")
    for kind in ("calls alone", "a bundle")
}

DISK: Final = {
    database: Goal("disk", f"an event with three findings on disk, {database}", "<=", 2.5, "x its payload")
    for database in DATABASES[:2]
}

BROWSER_DELAY: Final = Goal("flood", "20,000 events flat out: newest row on screen", "<=", 0.5, "s")
BROWSER_TASK: Final = Goal("flood", "longest task of that page", "<=", 50, "ms")

GROWTH: Final = Goal("growth", "single events into a full database", ">=", 0.9, "x an empty database")

SCRIPT_CALL: Final = Goal("shim", "the page-side script's part in a call", "<=", 50, "us of main thread")
SCRIPT_LATER: Final = Goal("shim", "its later work to send the event", "<=", 100, "us of main thread")
SCRIPT_CORE: Final = Goal("shim", "the script's core alone, gzip -9", "<=", 4_096, "bytes")
SCRIPT_SERVED: Final = Goal("shim", "the script as served, watcher included, gzip -9", "<=", 6_144, "bytes")

STRIP_TIME: Final = Goal("strip", "first picture of a page of 2,000 elements", "<=", 150, "ms of main thread")
STRIP_BYTES: Final = Goal("strip", "the script that records the screen, gzip -9", "<=", 30_000, "bytes")

GOALS: Final = (
    *JUDGED.values(),
    SINGLE_RATE,
    SINGLE_P99,
    BATCHED,
    REACHED,
    *FRAME_DELAY.values(),
    *FLOOD_REACHED.values(),
    *FLOOD_MEMORY.values(),
    *PAINT.values(),
    PAINT_PAGE_MEMORY,
    PAINT_SERVER_MEMORY,
    *SEARCH_RARE.values(),
    *SEARCH_VALUE.values(),
    *SEARCH_COMMON.values(),
    *SEARCH_COMMON_VALUE.values(),
    *MASKED_FIRST.values(),
    *MASKED_AGAIN.values(),
    SHARE_SEARCH,
    SHARE_SEARCH_LARGE,
    HAR,
    *PASTED.values(),
    *DISK.values(),
    BROWSER_DELAY,
    BROWSER_TASK,
    GROWTH,
    SCRIPT_CALL,
    SCRIPT_LATER,
    SCRIPT_CORE,
    SCRIPT_SERVED,
    STRIP_TIME,
    STRIP_BYTES,
)
