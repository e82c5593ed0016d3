"""Who may look through a share that has a password: a signed cookie says that somebody knew it."""

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
_SOCKET_COOKIE: Final = (
    "cact-share-socket"  # the same, where the socket lies: browsers send a cookie to one path
)
_SEEN_COOKIE: Final = "cact-share-seen"


def is_open_to(share: Share, cookies: Mapping[str, str]) -> bool:
    """Whether the share needs no password, or its cookie is among ``cookies``."""
    seconds = settings.SHARE_ACCESS_SECONDS
    return not share.password or any(
        _says(name, share, cookies, seconds) for name in (_COOKIE, _SOCKET_COOKIE)
    )


def try_password(request: HttpRequest, share: Share, password: str) -> bool | None:
    """Whether it is right; None where this client has tried too often. Others are not locked out by it."""
    place = f"share-tries-{share.pk}-{client_of(request)}"
    if count(place) > settings.MAX_PASSWORD_TRIES:
        return None
    if not right_password(share, password):
        return False
    cache.delete(place)
    return True


def grant(response: HttpResponseBase, request: HttpRequest, share: Share, address: str) -> None:
    """Let this browser look at ``address``, and at its socket."""
    for name, path in ((_COOKIE, address), (_SOCKET_COOKIE, f"/ws{address}")):
        _set(response, request, name, share, path, settings.SHARE_ACCESS_SECONDS)


def has_seen(share: Share, cookies: Mapping[str, str]) -> bool:
    """Whether this browser was counted already."""
    return _says(_SEEN_COOKIE, share, cookies, None)


def mark_seen(response: HttpResponseBase, request: HttpRequest, share: Share, address: str) -> None:
    """Count this browser once, until it is closed."""
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
        samesite="Lax",  # Strict would ask again whoever comes by a link in a chat
    )


def _says(name: str, share: Share, cookies: Mapping[str, str], seconds: int | None) -> bool:
    try:
        return bool(signing.loads(cookies.get(name, ""), salt=name, max_age=seconds) == _claim(share))
    except signing.BadSignature:
        return False


def _claim(share: Share) -> str:
    """What a cookie stands for: this link with this password, whatever becomes of either."""
    return f"{share.digest[:16]}{share.password[-16:]}"
