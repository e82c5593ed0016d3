"""All recordings: the list, making a new one, changing one."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from events.models import Recording
from events.recordings import Changes, change_recording, counts, create_recording, get_recording

_SHOWN = 200


@require_safe
def recordings(request: HttpRequest) -> HttpResponse:
    """The newest recordings with their counts."""
    found = Recording.objects.order_by("-created_at")[:_SHOWN]
    listed = [(recording, counts(recording)) for recording in found]
    return render(request, "inspector/recordings.html", {"recordings": listed})


@require_POST
def new_recording(request: HttpRequest) -> HttpResponse:
    """Make a recording and go to it."""
    return redirect("dashboard", create_recording(request.POST.get("name", "")).key)


@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change what the form says of a recording, and go back to where it was sent from."""
    change_recording(get_recording(key), asked_changes(request.POST))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(where_to(request, reverse("dashboard", args=[key])))


def asked_changes(form: QueryDict) -> Changes:
    """What a form says about a recording: switches are 1 or 0, tags are separated by commas."""
    tags = form.get("tags")
    return Changes(
        name=form.get("name"),
        tags=None if tags is None else tags.split(","),
        pinned=_switch(form.get("pinned")),
        stopped=_switch(form.get("stopped")),
        archived=_switch(form.get("archived")),
    )


def where_to(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that a form wants to lead back to, else ``otherwise``."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise


def _switch(value: str | None) -> bool | None:
    return None if value is None else value == "1"
