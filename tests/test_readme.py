"""The README is true: its tables equal the data and the settings, the files it names exist."""

import re
import shlex
from pathlib import Path

from events import reference
from inspector import settings
from tests.servers import Server

_ROOT = Path(__file__).parent.parent
_TEXT = (_ROOT / "README.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under ``heading``, without its head."""
    section = _TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_events_is_the_reference() -> None:
    told = {row[0].strip("`"): re.findall(r"`(\w+)`", row[1]) for row in table("What is judged")}
    loaded = reference.load()
    assert list(told) == list(loaded.events)
    for name, spec in loaded.events.items():
        assert told[name] == [row.name for row in spec.parameters if row.is_required]


def test_the_table_of_limits_is_the_settings() -> None:
    told = {row[0].strip("`"): int(row[1].replace(",", "")) for row in table("Limits")}
    names = {name for name in dir(settings) if name.startswith("MAX_")} | {
        "FRAME_INTERVAL_MS",
        "MIN_BYTES_A_SECOND",
        "LOGIN_WINDOW_SECONDS",
        "SESSION_DAYS",
        "RETENTION_DAYS",
        "SHARE_ACCESS_SECONDS",
        "SHARE_DAYS",
    }
    assert told == {name: getattr(settings, name) for name in names}


def test_the_table_of_variables_is_what_the_settings_read() -> None:
    told = {name for row in table("Configuration") for name in re.findall(r"`([A-Z_]+)`", row[0])}
    source = (_ROOT / "inspector" / "settings.py").read_text()
    assert told == set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', source))


def test_what_it_says_to_send_is_taken(server: Server) -> None:
    recording = server.new_recording()

    def here(text: str) -> str:
        return text.replace("http://127.0.0.1:8000", server.url).replace(
            "<capture key>", recording["capture_key"]
        )

    ways = {row[0]: row[1] for row in table("Point something else at it")}
    curl, url, _, header, _, body = shlex.split(here(ways["server"].split("`")[1]))
    name, value = header.split(": ")
    assert curl == "curl"
    assert server.client.post(url, content=body, headers={name: value}).json()["accepted"] == 1
    source = re.search(r'<img src="([^"]+)">', here(ways["pixel"]))
    assert source is not None
    assert server.client.get(source[1]).status_code == 200
    sent = [{"search_term": "t-shirts"}, {"search_term": "t-shirts", "user": {"id": "12345"}}]
    assert [event["sent"] for event in server.stored(recording)] == sent


def test_every_room_that_it_names_exists() -> None:
    named = [name for row in table("How an event travels") for name in re.findall(r"`([\w/.]+)`", row[0])]
    assert named
    for name in named:
        assert (_ROOT / name).exists(), name


def test_every_picture_that_it_shows_exists() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", _TEXT)
    assert pictures
    for picture in pictures:
        assert (_ROOT / picture).exists(), picture


def test_every_make_target_that_it_names_exists() -> None:
    makefile = (_ROOT / "Makefile").read_text()
    targets = set(re.findall(r"make (\w+)", _TEXT))
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
