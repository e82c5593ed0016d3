"""Who may come in where the inspector is not on loopback: every page, address and socket asks, unless marked.

A view marked with Django's ``login_not_required`` asks for nothing, or for a key of its own. What the server
is bound to decides (``settings.LOGIN``), never where a request seems to come from.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme

from events.api.errors import error_response
from inspector.auth.api_tokens import owner_of

View = TypeVar("View", bound=Callable[..., HttpResponse])

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class LoginMiddleware(MiddlewareMixin):
    """Lets nobody through but people who are logged in and, to the API, machines with a token."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        if is_api(request) and (token := _bearer(request)) is not None:
            return _admit(request, token)
        if not request.user.is_authenticated:
            return _refuse(request)
        _keep_session(request)
        if is_api(request) and request.method not in _SAFE_METHODS and not _from_here(request):
            return error_response(403, "foreign_origin", "Another site's page may not change anything here.")
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What somebody saw must not come back on the same machine once they have logged out."""
        if request.resolver_match and getattr(request.resolver_match.func, "login_required", True):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def unauthorized(code: str, message: str) -> HttpResponse:
    """401 in the API's form."""
    response = error_response(401, code, message)
    response["WWW-Authenticate"] = 'Bearer realm="Cact Inspector"' + (
        ', error="invalid_token"' if code == "invalid_token" else ""
    )
    return response


def with_accounts(view: View) -> View:
    """A view that is only there where people log in: on loopback there are no accounts to see."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.LOGIN:
            raise Http404("There are no accounts here.")
        return view(request, *args, **kwargs)

    return cast(View, answer)


def safe_next(text: str) -> str:
    """The page of ours that an address names, else the first one; never another site."""
    fits = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if fits else reverse("home")


def is_api(request: HttpRequest) -> bool:
    """True for the JSON API; its documentation is a page like any other."""
    return request.path.startswith("/api/") and request.path != "/api/docs"


def _refuse(request: HttpRequest) -> HttpResponse:
    """What whoever asked can use: machines a 401, htmx a page to go to, people the login page."""
    if is_api(request):
        return unauthorized("login_required", "Log in, or send a token: Authorization: Bearer ….")
    where = f"{reverse('login')}?{urlencode({'next': _return_to(request)})}"
    if _wants_page(request):
        return HttpResponseRedirect(where)
    response = unauthorized("login_required", "You are logged out: log in again.")
    response["HX-Redirect"] = where
    return response


def _admit(request: HttpRequest, token: str) -> HttpResponse | None:
    owner = owner_of(token)
    if owner is None:
        return unauthorized("invalid_token", "This token is none, or it was revoked.")
    request.user = owner
    return None


def _bearer(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _keep_session(request: HttpRequest) -> None:
    """Once a day the session's end moves on: it is idleness that ends it, and most requests write nothing."""
    today = date.today().isoformat()  # noqa: DTZ011  # any clock does that changes once a day
    if request.session.get("day") != today:
        request.session["day"] = today


def _from_here(request: HttpRequest) -> bool:
    """False where a browser says that a page from elsewhere asks."""
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def _wants_page(request: HttpRequest) -> bool:
    """True where a person goes to the address, False where a script of a page fetches it."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return "HX-Request" not in request.headers and mode == "navigate"


def _return_to(request: HttpRequest) -> str:
    """The page to come back to: the one that was asked for, or the one that a script or form is on."""
    if request.method in _SAFE_METHODS and _wants_page(request):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return reverse("home")
    parts = urlsplit(page)
    return safe_next(parts._replace(scheme="", netloc="", fragment="").geturl())
