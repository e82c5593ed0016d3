"""Start-up safety checks: refuse unsafe settings where the server is reachable from other machines."""

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

PLAIN_HTTP: Final = (
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

_is_loopback = lru_cache(maxsize=256)(is_loopback)  # each request asks


def require_safe_settings() -> None:
    """Raise ImproperlyConfigured where a login is required and DEBUG is on or SECRET_KEY is weak."""
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


def require_account() -> None:
    """Raise ImproperlyConfigured where a login is required and no active account exists."""
    if settings.LOGIN and not User.objects.filter(is_active=True).exists():
        raise ImproperlyConfigured(
            "Others can reach this, so people log in, and there is no account yet. Make one, with the same "
            "DATA_DIR or DATABASE_URL: ./manage.py createsuperuser"
        )


def guard_listening_address(app: Any) -> Any:
    """Wrap the ASGI app: without a login, it refuses requests to an address other than loopback (403).

    A server other than ``manage.py serve`` listens where its own options say. Where HOST and LOGIN do not
    name that address, the pages would be reachable without a login.
    """
    if settings.LOGIN:
        return app

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        server = scope.get("server")
        if not server or _is_loopback(server[0]):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _UNEXPECTED})

    return guarded


def warnings() -> list[str]:
    """Warnings about the deployment, to print at the start."""
    if not settings.LOGIN:
        return [NO_LOGIN_BEHIND_PROXY] if settings.TRUST_PROXY else []
    return [] if settings.SESSION_COOKIE_SECURE else [PLAIN_HTTP]


def _is_weak(key: str) -> bool:
    """True for a secret key that Django's own deployment check (security.W009) reports."""
    return (
        len(key) < SECRET_KEY_MIN_LENGTH
        or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
        or key.startswith(SECRET_KEY_INSECURE_PREFIX)
    )
