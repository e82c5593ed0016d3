"""Ingestion: events posted, judged, stored and acknowledged after the commit, with one open dashboard.

The product and a bare Daphne take turns under the same load.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from tests.bench.bare import bare_daphne
from tests.bench.bodies import bodies
from tests.bench.goals import BATCHED, REACHED, SINGLE_P99, SINGLE_RATE
from tests.bench.load import Outcome, post, press
from tests.bench.table import Row
from tests.bench.turns import in_turn, median_ratio, medians
from tests.bench.watch import Report, watching
from tests.servers import Server

_ROUNDS: Final = 5
_BATCH_ROUNDS: Final = 3
_SECONDS: Final = 3.0
_CONNECTIONS: Final = 32
_BATCH: Final = 50


def rows() -> Iterator[Row]:
    """The rates of batches and of single events, the 99th percentile, and the dashboard's completeness."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bare_daphne("answering") as answering,
        bare_daphne("parsing") as parsing,
    ):
        server = Server(Path(folder))
        server.start()
        try:
            recording = server.new_recording("Bench")
            yield _batched(server, server.new_recording("Batches"), parsing)
            with watching(server.ws_url, recording, 1) as dashboard:
                yield from _single(server, recording, answering)
                stored = server.state(recording)["last_seq"]
                received = dashboard.reports(stored)[0]
            yield _reached(received, stored)
        finally:
            server.stop()


def _single(server: Server, recording: dict[str, Any], yardstick: int) -> Iterator[Row]:
    path = f"/collect/{recording['capture_key']}"
    pairs = in_turn(_ROUNDS, _pressing(server.port, path, 1), _pressing(yardstick, path, 1))
    rates = [(product.rate, bare.rate) for product, bare in pairs]
    slowest = [(product.percentile(0.99), bare.percentile(0.99)) for product, bare in pairs]
    refused = sum(product.refused for product, _ in pairs)
    figure, bare_figure = (f"{rate:,.0f} events/s" for rate in medians(rates))
    figure += f", {refused} refused" * bool(refused)
    yield Row(SINGLE_RATE, median_ratio(rates), figure, bare_figure, sound=not refused)
    p99, bare_p99 = (f"{each:.1f} ms" for each in medians(slowest))
    yield Row(SINGLE_P99, median_ratio(slowest), p99, bare_p99)


def _batched(server: Server, recording: dict[str, Any], yardstick: int) -> Row:
    path = f"/collect/{recording['capture_key']}"
    pairs = in_turn(_BATCH_ROUNDS, _pressing(server.port, path, _BATCH), _pressing(yardstick, path, _BATCH))
    rates = [(product.rate * _BATCH, bare.rate * _BATCH) for product, bare in pairs]
    refused = sum(product.refused for product, _ in pairs)
    figure, bare_figure = (f"{rate:,.0f} events/s" for rate in medians(rates))
    figure += f", {refused} refused" * bool(refused)
    return Row(BATCHED, median_ratio(rates), figure, bare_figure, sound=not refused)


def _reached(received: Report, stored: int) -> Row:
    order = "in order" if received.in_order else "NOT in order"
    figure = f"{received.rows:,} of {stored:,}, {order}"
    return Row(REACHED, 100 * received.rows / stored, figure, sound=received.in_order)


def _pressing(port: int, path: str, events: int) -> Callable[[], Outcome]:
    return lambda: press(port, post(path, bodies(events)), connections=_CONNECTIONS, seconds=_SECONDS)
