"""``manage.py import``: files into recordings, and an exit code for pipelines."""

from pathlib import Path

from tests.har_cases import SEARCH, entry, har
from tests.import_cases import run
from tests.servers import Server


def test_the_command_imports_a_file(any_server: Server, tmp_path: Path) -> None:
    (tmp_path / "visit.har").write_bytes(har(entry(SEARCH), entry(SEARCH)))
    done = run(any_server, "import", str(tmp_path / "visit.har"), "--name", "Staging")
    assert done.returncode == 0, done.stderr
    assert b"1 events kept, 1 were there twice" in done.stdout
    key = done.stdout.decode().split("/recordings/")[1].split("/")[0]
    assert any_server.state({"key": key})["name"] == "Staging"


def test_the_command_ends_with_1_where_something_was_not_read(server: Server) -> None:
    har_file = har(entry(SEARCH), entry())
    done = run(server, "import", "-", given=har_file)
    assert done.returncode == 1
    assert b"line 1: request 2: its body is not in the file" in done.stderr
    assert b"1 events kept" in done.stdout
    assert run(server, "import", "-", "--lenient", given=har_file).returncode == 0
    assert run(server, "import", "-", "--lenient", given=b"nothing").returncode == 1
    assert run(server, "import", "nowhere.har").returncode == 1
