"""Settings that are unsafe where others reach the inspector are refused, and what is safe is not."""

from typing import Any, Final

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from inspector.serving.deployment import require_safe_settings

_GOOD: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"

#: Settings -> what the refusal says.
REFUSED: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "a short key": ({"SECRET_KEY": _GOOD[:49]}, "SECRET_KEY can be guessed"),
    "a poor key": ({"SECRET_KEY": "a" * 60}, "SECRET_KEY can be guessed"),
    "Django's own": ({"SECRET_KEY": f"django-insecure-{_GOOD}"}, "SECRET_KEY can be guessed"),
    "tracebacks": ({"DEBUG": True}, "DEBUG=1 shows"),
}


@pytest.mark.parametrize(("unsafe", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_unsafe_settings_are_refused_with_a_login(unsafe: dict[str, Any], said: str) -> None:
    given = {"LOGIN": True, "DEBUG": False, "SECRET_KEY": _GOOD} | unsafe
    with override_settings(**given), pytest.raises(ImproperlyConfigured, match=said):
        require_safe_settings()


@pytest.mark.parametrize("unsafe", [given for given, _ in REFUSED.values()], ids=REFUSED.keys())
def test_on_loopback_they_are_not(unsafe: dict[str, Any]) -> None:
    with override_settings(**{"LOGIN": False, "SECRET_KEY": _GOOD} | unsafe):
        require_safe_settings()


def test_safe_settings_are_accepted() -> None:
    with override_settings(LOGIN=True, DEBUG=False, SECRET_KEY=_GOOD):
        require_safe_settings()
