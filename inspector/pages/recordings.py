"""All recordings: the list, and making a new one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from events.models import Recording
from events.recordings import counts, create_recording

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
    return redirect("dashboard", create_recording(request.POST.get("name", "").replace("\0", "")).key)
