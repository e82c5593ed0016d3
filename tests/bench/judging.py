"""Parse and judge one purchase with two items, against ``JSON.parse`` and ajv with all errors in node.

Both sides run in alternating rounds, since machines drift; the ratio is that of the medians.
"""

import copy
import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from events import reference
from events.reference.examples import example_params
from events.reference.json_schema import json_schema
from events.verdict import judge
from inspector.serving.tuning import tune_garbage_collector
from tests.bench.table import Row

_FOLDER = Path(__file__).resolve().parents[2] / ".bench"
_SCRIPT = Path(__file__).with_name("judging.mjs")
_PACKAGES = ("ajv@8.17.1", "ajv-formats@3.0.1")
_ROUNDS = 7
_CALLS = 20_000
_GOAL = 1.5
#: As it is after a click on an advertisement.
_THANKS = (
    "https://shop.example.com/checkout/thanks?order=O_1245&utm_source=newsletter&utm_medium=email"
    "&utm_campaign=spring-sale-2026&utm_content=hero-banner&lang=en"
    "&gclid=Cj0KCQiA1Km7BhC9ARIsAFZfEIvN0d2x8YtQnWm4cPzKeRVuA7sLhT3jXgB6oFy5kDqHrS9wMvUaEpIaAkZ1EALw_wcB"
    "&_gl=1*1q2w3e4*_up*MQ..*_ga*MTIzNDU2Nzg5MC4xNzY0MDAwMDAw*_ga_ABCDEF1234*MTc2NDAwMDAwMC4xLjE"
)


def rows() -> Iterator[Row]:
    """One row for the valid purchase, one for the same with five faults."""
    loaded = reference.load()
    bodies = {"valid": purchase(loaded), "five faults": broken(purchase(loaded))}
    node = _prepare_node()
    tune_garbage_collector()  # as the server does
    for name, params in bodies.items():
        body = orjson.dumps(params)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(_ROUNDS):
            ours.append(_ours(body, loaded))
            if node:
                theirs.append(_theirs(node, body, json_schema(loaded, "purchase")))
        yield _row(name, len(body), statistics.median(ours), statistics.median(theirs) if theirs else None)


def purchase(loaded: reference.Reference) -> dict[str, Any]:
    """A valid purchase with two items, about 1.5 KB of JSON."""
    params = example_params(loaded, "purchase")
    params["user"] |= {"phone": "+33612345678", "firstname": "John", "lastname": "Doe", "country": "USA"}
    params["url"] = _THANKS
    first = params["items"][0]
    first["product"] |= {"name": "T-shirt with a dinosaur and long sleeves, organic cotton", "size": "128"}
    first["product"] |= {"category_2": "t-shirts", "category_3": "boy"}
    second = copy.deepcopy(first)
    second["id"] = "SKU_12346"
    second["product"] |= {
        "id": "12346",
        "name": "T-shirt with two dinosaurs and short sleeves, organic cotton",
    }
    params["items"] = [first, second]
    return params


def broken(params: dict[str, Any]) -> dict[str, Any]:
    """``params`` with five faults: two missing, two of a wrong type, one outside its closed list."""
    del params["currency"]
    del params["items"][1]["product"]["price"]
    params["value"] = "22.53"
    params["payment_method"] = "cash"
    params["user"]["consent_categories"] = "1,3"
    return params


def _ours(body: bytes, loaded: reference.Reference) -> float:
    """Microseconds for one event."""
    start = time.perf_counter()
    for _ in range(_CALLS):
        judge("purchase", orjson.loads(body), loaded)
    return (time.perf_counter() - start) / _CALLS * 1e6


def _theirs(node: str, body: bytes, schema: dict[str, Any]) -> float:
    task = json.dumps({"body": body.decode(), "schema": schema, "calls": _CALLS})
    answer = subprocess.run(
        [node, _FOLDER / _SCRIPT.name], input=task, capture_output=True, text=True, check=True, timeout=60
    )
    return float(answer.stdout)


def _prepare_node() -> str | None:
    """The path of node with ajv beside the script, or None where there is no node or no ajv to be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    _FOLDER.mkdir(exist_ok=True)
    shutil.copy(_SCRIPT, _FOLDER)
    if not (_FOLDER / "node_modules" / "ajv-formats").exists():
        install = [
            npm,
            "install",
            "--silent",
            "--no-fund",
            "--no-audit",
            "--prefix",
            str(_FOLDER),
            *_PACKAGES,
        ]
        if subprocess.run(install, capture_output=True, timeout=120, check=False).returncode:
            return None
    return node


def _row(name: str, size: int, ours: float, theirs: float | None) -> Row:
    what = f"parse and judge a purchase of {size / 1000:.1f} KB, {name}"
    goal = f"<= {_GOAL} x JSON.parse + ajv (all errors, formats)"
    if theirs is None:
        return Row(what, goal, f"{ours:.1f} us; no node with ajv to compare with", "", None)
    return Row(
        what, goal, f"{ours:.1f} us against {theirs:.1f} us", f"{ours / theirs:.2f}", ours / theirs <= _GOAL
    )
