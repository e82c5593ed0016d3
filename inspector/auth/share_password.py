"""Password-protected shares: a signed cookie records that the password was entered."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from events.models import Share
from events.recordings.shares import right_password
from inspector.auth.throttle import client_of, count

_COOKIE: Final = "cact-share"
_SOCKET_COOKIE: Final = "cact-share-socket"  # for the socket's path: a cookie is sent to one path alone
_SEEN_COOKIE: Final = "cact-share-seen"


def is_open_to(share: Share, cookies: Mapping[str, str]) -> bool:
    """True where the share has no password, or ``cookies`` hold the one that records its password."""
    seconds = settings.SHARE_ACCESS_SECONDS
    return not share.password or any(
        _says(name, share, cookies, seconds) for name in (_COOKIE, _SOCKET_COOKIE)
    )


def try_password(request: HttpRequest, share: Share, password: str) -> bool | None:
    """Whether the password is right; None where this client's tries are used up, which locks out no other."""
    place = f"share-tries-{share.pk}-{client_of(request)}"
    if count(place) > settings.MAX_PASSWORD_TRIES:
        return None
    if not right_password(share, password):
        return False
    cache.delete(place)
    return True


def grant(response: HttpResponseBase, request: HttpRequest, share: Share, address: str) -> None:
    """Set the cookies that open the share at ``address``, and its socket, to this browser."""
    for name, path in ((_COOKIE, address), (_SOCKET_COOKIE, f"/ws{address}")):
        _set(response, request, name, share, path, settings.SHARE_ACCESS_SECONDS)


def has_seen(share: Share, cookies: Mapping[str, str]) -> bool:
    """True where this browser's view of the share was counted already."""
    return _says(_SEEN_COOKIE, share, cookies, None)


def mark_seen(response: HttpResponseBase, request: HttpRequest, share: Share, address: str) -> None:
    """Set the cookie of ``has_seen``, until the browser is closed."""
    _set(response, request, _SEEN_COOKIE, share, address, None)


def _set(
    response: HttpResponseBase, request: HttpRequest, name: str, share: Share, path: str, seconds: int | None
) -> None:
    response.set_cookie(
        name,
        signing.dumps(_claim(share), salt=name),
        max_age=seconds,
        path=path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",  # with Strict, a link in a chat would lead to the password form again
    )


def _says(name: str, share: Share, cookies: Mapping[str, str], seconds: int | None) -> bool:
    try:
        return bool(signing.loads(cookies.get(name, ""), salt=name, max_age=seconds) == _claim(share))
    except signing.BadSignature:
        return False


def _claim(share: Share) -> str:
    """The value that a cookie signs: it changes with the link and with its password."""
    return f"{share.digest[:16]}{share.password[-16:]}"
