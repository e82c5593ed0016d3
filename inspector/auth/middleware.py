"""Requires a login for every page and API address, where the inspector is not bound to loopback alone.

A view marked with Django's ``login_not_required`` is public, or checks a key of its own. The address that the
server is bound to decides (``settings.LOGIN``), never the address that a request seems to come from.
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
from inspector.serving.htmx_request import HtmxHttpRequest

View = TypeVar("View", bound=Callable[..., HttpResponse])

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class LoginMiddleware(MiddlewareMixin):
    """Admits logged-in people and, to the API, requests with a token; refuses all others."""

    def process_view(
        self, request: HtmxHttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
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
        # After a logout, Back in the same browser must not show a page again.
        if request.resolver_match and getattr(request.resolver_match.func, "login_required", True):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def unauthorized(code: str, message: str) -> HttpResponse:
    """A 401 answer as the API's JSON error."""
    response = error_response(401, code, message)
    response["WWW-Authenticate"] = 'Bearer realm="Cact Inspector"' + (
        ', error="invalid_token"' if code == "invalid_token" else ""
    )
    return response


def with_accounts(view: View) -> View:
    """Decorates a view on accounts: it answers 404 where no login is required, so there are no accounts."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.LOGIN:
            raise Http404("There are no accounts here.")
        return view(request, *args, **kwargs)

    return cast(View, answer)


def safe_next(text: str) -> str:
    """The path in ``text`` where it leads to a page of this server, else the home page's."""
    fits = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if fits else reverse("home")


def is_api(request: HttpRequest) -> bool:
    """True for an address of the JSON API, apart from its documentation page."""
    return request.path.startswith("/api/") and request.path != "/api/docs"


def _refuse(request: HtmxHttpRequest) -> HttpResponse:
    """Refuses a request: the API by 401, htmx by a redirect header, a person by leading to the login."""
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
    """Prolong the session once a day: an idle one ends, and most requests need not write to the database."""
    today = date.today().isoformat()  # noqa: DTZ011  # the time zone does not matter: the value must change once a day
    if request.session.get("day") != today:
        request.session["day"] = today


def _from_here(request: HttpRequest) -> bool:
    """False where the browser's Origin header names another site."""
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def _wants_page(request: HtmxHttpRequest) -> bool:
    """True where a browser navigates to the address, False where a script fetches it."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return not request.htmx and mode == "navigate"


def _return_to(request: HtmxHttpRequest) -> str:
    """The path to return to after the login: the requested page, or the one that holds the script or form."""
    if request.method in _SAFE_METHODS and _wants_page(request):
        return request.get_full_path()
    page = request.htmx.current_url or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return reverse("home")
    parts = urlsplit(page)
    return safe_next(parts._replace(scheme="", netloc="", fragment="").geturl())
