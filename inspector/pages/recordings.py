"""The list of recordings: searches them, makes new ones, changes one in its row."""

from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import replace_url

from events.models import Recording
from events.recordings import (
    Changes,
    change_recording,
    create_recording,
    get_recording,
    person_called,
    start_over,
)
from events.recordings.listing import Search, chips, read_list, with_counts
from events.recordings.owners import Person
from inspector.auth.owner_cookie import person_of
from inspector.pages import edition_choice
from inspector.pages.request_params import where_to
from inspector.serving.htmx_request import HtmxHttpRequest

_ROWS: Final = 100  # of the first paint and of each step of scrolling
_MOST_CHOSEN: Final = 20  # tags, and people, of one search
_ROW: Final = "recording-"  # how the id of a row starts


@require_safe
def recordings(request: HtmxHttpRequest) -> HttpResponse:
    """The page; for htmx the list that was found, or further rows of it."""
    me = person_of(request)
    asked = _search_params(request.GET)
    wanted = search_of(asked, me)
    found, more = read_list(wanted, _ROWS, request.GET.get("before", ""))
    context = {"found": found, "more": more, "wanted": wanted, "me": me, "asked": asked.urlencode()}
    target = request.htmx.target
    if target == "more":
        return render(request, "inspector/_recording_rows.html", context)
    if target == "found":
        response = render(request, "inspector/_recordings.html", context)
        return replace_url(response, f"?{asked.urlencode()}" if asked else reverse("recordings"))
    people = asked.getlist("person")[:_MOST_CHOSEN]
    context |= {"chips": chips(wanted.tags, people), "mine": "mine" in asked, "chosen": people}
    context |= edition_choice.offered(request)
    return render(request, "inspector/recordings.html", context)


@require_POST
def new_recording(request: HttpRequest) -> HttpResponse:
    """Make a recording and lead to it; ``after`` is the key of the recording that it continues."""
    me, after = person_of(request), request.POST.get("after")
    if after:
        return redirect("dashboard", start_over(get_recording(after), me).key)
    made = create_recording(request.POST.get("name", ""), me, edition_choice.asked(request))
    response = redirect("dashboard", made.key)
    edition_choice.remember(response, request)
    return response


@require_POST
def change(request: HtmxHttpRequest, key: str) -> HttpResponse:
    """Change the recording as the form says, and lead back to the form's page."""
    recording = change_recording(get_recording(key), asked_changes(request.POST))
    if _in_row(request):
        return _row(request, recording, "inspector/_recording_row.html")
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(where_to(request, reverse("dashboard", args=[key])))


@require_safe
def recording_row(request: HttpRequest, key: str) -> HttpResponse:
    """One row, when its editing is cancelled."""
    return _row(request, get_recording(key), "inspector/_recording_row.html")


@require_safe
def edit_recording(request: HtmxHttpRequest, key: str) -> HttpResponse:
    """Name, tags and person of a recording in a form: in its row for htmx, else as a page."""
    template = "inspector/_recording_edit.html" if _in_row(request) else "inspector/edit.html"
    return _row(request, get_recording(key), template)


def search_of(asked: QueryDict, me: Person) -> Search:
    """The search in the list's address; ``mine`` stands for the recordings of ``me``."""
    people = asked.getlist("person")
    if "mine" in asked and me.name:
        people.append(me.name)
    return Search(
        text=asked.get("q", "")[:200].strip(),
        tags=tuple(asked.getlist("tag")[:_MOST_CHOSEN]),
        people=tuple(people[:_MOST_CHOSEN]),
        archived="archived" in asked,
    )


def asked_changes(form: QueryDict) -> Changes:
    """The changes in a form: switches are 1 or 0, tags are separated by commas."""
    tags, name = form.get("tags"), form.get("person")
    return Changes(
        name=form.get("name"),
        tags=None if tags is None else tags.split(","),
        person=None if name is None else person_called(name),
        pinned=_switch(form.get("pinned")),
        stopped=_switch(form.get("stopped")),
        archived=_switch(form.get("archived")),
        mute=form.getlist("mute"),
        unmute=form.getlist("unmute"),
    )


def _in_row(request: HtmxHttpRequest) -> bool:
    """True where the answer takes the place of a recording's row."""
    return (request.htmx.target or "").startswith(_ROW)


def _switch(value: str | None) -> bool | None:
    return None if value is None else value == "1"


def _row(request: HttpRequest, recording: Recording, template: str) -> HttpResponse:
    (listed,) = with_counts([recording])
    return render(request, template, {"one": listed, "focus": True, "me": person_of(request)})


def _search_params(asked: QueryDict) -> QueryDict:
    """The parameters of the search, without empty ones, unknown ones and those with a NUL."""
    params = QueryDict(mutable=True)
    for name in ("q", "tag", "person", "mine", "archived"):
        for value in asked.getlist(name):
            if value and "\0" not in value:
                params.appendlist(name, value)
    return params
