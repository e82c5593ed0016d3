"""The login page, and logging out."""

from typing import Any

from django import forms
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import UsernameField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from inspector.auth.middleware import safe_next, with_accounts
from inspector.auth.owner_cookie import forget
from inspector.auth.throttle import TooManyTries, count_attempt

_WRONG = "This name and this password do not belong together."  # it must not tell which of the two is wrong


class LoginForm(forms.Form):
    """The login form; a limited password length keeps hashing cheap."""

    username = UsernameField(max_length=150)
    password = forms.CharField(max_length=1_000, strip=False)


@never_cache
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@with_accounts
def login(request: HttpRequest) -> HttpResponse:
    """The form; POST: ``username``, ``password``, ``next``. 401 where wrong, 429 after too many."""
    wanted = safe_next((request.POST or request.GET).get("next", ""))
    if request.method != "POST":
        return redirect(wanted) if request.user.is_authenticated else _page(request, wanted)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, wanted, status=401, error=_WRONG)
    try:
        attempt = count_attempt(request, form.cleaned_data["username"])
    except TooManyTries as many:
        return too_many(_page(request, wanted, status=429, wait=many.minutes), many)
    person = auth.authenticate(request, **form.cleaned_data)
    if person is None:
        return _page(request, wanted, status=401, error=_WRONG)
    attempt.succeeded()
    auth.login(request, person)
    request.session.clear_expired()  # here, since logins are rare and slow anyway
    return redirect(wanted)


@require_POST
@with_accounts
def logout(request: HttpRequest) -> HttpResponse:
    """End the session, which also closes the sockets of its open pages."""
    auth.logout(request)
    response = redirect("login")
    forget(response)  # the next account must not inherit the owner cookie
    return response


def too_many(response: HttpResponse, many: TooManyTries) -> HttpResponse:
    """The answer with a Retry-After header."""
    response["Retry-After"] = str(many.wait)
    return response


def _page(request: HttpRequest, wanted: str, *, status: int = 200, **context: Any) -> HttpResponse:
    name = request.POST.get("username", "")[:150]
    return render(request, "inspector/login.html", {"next": wanted, "name": name, **context}, status=status)
