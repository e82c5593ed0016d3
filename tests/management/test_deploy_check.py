"""What the manual says to set for a team's server passes Django's own check for deployment."""

import re
import shlex
from pathlib import Path

import pytest

from tests import commands
from tests.consoles import commands_in, template_blocks
from tests.servers import Server

pytestmark = pytest.mark.starts_processes


def told_environment() -> dict[str, str]:
    """What /help/deploy/ exports for a team's server."""
    shown = [command for block in template_blocks("deploy") for command in commands_in(block)]
    (exported,) = [command for command in shown if command.startswith("export ")]
    return dict(pair.split("=", 1) for pair in shlex.split(exported)[1:])


def check(tmp_path: Path, *arguments: str, **environment: str) -> tuple[int, set[str], str]:
    """The exit code, what it names, and all that it says."""
    arguments = "check", "--fail-level", "WARNING", *arguments
    done = commands.run_process(Server(tmp_path), *arguments, environment=environment)
    said = done.out + done.err
    return done.code, set(re.findall(r"\((\w+\.[EW]\d+)\)", said)), said


def test_the_environment_of_the_manual_has_no_warnings(tmp_path: Path) -> None:
    environment = told_environment()
    assert {"HOST", "TRUST_PROXY", "ALLOWED_HOSTS"} <= set(environment)
    code, names, said = check(tmp_path, "--deploy", **environment)
    assert (code, names) == (0, set()), said


def test_so_has_https_of_its_own(tmp_path: Path) -> None:
    environment = {"HOST": "0.0.0.0", "TLS_CERT": "cert.pem", "TLS_KEY": "key.pem"}
    code, names, said = check(tmp_path, "--deploy", **environment)
    assert (code, names) == (0, set()), said


def test_plain_http_is_not_passed_off_as_safe(tmp_path: Path) -> None:
    code, names, _ = check(tmp_path, "--deploy", HOST="0.0.0.0")
    assert code == 1
    assert names == {"security.W004", "security.W008", "security.W012", "security.W016"}


def test_on_loopback_the_everyday_check_is_quiet(tmp_path: Path) -> None:
    assert check(tmp_path)[:2] == (0, set())
