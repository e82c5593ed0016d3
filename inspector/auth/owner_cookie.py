"""The owner cookie: a person's name and colour, chosen by themselves. It proves no identity."""

from typing import Final
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from events.recordings.owners import NOBODY, Person, person

_COOKIE: Final = "person"
_A_YEAR: Final = 365 * 24 * 3600


def person_of(request: HttpRequest) -> Person:
    """The person in the browser's cookie, else the account that is logged in, else NOBODY."""
    colour, _, name = request.COOKIES.get(_COOKIE, "").partition(".")
    if name:
        return person(unquote(name), colour)
    return person(request.user.get_username()) if settings.LOGIN else NOBODY


def remember(response: HttpResponseBase, request: HttpRequest, who: Person) -> None:
    """Set the cookie to ``who``, for a year."""
    response.set_cookie(
        _COOKIE,
        f"{who.colour}.{quote(who.name, safe='')}",
        max_age=_A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def forget(response: HttpResponseBase) -> None:
    """Delete the cookie."""
    response.delete_cookie(_COOKIE, samesite="Lax")
