"""The connect page: snippets for pages, apps and servers, and the problems that pages report."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.api.recordings import addresses
from events.judging.edition import edition_of
from events.models import Recording
from events.recordings import get_recording
from inspector.live.page_reports import reports
from inspector.script.problems import TROUBLES
from inspector.script.snippets import app_snippet, bookmarklet, page_snippets, server_snippets
from inspector.serving.addresses import is_this_machine


@require_safe
def connect(request: HttpRequest, key: str) -> HttpResponse:
    """The snippets, with this recording's addresses filled in.

    A bookmarklet that a page's policy blocked opens it with ``?trouble=`` and ``?site=``.
    """
    recording = get_recording(key)
    urls = addresses(request, recording)
    panel = request.build_absolute_uri(reverse("connect", args=[key]))
    origin = f"{request.scheme}://{request.get_host()}"
    script = request.build_absolute_uri(static("help/mitmproxy_copy.py"))
    context = _troubles(request, recording) | {
        "origin": origin,
        "app_snippet": app_snippet(origin, recording.capture_key, script),
        "page_snippets": page_snippets(urls["shim"], panel),
        "bookmarklet": bookmarklet(urls["shim"], panel),
        "server_snippets": server_snippets(urls, edition_of(recording)),
        "user_script": request.build_absolute_uri(reverse("user_script", args=[recording.capture_key])),
        "plain_http": request.scheme == "http" and not _on_this_machine(request),
    }
    return render(request, "inspector/connect.html", context)


@require_safe
def troubles(request: HttpRequest, key: str) -> HttpResponse:
    """The panel of reports, polled by an open connect page."""
    return render(request, "inspector/_page_reports.html", _troubles(request, get_recording(key)))


def _troubles(request: HttpRequest, recording: Recording) -> dict[str, Any]:
    problem = TROUBLES.get(request.GET.get("trouble", ""))
    return {
        "recording": recording,
        "reports": reports(recording),
        "problem": {"sentence": problem[0], "remedy": problem[1], "site": request.GET.get("site", "")}
        if problem
        else None,
    }


def _on_this_machine(request: HttpRequest) -> bool:
    """True where the requested host is loopback, which browsers treat as secure without https."""
    return is_this_machine(split_domain_port(request.get_host())[0])
