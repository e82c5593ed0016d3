"""The download of a recording's browser extension."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.api.recordings import addresses
from events.recordings import get_recording
from inspector.script.extension import Target, extension_zip, file_name, new_bridge
from inspector.script.replay import recorder, wanted_strip


@require_safe
def extension(request: HttpRequest, key: str) -> HttpResponse:
    """The extension as a zip, with this recording's addresses filled in."""
    recording = get_recording(key)
    urls = addresses(request, recording)
    strip = wanted_strip(recording, "shim-strip.js")
    target = Target(recording.name, urls["collect"], urls["dashboard"], strip, recorder() if strip else "")
    packed = extension_zip(target, new_bridge())
    return HttpResponse(
        packed,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name(recording.name)}"',
            "Cache-Control": "no-store",  # it holds the capture key
        },
    )
