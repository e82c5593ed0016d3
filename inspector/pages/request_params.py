"""What forms of ours have in common."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def where_to(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that a form wants to lead back to, else ``otherwise``: an address or a view's name."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return resolve_url(otherwise)


def number(text: str, digits: int = 18) -> int:
    """The number that an address or a form names; 0 where it is none, or has more digits than that."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else 0
