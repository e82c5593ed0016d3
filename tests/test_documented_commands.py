"""Each command in the README and in the manual is run: what does not work as it is typed fails here."""

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from inspector.presenters.manual_topics import TOPICS
from tests import services
from tests.consoles import Terminal, commands_in, make_target, page_blocks, readme_blocks
from tests.har_cases import SEARCH, entry, har
from tests.management.test_open import program
from tests.servers import Server

_ROOT: Final = Path(__file__).parent.parent
_COMPLETE: Final = {
    "event_name": "search",
    "search_term": "t-shirts",
    "user": {"id": "12345", "email": "toto@domain.fr", "consent_categories": [1, 3]},
}

#: Programs whose commands this file does not run -> what covers them, or why nothing does.
NOT_RUN: Final = {
    "systemctl": "needs systemd as root; test_behind_nginx.py",
    "mitmdump": "runs until Ctrl-C; phones/test_documented_proxy.py",
    "adb": "needs an Android device",
    "xcrun": "needs Xcode",
}


@pytest.fixture
def terminal(server: Server, tmp_path: Path) -> Terminal:
    """A terminal with a HAR, two recordings with a complete event each, and a stand-in for the browser."""
    services.need("curl", "openssl")
    (tmp_path / "bin").mkdir()
    browser = program(tmp_path / "bin")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "visit.har").write_bytes(har(entry(SEARCH)))
    before, after = server.new_recording(), server.new_recording()
    for recording in (before, after):
        server.collect(recording, _COMPLETE)
    values = {
        "key": after["key"],
        "key before": before["key"],
        "key after": after["key"],
        "capture key": server.new_recording()["capture_key"],
        "token": "cact_any",
    }
    return Terminal(server, folder, values, {"CHROMIUM": str(browser)})


def all_blocks(server: Server) -> list[str]:
    return readme_blocks() + [block for topic in TOPICS for block in page_blocks(server, topic)]


def make_plan(target: str) -> str:
    """What ``make`` would run, or its error."""
    plan = subprocess.run(
        ["make", "--dry-run", target], cwd=_ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    return plan.stdout + plan.stderr


def runnable(blocks: list[str]) -> list[list[str]]:
    """The commands of each block, without those that start a server or belong to make."""
    return [
        [
            command
            for command in commands_in(block)
            if not make_target(command) and program_of(command) not in NOT_RUN
        ]
        for block in blocks
    ]


def program_of(command: str) -> str:
    """The name of the program that a command starts."""
    return command.split(maxsplit=1)[0]


@pytest.mark.timeout(300)  # a process for each command, as a person starts them
@pytest.mark.parametrize("source", ["README", *TOPICS])
def test_every_command_runs_as_it_is_typed(source: str, server: Server, terminal: Terminal) -> None:
    blocks = readme_blocks() if source == "README" else page_blocks(server, source)
    for commands in runnable(blocks):
        run = terminal.run(commands)
        assert run.returncode == 0, f"{commands}\n{run.stdout}\n{run.stderr}"


def test_every_make_target_is_there(server: Server) -> None:
    shown = all_blocks(server)
    text = "".join(
        [(_ROOT / "README.md").read_text(), *(server.client.get(f"/help/{t}/").text for t in TOPICS)]
    )
    typed = {target for block in shown for command in commands_in(block) if (target := make_target(command))}
    named = set(re.findall(r"(?:`|<code>)make (\w+)(?:`|</code>)", text))
    assert "run" in typed
    for target in sorted(typed | named):
        assert "No rule" not in make_plan(target), target
    assert "manage.py serve" in make_plan("run")


def test_nothing_is_left_out_that_is_not_shown(server: Server) -> None:
    shown = {program_of(command) for block in all_blocks(server) for command in commands_in(block)}
    assert set(NOT_RUN) <= shown


def test_the_readme_shows_what_comes_back(terminal: Terminal) -> None:
    (curl,) = [block for block in readme_blocks() if "/api/validate" in block]
    readme = (_ROOT / "README.md").read_text()
    shown = re.findall(r"^```json\n(.*?)\n```$", readme, re.MULTILINE | re.DOTALL)
    assert terminal.run(commands_in(curl)).stdout == shown[0]
    assert json.loads(shown[0])["results"][0]["verdict"] == "valid"


def test_the_readme_says_how_the_second_event_is_judged(server: Server, terminal: Terminal) -> None:
    (curl,) = [block for block in readme_blocks() if "/collect/" in block]
    (result,) = json.loads(terminal.run(commands_in(curl)).stdout)["results"]
    assert result["verdict"] == "invalid"
    assert [finding["path"] for finding in result["findings"]] == ["/user"]


def test_the_manual_shows_what_comes_back(server: Server, terminal: Terminal) -> None:
    page = server.client.get("/help/verdicts/").text.replace("&quot;", '"').replace("&#x27;", "'")
    shown = [
        json.loads(text) for text in re.findall(r'<pre class="listing"[^>]*>(\{.*?)</pre>', page, re.DOTALL)
    ]
    asked = [block for block in page_blocks(server, "verdicts") if "/api/validate" in block]
    assert [json.loads(terminal.run(commands_in(block)).stdout) for block in asked] == shown
    assert [answer["results"][0]["verdict"] for answer in shown] == ["valid", "invalid"]
