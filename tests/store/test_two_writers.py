"""Two processes that write at once find what an import of the same events finds, on PostgreSQL."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests import services

#: The full 10,000 take minutes on a busy machine: ACROSS_EVENTS=10000 asks for them.
_EVENTS: Final = int(os.environ.get("ACROSS_EVENTS", "1000"))
_SECONDS: Final = max(100, _EVENTS // 10)

pytestmark = [pytest.mark.starts_processes, pytest.mark.timeout(4 * _SECONDS)]

_ROOT: Final = Path(__file__).parents[2]
_SCRIPT: Final = "tests.across_writers"


def _run(database: str, folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"DATABASE_URL": database, "DATA_DIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", _SCRIPT, *arguments],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def _answer(process: "subprocess.Popen[str]") -> Any:
    said, _ = process.communicate(timeout=_SECONDS)
    assert process.returncode == 0
    return json.loads(said.splitlines()[-1])


def visits(count: int) -> list[dict[str, Any]]:
    """Events of a few visitors on two sites, with all that the rules look at."""
    draw = random.Random(13)
    events = []
    for number in range(count):
        page = number // 4
        name = draw.choice(["page_view", "add_to_cart", "purchase", "refund", "begin_checkout", "login"])
        called: dict[str, Any] = {
            "currency": draw.choice(["EUR", "EUR", "USD"]),
            "user": {
                "id": str(draw.randrange(3)),
                "consent_categories": draw.choice([["1"], ["1", "2"]]),
                "consistent_anonymous_id": f"v{page % 7}",
            },
        }
        if name in ("purchase", "refund"):
            called["id"] = f"O{draw.randrange(count // 8)}"
        if number % 50 == 0:
            called["context"] = {"event_id": f"constant {draw.randrange(9)}"}
        url = f"https://{'other' if page % 3 == 0 else 'shop'}.example/{page % 5}?{page % 2}"
        event = {"id": f"e{number}", "n": number % 4 + 1, "at": 1_800_000_000_000 + number * 300}
        events.append({"page": f"p{page}", "url": url, "event": event | {"name": name, "called": called}})
    return events


def test_two_processes_find_what_an_import_finds(tmp_path: Path) -> None:
    services.need("postgres")
    events = visits(_EVENTS)
    (tmp_path / "in order.json").write_text(json.dumps(events))
    mixed = list(events)
    random.Random(7).shuffle(mixed)
    halves = mixed[: _EVENTS // 2], mixed[_EVENTS // 2 :]
    for number, half in enumerate(halves):
        (tmp_path / f"half {number}.json").write_text(json.dumps(half))
    with services.fresh_postgres() as database:
        made = _answer(_run(database, tmp_path, "create"))
        writers = [
            _run(database, tmp_path, "write", made["key"], str(tmp_path / f"half {number}.json"))
            for number in (0, 1)
        ]
        assert [_answer(writer)["events"] for writer in writers] == [_EVENTS // 2] * 2
        live = _answer(_run(database, tmp_path, "stop", made["key"]))
        imported = _answer(_run(database, tmp_path, "import", str(tmp_path / "in order.json")))
    assert len(live) == len(imported) == _EVENTS
    assert live == imported
    codes = {finding["code"] for findings in live.values() for finding in findings}
    assert codes >= {"event_id_reused", "duplicate_purchase", "no_page_view", "unknown_order"}
    assert codes >= {"no_checkout", "currency_changes", "user_changes", "consent_changes"}
