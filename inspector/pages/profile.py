"""The profile page: a display name and colour, by which people on one server list their recordings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.recordings import give_new_name
from events.recordings.owners import COLOURS
from events.recordings.owners import person as person_called
from inspector.auth.owner_cookie import forget, person_of, remember
from inspector.pages.request_params import where_to


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """The form; POST sets the owner cookie, and renames the owner in this person's recordings."""
    me = person_of(request)
    if request.method == "POST":
        return _save(request)
    context = {"me": me, "colours": COLOURS, "next": request.GET.get("next", "")}
    return render(request, "inspector/person.html", context)


def _save(request: HttpRequest) -> HttpResponse:
    before = person_of(request)
    after = person_called(request.POST.get("name", ""), request.POST.get("colour", ""))
    response = redirect(where_to(request, "recordings"))
    if "forget" in request.POST or not after.name:
        forget(response)
        return response
    if before.name:
        give_new_name(before, after)
    remember(response, request, after)
    return response
