"""``manage.py compare A B``: for pipelines, so the exit code counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import commands
from tests.comparison.test_compare_api import record
from tests.example_events import changed
from tests.servers import Server


def command(server: Server, *arguments: str) -> tuple[int, str]:
    """Its exit code, and both its outputs."""
    done = commands.run(server, "compare", *arguments)
    return done.code, done.out + done.err


@pytest.fixture(scope="module")
def pair(server: Server) -> tuple[str, str]:
    """Before and after: purchase lost its currency, its order has another number, search is gone."""
    before = changed("purchase", {"/id": "O_100"})
    after = changed("purchase", {"/id": "O_200"}, ["/currency"])
    a = record(server, ("/thanks", [("purchase", before), ("search", None)]))
    b = record(server, ("/thanks", [("purchase", after)]))
    return a["key"], b["key"]


def test_without_a_difference_it_ends_with_0(server: Server, pair: tuple[str, str]) -> None:
    done = commands.run_process(server, "compare", pair[0], pair[0])
    assert (done.code, done.err) == (0, "")
    assert "Nothing differs." in done.out


def test_a_difference_ends_with_1_and_is_told(server: Server, pair: tuple[str, str]) -> None:
    done = commands.run_process(server, "compare", *pair)
    assert (done.code, done.err) == (1, "")
    said = done.out
    assert "1 event missing: search." in said
    assert "purchase lost currency and became invalid" in said
    assert '− currency lost, was "EUR"' in said
    assert "O_200" not in said  # an order's number always differs


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "added"], 0),
        (["--fail-on", "missing"], 1),
        (["--fail-on", "added", "--fail-on", "verdict"], 1),
        (["--fail-on", "delivery", "--fail-on", "pages"], 0),
        (["--fail-on", "any"], 1),
    ],
)
def test_what_it_fails_on_can_be_chosen(
    server: Server, pair: tuple[str, str], options: list[str], code: int
) -> None:
    assert command(server, *pair, *options)[0] == code


def test_rules_come_from_the_command_line_and_from_a_file(
    server: Server, pair: tuple[str, str], tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.write_text("# what we do not care for\npresence:purchase/currency\n\n")
    code, said = command(
        server, *pair, "--rules", str(rules), "--ignore", "/id", "--no-auto", "--format", "json"
    )
    found: dict[str, Any] = json.loads(said)
    assert (code, found["rules"]) == (1, ["presence:purchase/currency", "/id"])
    assert [row["kinds"] for row in found["differences"]] == [["missing"]]


def test_markdown_is_for_tickets(server: Server, pair: tuple[str, str]) -> None:
    _, said = command(server, *pair, "--format", "markdown")
    assert "- `search` #2: missing in B" in said
    assert '  - − `currency lost, was "EUR"`' in said


@pytest.mark.parametrize("form", ["ndjson", "html"])
def test_an_exported_file_stands_for_its_recording(
    server: Server, pair: tuple[str, str], tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"before.{form}"
    file.write_bytes(server.client.get(f"/api/recordings/{pair[0]}/export.{form}").raise_for_status().content)
    assert command(server, str(file), pair[0]) == command(server, pair[0], pair[0])
    from_file, from_key = (command(server, before, pair[1]) for before in (str(file), pair[0]))
    assert from_file == from_key


def test_personal_values_are_masked_on_request(server: Server) -> None:
    emails = "ada@example.com", "grace@example.com"
    a, b = (record(server, ("/", [("login", changed("login", {"/user/email": each}))])) for each in emails)
    code, plain = command(server, a["key"], b["key"])
    assert (code, emails[0] in plain, emails[1] in plain) == (1, True, True)
    for form in ("text", "json", "markdown"):
        code, said = command(server, a["key"], b["key"], "--redact", "--format", form)
        assert code == 1
        assert "email" in said
        assert not any(each in said for each in emails)


def test_names_and_rules_are_masked_too(server: Server) -> None:
    """Whom one recording knows, the other may speak of: in its name, and as the name of a property."""
    address = "ada@example.com"
    calls = (
        {"/user/firstname": "Zelda", "/by_mail": {address: {"token": "t1"}}},
        {"/note": "for Zelda", "/by_mail": {address: {"token": "t2"}}},
    )
    a, b = (
        record(server, ("/", [("login", changed("login", each))]), name=f"Shop of {address}")
        for each in calls
    )
    for form in ("text", "json", "markdown"):
        _, plain = command(server, a["key"], b["key"], "--format", form)
        _, said = command(server, a["key"], b["key"], "--format", form, "--redact")
        assert all(each in plain for each in ("example.com", "Zelda"))
        assert not any(each in said for each in ("example.com", "Zelda", a["key"], b["key"]))


@pytest.mark.parametrize(
    "arguments",
    [
        ["none", "none"],
        ["{a}", "none"],
        ["{a}", "README.md"],
        ["{a}", "."],
        ["{a}", "{b}", "--ignore", "id"],
        ["{a}", "{b}", "--rules", "/none"],
    ],
)
def test_what_cannot_be_compared_ends_with_2(
    server: Server, pair: tuple[str, str], arguments: list[str]
) -> None:
    code, said = command(server, *(each.format(a=pair[0], b=pair[1]) for each in arguments))
    assert code == 2
    assert "Traceback" not in said
