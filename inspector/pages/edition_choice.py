"""The choice of an edition in the forms that make a recording; the browser's last choice is remembered."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from events.reference import editions

_COOKIE: Final = "edition"
_A_YEAR: Final = 365 * 24 * 3600


def offered(request: HttpRequest) -> dict[str, object]:
    """The context of ``_edition_choice.html``: all editions, the newest first, and the one to preselect."""
    last = request.COOKIES.get(_COOKIE, "")
    chosen = last if last in editions() else settings.EDITION
    return {"editions": editions()[::-1], "edition_chosen": chosen, "edition_default": settings.EDITION}


def asked(request: HttpRequest) -> str:
    """The edition that the posted form asks for; "" where it names none that is installed."""
    name = request.POST.get("edition", "")
    return name if name in editions() else ""


def remember(response: HttpResponseBase, request: HttpRequest) -> None:
    """Keep the form's choice for the next form, for a year."""
    if name := asked(request):
        response.set_cookie(
            _COOKIE, name, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
