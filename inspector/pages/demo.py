"""The demo shop: fires all standard events through the shim, and on request broken ones."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from events.judging.edition import edition_of
from events.models import Recording
from events.recordings import get_recording, newest_recording
from inspector.auth.owner_cookie import person_of
from inspector.demo import shop
from inspector.demo.broken_events import BROKEN_EVENTS


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """The shop's home page."""
    return demo_page(request, "home")


@require_safe
def demo_page(request: HttpRequest, page: str) -> HttpResponse:
    """One page of the shop. 404 for a page or a recording that is not there."""
    if page not in shop.PAGES:
        raise Http404("The demo shop has no such page.")
    key = request.GET.get("recording")
    recording = get_recording(key) if key else newest_recording(person_of(request))
    words = request.GET.get("q", "").strip()
    found = shop.search(words) if page == "list" else list(shop.SHIRTS)
    shirt = shop.find_shirt(request.GET.get("sku", "")) or shop.SHIRTS[0]
    params = ({"sku": shirt.sku} if page == "product" else {}) | ({"q": words} if words else {})
    context = _shop_context(recording, params, broken=request.GET.get("broken") == "1") | {
        "page": page,
        "page_type": "search" if page == "list" and words else shop.PAGES[page],
        "found": found,
        "shirts": found or shop.SHIRTS,
        "shirt": shirt,
        "words": words,
        "oddities": BROKEN_EVENTS,
    }
    return render(request, f"inspector/demo/{page}.html", context)


@csrf_exempt  # a beacon carries no CSRF token, and this view changes nothing
@require_POST
def demo_collect(request: HttpRequest) -> HttpResponse:
    """Stands for the vendor's collector: accepts the container's posts and discards them."""
    return HttpResponse()


def _shop_context(recording: Recording, params: dict[str, str], *, broken: bool) -> dict[str, Any]:
    """The context of every page of the shop: the query strings of its links, and the data of its script.

    ``params`` are further parameters of this page, for the link that switches between broken and complete.
    """
    reference = edition_of(recording)
    complete = shop.complete_calls(reference)
    always = {"recording": recording.key}
    return {
        "recording": recording,
        "broken": broken,
        "keep": "?" + urlencode(always | ({"broken": "1"} if broken else {})),
        "other_way": "?" + urlencode(always | ({} if broken else {"broken": "1"}) | params),
        "collector": reverse("demo_collect").removesuffix("/events"),
        "consent": ",".join(map(str, complete["page_view"]["user"]["consent_categories"])),
        "script_data": {
            "catalogue": shop.catalogue(),
            "complete": complete,
            "required": shop.required_paths(reference),
            "broken": broken,
        },
    }
