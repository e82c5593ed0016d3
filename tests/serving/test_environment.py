"""Environment variables and limits: declared once, read strictly, wrong ones refused in one line."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from inspector import settings
from inspector.serving.environment import ENVIRONMENT, Environment
from tests import commands
from tests.servers import Server

pytestmark = pytest.mark.starts_processes

_SETTINGS = Path(settings.__file__)


def test_a_number_is_read_and_an_empty_one_is_the_default() -> None:
    environment = Environment({"PORT": "9000", "DAYS": ""})
    assert environment.number("PORT", 8000, "The port.") == 9000
    assert environment.limit("DAYS", 30, "days", "A reason.", variable=True) == 30
    assert environment.limits["DAYS"].default == 30


def test_a_limit_without_a_variable_is_read_from_nowhere() -> None:
    environment = Environment({"MOST": "5"})
    assert environment.limit("MOST", 500, "rows", "A reason.") == 500
    assert not environment.limits["MOST"].variable


@pytest.mark.parametrize("text", ["abc", "-1", "1_000", "3.5", " 30", "٣"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(
        ImproperlyConfigured, match=f"^PORT={re.escape(text)} is no whole number: for example"
    ):
        Environment({"PORT": text}).number("PORT", 8000, "The port.")


def test_a_switch_is_one_or_zero() -> None:
    assert Environment({"LOGIN": "1"}).switch("LOGIN", "Asks.") is True
    assert Environment({"LOGIN": "0"}).switch("LOGIN", "Asks.") is False
    assert Environment({}).switch("LOGIN", "Asks.") is False
    with pytest.raises(ImproperlyConfigured, match="LOGIN=true is neither 1 nor 0"):
        Environment({"LOGIN": "true"}).switch("LOGIN", "Asks.")


def test_every_limit_is_a_setting_of_its_name() -> None:
    assert len(ENVIRONMENT.limits) > 30
    for name, limit in ENVIRONMENT.limits.items():
        assert getattr(settings, name) == limit.value, name
        assert limit.reason.endswith("."), name
    assert {name for name in dir(settings) if name.startswith("MAX_")} <= set(ENVIRONMENT.limits)


def test_no_variable_is_read_past_its_declaration() -> None:
    source = _SETTINGS.read_text() + (_SETTINGS.parent / "serving" / "limits.py").read_text()
    assert "os.environ" not in source


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "abc", "PORT=abc is no whole number: for example PORT=8000."),
        ("RETENTION_DAYS", "3o", "RETENTION_DAYS=3o is no whole number: for example RETENTION_DAYS=30."),
        ("LOGIN", "yes", "LOGIN=yes is neither 1 nor 0: LOGIN=1 switches it on."),
        ("DATABASE_URL", "nowhere", "DATABASE_URL cannot be read: "),
    ],
)
def test_a_wrong_variable_is_one_line_on_the_terminal(
    name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    run = commands.run_process(Server(tmp_path, **{name: value}), "check")
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(sentence)
    assert run.err.count("\n") == 1
