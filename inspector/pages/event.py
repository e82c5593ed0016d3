"""One event: as a fragment beside the timeline, and as a whole page of its own."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.judging.edition import edition_of
from events.judging.effective import Payloads, effective
from events.models import Event
from events.recordings import get_recording
from events.reference import Reference
from events.reference.examples import as_call
from events.store.payloads import payloads_of
from inspector.live.visible_recording import Lens, plain
from inspector.presenters.called_vs_sent import Comparison, compare
from inspector.presenters.parameter_table import parameter_table
from inspector.presenters.suggested_fix import fixed_params


@require_safe
def event(request: HttpRequest, key: str, seq: int) -> HttpResponse:
    """The event's verdict, parameters, findings and payload."""
    return event_page(request, plain(get_recording(key)), seq)


def event_page(
    request: HttpRequest, lens: Lens, seq: int, page: str = "inspector/event.html"
) -> HttpResponse:
    """The event as a fragment for htmx, as the template ``page`` for everyone else. Raises Http404."""
    found = lens.find(seq)
    if found is None:
        raise Http404("This recording has no such event.")
    fragment = "HX-Request" in request.headers
    template = "inspector/_event.html" if fragment else page
    return render(request, template, event_context(lens, found))


def event_context(lens: Lens, event: Event) -> dict[str, Any]:
    """What the template shows of an event that came through ``lens``."""
    edition = edition_of(lens.recording)
    given = payloads_of(event)
    judged = effective(event.name, given, edition)
    findings = orjson.loads(event.findings)
    passed = given.called if isinstance(given.called, dict) else judged.params
    return {
        "recording": lens.shown,
        "event": event,
        "table": parameter_table(event.name, judged, findings, edition, lens.hides_examples),
        "findings": findings,
        "errors": sum(finding["severity"] == "error" for finding in findings),
        "warnings": sum(finding["severity"] == "warning" for finding in findings),
        "params": judged.params,
        "payload": _pretty(judged.params),
        "call": as_call(event.name, passed) if isinstance(passed, dict) else "",
        "fixed": _fixed_call(lens, edition, event.name, passed, findings),
        "in_reference": event.name in edition.events,
        "edition": edition.edition,
        "automatic": judged.automatic,
        "permanent": judged.permanent,
        "comparison": _comparison(given, judged.permanent),
        "wire_only": event.source == "page" and given.called is None and given.sent is not None,
    }


def _comparison(given: Payloads, permanent: list[str]) -> Comparison | None:
    """Called beside sent, where both were seen."""
    if given.called is None or given.sent is None:
        return None
    return compare(given.called, given.sent, permanent)


def _fixed_call(
    lens: Lens, edition: Reference, name: str, passed: Any, findings: list[dict[str, Any]]
) -> str:
    """The mended call as code, or "" where there is nothing to mend by machine."""
    fixed = fixed_params(name, passed, findings, edition) if isinstance(passed, dict) else None
    return "" if fixed is None else as_call(name, lens.params(fixed))


def _pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
