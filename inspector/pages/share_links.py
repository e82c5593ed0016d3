"""The share page: what a new link shows, its preview, and the recording's links."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from events.models import Recording, Share
from events.recordings import get_recording
from events.recordings.filter import EVERYTHING
from events.recordings.filter_parameters import parse_filter
from events.recordings.shares import (
    ShareRequest,
    TooManyShares,
    create_share,
    delete_share,
    draft_share,
    is_over,
    masked_kinds,
    revoke_share,
    shared_events,
)
from events.redaction import KINDS
from inspector.live.share_visibility import visible_through_share
from inspector.live.visible_recording import VisibleRecording, whole
from inspector.pages.dashboard import newest_context
from inspector.pages.event import event_context
from inspector.pages.request_params import number
from inspector.presenters.personal_data_labels import KIND_WORDS
from inspector.serving.htmx_request import HtmxHttpRequest

_PREVIEW_ROWS: Final = 50
_DAYS: Final = (1, 7, 30, 90, 365)


@require_safe
def share(request: HttpRequest, key: str) -> HttpResponse:
    """The form, the preview, and the links."""
    recording = get_recording(key)
    return render(request, "inspector/share.html", _context(recording, request.GET))


@require_safe
def share_preview(request: HttpRequest, key: str) -> HttpResponse:
    """The preview of a link with the choices in the query string."""
    recording = get_recording(key)
    return render(request, "inspector/_share_preview.html", _preview(recording, request.GET))


@require_safe
def share_preview_event(request: HttpRequest, key: str, seq: int) -> HttpResponse:
    """One event of the preview."""
    recording = get_recording(key)
    visible = _lens(recording, request.GET)
    found = visible.find(seq)
    if found is None:
        return render(request, "inspector/_no_event.html", status=404)
    return render(request, "inspector/_event.html", event_context(visible, found))


@require_POST
def share_new(request: HttpRequest, key: str) -> HttpResponse:
    """Make a link and show it, this once: only its hash is stored. 409 beyond the limit of links."""
    recording = get_recording(key)
    context = _context(recording, request.POST)
    try:
        made, token = create_share(recording, _share_request(request.POST))
    except TooManyShares:
        return render(request, "inspector/share.html", context | {"too_many": True}, status=409)
    context |= {
        "made": made,
        "link": request.build_absolute_uri(reverse("shared", args=[token])),
        "links": _links(recording),
    }
    return render(request, "inspector/share.html", context)


@require_POST
def share_end(request: HtmxHttpRequest, key: str, share: int) -> HttpResponse:
    """Revoke a link at once; with ``forget``, delete one that has ended."""
    recording = get_recording(key)
    if request.POST.get("forget") == "1":
        delete_share(recording, share)
    else:
        revoke_share(recording, share)
    if request.htmx:
        context = {"recording": recording, "links": _links(recording)}
        return render(request, "inspector/_share_links.html", context)
    return redirect("share", recording.key)


def _context(recording: Recording, form: QueryDict) -> dict[str, Any]:
    query, masked = _query(form), _share_request(form).masked
    event = whole(recording).find(number(form.get("event", "")))
    return {
        "recording": recording,
        "query": query,
        "filter_words": ", ".join(parse_filter(query).words()),
        "event_shared": event,
        "what": _what(form),
        "kinds": [(kind, KIND_WORDS[kind], kind in masked) for kind in KINDS],
        "days": sorted({*_DAYS, settings.SHARE_DAYS}),
        "default_days": settings.SHARE_DAYS,
        "links": _links(recording),
    } | _preview(recording, form)


def _preview(recording: Recording, form: QueryDict) -> dict[str, Any]:
    """The context of the preview: that of the shared view, as the new link would show it."""
    visible = _lens(recording, form)
    last = visible.before(recording.last_seq + 1, 1, EVERYTHING).events
    wanted = visible.find(number(form.get("event", ""))) or (last[-1] if last else None)
    context = newest_context(visible, _PREVIEW_ROWS)
    shown = {"preview": context, "preview_counts": visible.counts(), "partial": visible.partial}
    return shown | ({"preview_event": event_context(visible, wanted)} if wanted else {})


def _lens(recording: Recording, form: QueryDict) -> VisibleRecording:
    return visible_through_share(
        draft_share(recording, _share_request(form)), reverse("share_preview", args=[recording.key])
    )


def _share_request(form: QueryDict) -> ShareRequest:
    """The share that the form asks for. All kinds are masked unless the form offered the choice."""
    what = _what(form)
    event = number(form.get("event", ""))
    return ShareRequest(
        seq=event if what == "event" and event else None,
        query=_query(form) if what == "filter" else "",
        masked=form.getlist("masked") if "chosen" in form else KINDS,
        days=number(form.get("days", "")),
        password=form.get("password", "")[:1_000],
        label=form.get("label", ""),
    )


def _what(form: QueryDict) -> str:
    """What is shared: all, filter or event; at first the filter of the dashboard, where it had one."""
    return form.get("what") or ("filter" if _query(form) else "all")


def _query(form: QueryDict) -> str:
    """The dashboard's filter, from the page's address or from the form's hidden field."""
    return parse_filter(form.get("filter", form)).query_string()


def _links(recording: Recording) -> list[dict[str, Any]]:
    now = timezone.now()
    return [_link(share, is_over(share, now)) for share in recording.shares.order_by("-created_at")]


def _link(share: Share, over: bool) -> dict[str, Any]:
    what = ", ".join(shared_events(share).words()) or "whole recording"
    hidden = len(masked_kinds(share))
    masked = "all personal values" if hidden == len(KINDS) else f"{hidden} kinds" if hidden else "nothing"
    return {"share": share, "over": over, "what": what, "masked": masked}
