"""Reads parameters that several pages' forms and addresses share."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def where_to(request: HttpRequest, otherwise: str) -> str:
    """The form's ``next`` where it is a page of this server, else ``otherwise`` (a path or view name)."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return resolve_url(otherwise)


def number(text: str, digits: int = 18) -> int:
    """The whole number in a text; 0 where it is none, or has more than ``digits`` digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else 0
