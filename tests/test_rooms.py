"""Imports go one way: what is pure in the lower room runs without Django and without the upper room."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.starts_processes

PURE = [
    "events.verdict",
    "events.verdict.walk",
    "events.wire",
    "events.pixel",
    "events.effective",
    "events.drafts",
    "events.comparison",
    "events.comparison.machine",
    "events.ranges",
    "events.redaction",
    "events.exports.schema",
    "events.exports.embedded",
    "events.exports.json_stream",
    "events.exports.specification",
    "events.imports.formats",
    "events.imports.har",
    "events.imports.ndjson",
    "events.imports.pasted",
    "events.reference.loader",
    "events.reference.examples",
    "events.reference.json_schema",
]


def imported_with(module: str) -> set[str]:
    """The top-level packages that are loaded once ``module`` is, in a Python of its own."""
    script = f"import {module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", PURE)
def test_it_imports_no_django(module: str) -> None:
    packages = imported_with(module)
    assert "events" in packages
    assert packages.isdisjoint({"django", "ninja", "channels", "inspector"})
