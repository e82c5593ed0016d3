"""The account page: changes the password, makes and revokes API tokens."""

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from inspector.auth.api_tokens import TooManyTokens, make_token, revoke
from inspector.auth.middleware import with_accounts
from inspector.auth.throttle import TooManyTries, count_attempt
from inspector.pages.login import too_many


@never_cache
@require_safe
@with_accounts
def account(request: HttpRequest) -> HttpResponse:
    """The page; ``?password=changed`` confirms a changed password."""
    return _page(request, changed=request.GET.get("password") == "changed")


@never_cache
@sensitive_post_parameters()
@require_POST
@with_accounts
def change_password(request: HttpRequest) -> HttpResponse:
    """POST ``old_password``, ``new_password1``, ``new_password2``; ends other sessions. 422 otherwise."""
    person = _person(request)
    form = PasswordChangeForm(person, request.POST)
    try:
        attempt = count_attempt(request, person.get_username())
    except TooManyTries as many:
        return too_many(_page(request, status=429, wait=many.minutes), many)
    valid = form.is_valid()
    if "old_password" not in form.errors:
        attempt.succeeded()
    if not valid:
        return _page(request, status=422, form=form)
    form.save()
    update_session_auth_hash(request, person)
    return redirect("/account/?password=changed")


@never_cache
@require_POST
@with_accounts
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token with ``label`` and show it, this once: only its hash is stored. 409 beyond MAX_TOKENS."""
    try:
        token = make_token(_person(request), request.POST.get("label", ""))
    except TooManyTokens:
        return _page(request, status=409, too_many=settings.MAX_TOKENS)
    return _page(request, token=token)


@require_POST
@with_accounts
def end_token(request: HttpRequest, token: int) -> HttpResponse:
    """Revoke one of the account's tokens, at once."""
    revoke(_person(request), token)
    return redirect("account")


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    form = context.setdefault("form", PasswordChangeForm(_person(request)))
    context |= {"tokens": _person(request).tokens.all(), "fields": list(form)}
    return render(request, "inspector/account.html", context, status=status)


def _person(request: HttpRequest) -> User:
    """The logged-in account: these views require a login."""
    person = request.user
    assert isinstance(person, User)
    return person
