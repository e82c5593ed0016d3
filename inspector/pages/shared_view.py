"""The read-only dashboard, events and exports behind a share link."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from events.exports.download import download
from events.exports.formats import FORMATS
from events.exports.scope import Scope
from events.models import Recording, Share
from events.recordings.filter_parameters import InvalidFilter
from events.recordings.shares import NoSuchShare, ShareOver, count_view, find_share, masked_kinds
from inspector.auth import share_password
from inspector.live.share_visibility import share_reader, visible_through_share
from inspector.live.visible_recording import VisibleRecording
from inspector.pages.dashboard import (
    dashboard_context,
    frame_answer,
    rows_answer,
    timeline_answer,
)
from inspector.pages.event import event_context, event_page
from inspector.pages.query import completions_answer, matches_answer
from inspector.serving.htmx_request import HtmxHttpRequest

logger = logging.getLogger(__name__)

SharedView = Callable[..., HttpResponseBase]
_NOT_ALLOWED: Final = "This address can be read, and nothing else."
#: No cache stores the answer, no search engine lists it, and no other site learns the link.
_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


def shared_view(view: SharedView) -> SharedView:
    """Decorates a view of a share: checks link and password, hands in what the link shows, sets headers."""

    @login_not_required  # the token in the address is the permission
    @csrf_exempt  # changes nothing; _ask_password, which reads a form, checks it
    @wraps(view)
    def answer(request: HttpRequest, token: str, **place: Any) -> HttpResponseBase:
        try:
            response = _answer(view, request, token, place)
        except InvalidFilter as error:
            response = _plain(request, 400, "No such filter", str(error))
        except Exception:  # with DEBUG, Django's traceback would show unmasked values
            logger.exception("showing a share failed")
            response = _plain(request, 500, "Something went wrong", "The inspector failed at this.")
        for name, value in _HEADERS.items():
            if name == "Cache-Control":
                response.headers[name] = value
            else:
                response.headers.setdefault(name, value)
        return response

    return answer


def _answer(view: SharedView, request: HttpRequest, token: str, place: dict[str, Any]) -> HttpResponseBase:
    try:
        share = find_share(token)
        address = reverse("shared", args=[token])
        if not share_password.is_open_to(share, request.COOKIES):
            return _ask_password(request, share, address)
        if request.method != "GET":
            return HttpResponse(_NOT_ALLOWED, status=405, headers={"Allow": "GET"}, content_type="text/plain")
        return view(request, share, visible_through_share(share, address), **place)
    except (NoSuchShare, Http404):
        return _plain(request, 404, "Not found", "There is nothing at this address: it may not be whole.")
    except (ShareOver, Recording.DoesNotExist):
        return _plain(
            request,
            410,
            "This link has ended",
            "It was revoked, or its time is over. Ask whoever sent it for a new one.",
        )


@shared_view
def shared(request: HtmxHttpRequest, share: Share, visible: VisibleRecording) -> HttpResponseBase:
    """The dashboard; for htmx, after a change of the filter, the timeline alone."""
    if request.htmx.target == "timeline":
        return timeline_answer(request, visible, {})
    context = dashboard_context(request, visible)
    if share.seq is not None and "event" not in context:
        event = visible.find(share.seq)
        context |= event_context(visible, event) if event else {}
    context |= {
        "expires_at": share.expires_at,
        "masked": masked_kinds(share),
        "formats": FORMATS,
        "partial": visible.partial,
    }
    response = render(request, "inspector/shared.html", context)
    if not share_password.has_seen(share, request.COOKIES):
        count_view(share)
        share_password.mark_seen(response, request, share, visible.shown.address)
    return response


@shared_view
def shared_rows(request: HttpRequest, _share: Share, visible: VisibleRecording) -> HttpResponseBase:
    """Older or newer rows, loaded on scroll."""
    return rows_answer(request, visible)


@shared_view
def shared_frame(request: HttpRequest, share: Share, visible: VisibleRecording) -> HttpResponseBase:
    """The frame that the socket would push, for a page that cannot open one."""
    read_visible = share_reader(share.pk, visible.shown.address)
    return frame_answer(request, share.recording_id, read_visible)


@shared_view
def shared_completions(request: HttpRequest, _share: Share, visible: VisibleRecording) -> HttpResponse:
    """Completions of a query, of what the link shows."""
    return completions_answer(request, visible)


@shared_view
def shared_matches(request: HttpRequest, _share: Share, visible: VisibleRecording) -> HttpResponse:
    """How many of the events that the link shows match a query."""
    return matches_answer(request, visible)


@shared_view
def shared_event(
    request: HtmxHttpRequest, _share: Share, visible: VisibleRecording, seq: int
) -> HttpResponseBase:
    """One event: a fragment for htmx, else a page of its own."""
    return event_page(request, visible, seq, "inspector/shared_event.html")


@shared_view
def shared_export(
    _request: HttpRequest, _share: Share, visible: VisibleRecording, extension: str
) -> HttpResponseBase:
    """The shared events as a file, masked like the shared view."""
    if extension not in FORMATS:
        raise Http404
    scope = Scope(visible.recording, visible.limits, visible.redactor, shared=visible.shown)
    return download(scope, FORMATS[extension])


@csrf_protect
def _ask_password(request: HttpRequest, share: Share, address: str) -> HttpResponseBase:
    """The form that asks for the password, and its check."""
    right: bool | None = False
    if request.method == "POST" and request.path == address:
        right = share_password.try_password(request, share, request.POST.get("password", "")[:1_000])
        if right:
            granted = redirect(address)
            share_password.grant(granted, request, share, address)
            return granted
    elif request.method != "GET":
        return HttpResponse(_NOT_ALLOWED, status=405, content_type="text/plain")
    context = {"address": address, "wrong": request.method == "POST", "too_often": right is None}
    response = render(
        request, "inspector/shared_password.html", context, status=429 if right is None else 401
    )
    # Without any referrer browsers hide a form's origin as well, and it would be refused as a foreign one.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _plain(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    context = {"title": title, "sentence": sentence}
    return render(request, "inspector/shared_over.html", context, status=status)
