"""Every way to connect a page, a server or an app to a recording."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.api.recordings import addresses
from events.recordings import get_recording
from inspector.snippets import bookmarklet, page_snippets, server_snippets


@require_safe
def connect(request: HttpRequest, key: str) -> HttpResponse:
    """The snippets, with this recording's addresses filled in."""
    recording = get_recording(key)
    urls = addresses(request, recording)
    context = {
        "recording": recording,
        "origin": f"{request.scheme}://{request.get_host()}",
        "page_snippets": page_snippets(urls["shim"]),
        "bookmarklet": bookmarklet(urls["shim"]),
        "server_snippets": server_snippets(urls),
    }
    return render(request, "inspector/connect.html", context)
