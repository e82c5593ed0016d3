"""The manual: its first page with the search, and one page for each topic."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inspector.presenters.manual import groups, neighbours, render_article
from inspector.presenters.manual_search import search
from inspector.presenters.manual_topics import TOPICS

_LONGEST_QUERY = 200  # characters


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """All topics; with ``?q=`` the places that hold the words."""
    wanted = request.GET.get("q", "").strip()[:_LONGEST_QUERY]
    context = {"groups": groups(), "wanted": wanted, "results": search(wanted)}
    return render(request, "inspector/help.html", context)


@require_safe
def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One topic. 404 for a name that is none."""
    if topic not in TOPICS:
        raise Http404("The manual has no such topic.")
    chosen = TOPICS[topic]
    context = {
        "groups": groups(),
        "topic": chosen,
        "article": render_article(chosen, f"{request.scheme}://{request.get_host()}"),
        **neighbours(chosen),
    }
    return render(request, "inspector/help_topic.html", context)
