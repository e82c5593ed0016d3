"""The page-side script, with its address filled in."""

import json
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.models import Recording, capture_digest


@require_safe
def shim(request: HttpRequest, capture_key: str) -> HttpResponse:
    """The script that copies a page's ``cact`` calls into the key's recording. 404 for an unknown key."""
    if not Recording.objects.filter(capture_digest=capture_digest(capture_key)).exists():
        raise Http404("No recording has this capture key.")
    response = HttpResponse(
        shim_source(request.build_absolute_uri(f"/collect/{capture_key}")),
        content_type="text/javascript; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    # Any page may load it, also one that isolates itself (COEP); it holds nothing but the key in its address.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def shim_source(collect_url: str) -> str:
    """The script, posting to ``collect_url``."""
    return _template().replace('"__COLLECT_URL__"', json.dumps(collect_url).replace("<", "\\u003c"))


@cache
def _template() -> str:
    return (settings.BASE_DIR / "static" / "shim.js").read_text()
