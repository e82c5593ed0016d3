"""The pages of the events reference: an overview, and one for each event and schema."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from events.judging.edition import default_edition, edition_of
from events.models import Recording
from events.recordings import counts, get_recording
from events.reference import EventSpec, Reference, Schema, editions, load
from events.reference.examples import as_call, example_params
from inspector.presenters.finding_codes import legend
from inspector.presenters.reference_rows import reference_rows, schemas_in, users_of


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """All events, schemas, lists of values and finding codes."""
    recording = _recording(request)
    loaded = _edition(request, recording)
    context = _shared(request, loaded, recording) | {
        "lists": [(each, _uses(loaded, each.name)) for each in loaded.enumerations.values()],
        "suffixes": loaded.hash_suffixes,
        "legend": legend(),
    }
    return render(request, "inspector/reference.html", context)


@require_safe
def reference_event(request: HttpRequest, name: str) -> HttpResponse:
    """One event or schema with its parameters and nested schemas. 404 for any other name.

    Where no edition is asked for, a name that the default edition lacks leads to the newest that has it.
    """
    recording = _recording(request)
    loaded = _edition(request, recording)
    context = _shared(request, loaded, recording)
    if name in loaded.events:
        context |= _event(loaded, loaded.events[name])
        return render(request, "inspector/reference_event.html", context)
    if name in loaded.schemas:
        context |= _schema(loaded, loaded.schemas[name])
        return render(request, "inspector/reference_schema.html", context)
    if elsewhere := _elsewhere(request, name):
        return redirect(elsewhere)
    raise Http404("The reference has no such event or schema.")


def _elsewhere(request: HttpRequest, name: str) -> str:
    """The address of ``name`` in the newest edition that has it; "" where the request names its edition."""
    if "edition" in request.GET or "recording" in request.GET:
        return ""
    having = [edition for edition in editions() if _has(edition, name)]
    return f"{reverse('reference_event', args=[name])}?{urlencode({'edition': having[-1]})}" if having else ""


def _recording(request: HttpRequest) -> Recording | None:
    """The recording that ``?recording=`` names. Raises Http404 where there is none of this key."""
    key = request.GET.get("recording")
    return get_recording(key) if key else None


def _edition(request: HttpRequest, recording: Recording | None) -> Reference:
    """The edition that ``?edition=`` names, else the recording's, else the default. Raises Http404."""
    asked = request.GET.get("edition")
    if asked and asked not in editions():
        raise Http404("There is no such edition.")
    if asked:
        return load(asked)
    return edition_of(recording) if recording else default_edition()


def _shared(request: HttpRequest, loaded: Reference, recording: Recording | None) -> dict[str, Any]:
    """The context of all reference pages; with a recording also its count of each event.

    ``kept`` is the query string that each link of these pages carries on.
    """
    asked = {name: request.GET[name] for name in ("recording", "edition") if request.GET.get(name)}
    return {
        "edition": loaded.edition,
        "events": list(loaded.events.values()),
        "schemas": list(loaded.schemas.values()),
        "kept": f"?{urlencode(asked)}" if asked else "",
        "editions": _editions(request),
        "recording": recording,
        "seen": counts(recording).names if recording else {},
    }


def _editions(request: HttpRequest) -> list[dict[str, str]]:
    """All editions, the newest first, each with the address of this page in it; "" where it has none."""
    name = request.resolver_match.kwargs.get("name") if request.resolver_match else None
    recording = request.GET.get("recording")
    kept = {"recording": recording} if recording else {}
    addresses = {each: f"{request.path}?{urlencode(kept | {'edition': each})}" for each in editions()[::-1]}
    return [
        {"name": edition, "address": address if _has(edition, name) else ""}
        for edition, address in addresses.items()
    ]


def _has(edition: str, name: str | None) -> bool:
    """Whether the edition has the page ``name``; None is the overview."""
    loaded = load(edition)
    return name is None or name in loaded.events or name in loaded.schemas


def _event(loaded: Reference, spec: EventSpec) -> dict[str, Any]:
    return _object(loaded, spec) | {
        "complete": as_call(spec.name, example_params(loaded, spec.name)),
        "shortest": as_call(spec.name, example_params(loaded, spec.name, required_only=True)),
    }


def _schema(loaded: Reference, schema: Schema) -> dict[str, Any]:
    return _object(loaded, schema) | {
        "users": users_of(loaded, schema),
        "suffixes": loaded.hash_suffixes if schema.name == "User" else {},
    }


def _object(loaded: Reference, owner: Schema) -> dict[str, Any]:
    return {
        "spec": owner,
        "rows": reference_rows(loaded, owner),
        "unlisted": [row for row in owner.parameters if not row.listed],
        "nested": [(schema, reference_rows(loaded, schema)) for schema in schemas_in(loaded, owner)],
    }


def _uses(loaded: Reference, enumeration: str) -> list[tuple[str, str]]:
    """The parameters whose values the enumeration lists, as (event, parameter)."""
    return [
        (event.name, row.name)
        for event in loaded.events.values()
        for row in event.parameters
        if row.enumeration == enumeration
    ]
