"""Parsing and judging a purchase with two items, against ``JSON.parse`` and ajv with all errors in node."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from events import reference
from events.reference.json_schema import json_schema
from events.verdict import judge
from inspector.serving.tuning import tune_garbage_collector
from tests.bench.bodies import broken, purchase
from tests.bench.goals import JUDGED
from tests.bench.table import Row
from tests.bench.turns import in_turn, median_ratio, medians

_FOLDER: Final = Path(__file__).resolve().parents[2] / ".bench"
_SCRIPT: Final = Path(__file__).with_name("judging.mjs")
_PACKAGES: Final = ("ajv@8.17.1", "ajv-formats@3.0.1")
_ROUNDS: Final = 7
_CALLS: Final = 20_000


def rows() -> Iterator[Row]:
    """One row for a valid purchase, one for a purchase with five faults; all rules are on."""
    node = _node_with_ajv()
    tune_garbage_collector()  # as the server does
    for case, params in {"valid": purchase(), "five faults": broken(purchase())}.items():
        body = orjson.dumps(params)
        if node is None:
            figure = f"{_product(body):.1f} us; no node with npm's ajv to compare with"
            yield Row(JUDGED[case], None, figure)
        else:
            yield _compared(case, body, node)


def _compared(case: str, body: bytes, node: str) -> Row:
    pairs = in_turn(_ROUNDS, lambda: _product(body), lambda: _ajv(node, body))
    product, ajv = medians(pairs)
    return Row(JUDGED[case], median_ratio(pairs), f"{product:.1f} us", f"{ajv:.1f} us")


def _product(body: bytes) -> float:
    """Microseconds for one event."""
    loaded = reference.load()
    start = time.perf_counter()
    for _ in range(_CALLS):
        judge("purchase", orjson.loads(body), loaded)
    return (time.perf_counter() - start) / _CALLS * 1e6


def _ajv(node: str, body: bytes) -> float:
    """Microseconds for one event."""
    schema = json_schema(reference.load(), "purchase")
    task = json.dumps({"body": body.decode(), "schema": schema, "calls": _CALLS})
    answer = subprocess.run(
        [node, _FOLDER / _SCRIPT.name], input=task, capture_output=True, text=True, check=True, timeout=60
    )
    return float(answer.stdout)


def _node_with_ajv() -> str | None:
    """The path of node, after ajv was installed beside the script; None without node or ajv."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    _FOLDER.mkdir(exist_ok=True)
    shutil.copy(_SCRIPT, _FOLDER)
    if not (_FOLDER / "node_modules" / "ajv-formats").exists() and not _installed(npm):
        return None
    return node


def _installed(npm: str) -> bool:
    """Install the packages; False where npm could not."""
    quietly = ("--silent", "--no-fund", "--no-audit")
    command: list[Any] = [npm, "install", *quietly, "--prefix", str(_FOLDER), *_PACKAGES]
    try:
        return subprocess.run(command, capture_output=True, timeout=120, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False
