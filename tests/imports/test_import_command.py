"""``manage.py import``: files into recordings, and an exit code for pipelines."""

from pathlib import Path

from tests import commands
from tests.har_cases import SEARCH, entry, har
from tests.servers import Server


def test_the_command_imports_a_file(any_server: Server, tmp_path: Path) -> None:
    (tmp_path / "visit.har").write_bytes(har(entry(SEARCH), entry(SEARCH)))
    done = commands.run_process(any_server, "import", str(tmp_path / "visit.har"), "--name", "Staging")
    assert done.code == 0, done.err
    assert "1 events kept, 1 were there twice" in done.out
    key = done.out.split("/recordings/")[1].split("/")[0]
    assert any_server.state({"key": key})["name"] == "Staging"


def test_the_command_ends_with_1_where_something_was_not_read(server: Server) -> None:
    har_file = har(entry(SEARCH), entry())
    done = commands.run_process(server, "import", "-", given=har_file)
    assert done.code == 1
    assert "line 1: request 2: its body is not in the file" in done.err
    assert "1 events kept" in done.out
    assert commands.run(server, "import", "-", "--lenient", given=har_file).code == 0
    assert commands.run(server, "import", "-", "--lenient", given=b"nothing").code == 1
    assert commands.run(server, "import", "nowhere.har").code == 1
