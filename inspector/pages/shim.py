"""Serves the page-side script with its address filled in, and the scripts that it loads."""

import gzip
import re
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from events.api.errors import error_response
from events.models import Recording, capture_digest
from inspector.script import rrweb
from inspector.script.page_script import page_script, small_file, user_script
from inspector.script.replay import recorder, wanted_strip

#: A match pattern of browsers: scheme, host, path.
_MATCH: Final = re.compile(r"(\*|https?)://[\w.*:\[\]-]{1,200}/[\w.*/~%-]{0,500}", re.ASCII)


@login_not_required
@require_safe
def shim(request: HttpRequest, capture_key: str) -> HttpResponse:
    """The script that copies a page's ``cact`` calls into the key's recording. 404 for an unknown key.

    ``?debug=1`` shows the verdicts in the page, as the parameter of the same name in the page's address does.
    """
    found = _recording(capture_key)
    source = page_script(
        request.build_absolute_uri(f"/collect/{capture_key}"),
        show_url=request.build_absolute_uri("/shim/show.js"),
        debug=request.GET.get("debug") == "1",
        strip=wanted_strip(found, request.build_absolute_uri("/shim/strip.js")),
    )
    return script_response(request, source)


@login_not_required
@require_safe
def user_script_page(request: HttpRequest, capture_key: str) -> HttpResponse:
    """The page-side script as a userscript for pages that match ``?match=``. 400 for a bad pattern."""
    found = _recording(capture_key)
    match = request.GET.get("match", "*://*/*")
    if not _MATCH.fullmatch(match):
        return error_response(400, "bad_match", "Give ?match= as in https://shop.example/*.", "match")
    collect = request.build_absolute_uri(f"/collect/{capture_key}")
    return script_response(request, user_script(collect, match, found.name))


@login_not_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The script of the verdict badge, which the page-side script loads on request."""
    return script_response(request, small_file(settings.BASE_DIR / "static" / "shim" / "badge.js"))


@login_not_required
@require_safe
def strip(request: HttpRequest) -> HttpResponse:
    """The replay recorder, which the page-side script loads where the recording's replay is on."""
    if not rrweb.installed():
        raise Http404(f"The library is not here: {rrweb.HOW}.")
    return script_response(request, recorder())


def script_response(request: HttpRequest, source: str) -> HttpResponse:
    """A script answer that pages of any origin may load, cross-origin isolated (COEP) ones included."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        _packed(source) if packed else source, content_type="text/javascript; charset=utf-8"
    )
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = "no-cache"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"  # import() in a page asks for it
    return response


@lru_cache(maxsize=32)
def _packed(source: str) -> bytes:
    return gzip.compress(source.encode(), 9)


def _recording(capture_key: str) -> Recording:
    """The recording with this capture key. Raises Http404."""
    found = Recording.objects.filter(capture_digest=capture_digest(capture_key)).first()
    if found is None:
        raise Http404("No recording has this capture key.")
    return found
