"""The delete page: asks twice, and lists each time what would be deleted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.recordings import counts, get_recording
from events.recordings.retention import delete_recording
from inspector.auth.owner_cookie import person_of


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """GET asks, POST asks again; POST with the recording's key as ``sure`` deletes it."""
    recording = get_recording(key)
    if request.method == "POST" and request.POST.get("sure") == key:
        delete_recording(recording)
        return redirect("recordings")
    context = {
        "recording": recording,
        "counts": counts(recording),
        "shares": recording.shares.filter(revoked_at=None).count(),
        "strips": recording.strip_parts.exists(),
        "me": person_of(request),
        "again": request.method == "POST",
    }
    return render(request, "inspector/delete.html", context)
