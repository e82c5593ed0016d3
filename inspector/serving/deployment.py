"""What has to be right before others can reach the inspector: else it does not start, and says why."""

from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured

from inspector.serving.addresses import is_loopback

IN_CLEAR: Final = (
    "WARNING: this is plain http. Whoever is on the network between reads passwords and recordings.\n"
    "  Set TLS_CERT and TLS_KEY, or put a proxy in front that ends TLS, and set TRUST_PROXY=1."
)
NO_LOGIN_BEHIND_PROXY: Final = (
    "WARNING: no login. It listens on this machine alone, but TRUST_PROXY=1 says that a proxy is in front:\n"
    "  if others reach that, set LOGIN=1."
)

_UNEXPECTED: Final = (
    b"This inspector listens where others reach it, and its settings do not know: set HOST, or LOGIN=1.\n"
)

_is_loopback = lru_cache(maxsize=256)(is_loopback)


def expect_safe_settings() -> None:
    """Raise ImproperlyConfigured where others could reach this and its settings would let them in."""
    if not settings.LOGIN:
        return
    if settings.DEBUG:
        raise ImproperlyConfigured(
            "DEBUG=1 shows whoever comes what is inside: leave it off where others can reach it."
        )
    if _is_weak(settings.SECRET_KEY):
        raise ImproperlyConfigured(
            "SECRET_KEY can be guessed, and whoever does can be anybody. Leave it out, and one is made and "
            f"kept; or give {SECRET_KEY_MIN_LENGTH} random characters."
        )


def expect_account() -> None:
    """Raise ImproperlyConfigured where nobody could log in."""
    if settings.LOGIN and not User.objects.filter(is_active=True).exists():
        raise ImproperlyConfigured(
            "Others can reach this, so people log in, and there is no account yet. Make one, with the same "
            "DATA_DIR or DATABASE_URL: ./manage.py createsuperuser"
        )


def only_where_expected(app: Any) -> Any:
    """The ASGI app, except for whoever comes by an address of this machine that the settings know nothing of.

    Another server than ``manage.py serve`` may listen where it likes. Without HOST or LOGIN nobody would have
    to log in there, so nobody is let in.
    """
    if settings.LOGIN:
        return app

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        here = scope.get("server")
        if not here or _is_loopback(here[0]):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _UNEXPECTED})

    return guarded


def warnings() -> list[str]:
    """What a person who starts it should know."""
    if not settings.LOGIN:
        return [NO_LOGIN_BEHIND_PROXY] if settings.TRUST_PROXY else []
    return [] if settings.SESSION_COOKIE_SECURE else [IN_CLEAR]


def _is_weak(key: str) -> bool:
    """As Django's own check for deployment sees it."""
    return (
        len(key) < SECRET_KEY_MIN_LENGTH
        or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
        or key.startswith(SECRET_KEY_INSECURE_PREFIX)
    )
