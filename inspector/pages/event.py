"""One event: a fragment beside the timeline, or a page of its own."""

from typing import Any

import orjson
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.judging.edition import edition_of
from events.judging.effective import Effective, Payloads, effective
from events.judging.unread import UNSEEN, resolve
from events.recordings import get_recording
from events.recordings.shown import ShownEvent
from events.reference import Reference
from events.store.payloads import payloads_of
from events.verdict import PublicFinding
from inspector.live.visible_recording import VisibleRecording, whole
from inspector.presenters.call_code import code_of_call, with_unknown
from inspector.presenters.called_vs_sent import Comparison, compare
from inspector.presenters.parameter_table import parameter_table
from inspector.presenters.suggested_fix import fixed_params
from inspector.serving.htmx_request import HtmxHttpRequest


@require_safe
def event(request: HtmxHttpRequest, key: str, seq: int) -> HttpResponse:
    """The event with its verdict, parameters, findings and payload."""
    return event_page(request, whole(get_recording(key)), seq)


def event_page(
    request: HtmxHttpRequest, visible: VisibleRecording, seq: int, page: str = "inspector/event.html"
) -> HttpResponse:
    """The event as a fragment for htmx, else as a page by the template ``page``. Raises Http404."""
    found = visible.find(seq)
    if found is None:
        raise Http404("This recording has no such event.")
    fragment = request.htmx
    template = "inspector/_event.html" if fragment else page
    return render(request, template, event_context(visible, found))


def event_context(visible: VisibleRecording, event: ShownEvent) -> dict[str, Any]:
    """The context of the event's template."""
    edition = edition_of(visible.recording)
    given = payloads_of(event)
    judged = effective(event.name, given, edition)
    findings, muted = visible.findings(event)
    passed = _passed(given, judged)
    if isinstance(passed, dict) and judged.untold:
        passed = with_unknown(passed, judged.untold)
    return {
        "recording": visible.shown,
        "event": event,
        "table": parameter_table(event.name, judged, findings, edition, visible.hides_examples),
        "findings": findings,
        "muted": muted,
        "errors": sum(finding["severity"] == "error" for finding in findings),
        "warnings": sum(finding["severity"] == "warning" for finding in findings),
        "params": judged.params,
        "payload": _pretty(judged.params),
        "call": code_of_call(event.name, passed, judged.untold) if isinstance(passed, dict) else "",
        "fixed": _fixed_call(visible, edition, event.name, passed, findings),
        "in_reference": event.name in edition.events,
        "edition": edition.edition,
        "automatic": judged.automatic,
        "permanent": judged.permanent,
        "comparison": _comparison(given, judged),
        "wire_only": event.source == "page" and given.called is None and given.sent is not None,
    }


def _comparison(given: Payloads, judged: Effective) -> Comparison | None:
    """Called versus sent; None where one of them was not seen."""
    if given.called is None or given.sent is None:
        return None
    return compare(given.called, given.sent, judged.permanent, judged.marks, judged.untold)


def _passed(given: Payloads, judged: Effective) -> Any:
    """The parameters of the call, with values that were not read as the client sent them."""
    if not isinstance(given.called, dict):
        return judged.params
    if not judged.marks:
        return given.called
    return resolve(given.called, given.sent if isinstance(given.sent, dict) else UNSEEN, {})


def _fixed_call(
    visible: VisibleRecording,
    edition: Reference,
    name: str,
    passed: Any,
    findings: list[PublicFinding],
) -> str:
    """The fixed call as code; "" where no finding has a mechanical fix."""
    fixed = fixed_params(name, passed, findings, edition) if isinstance(passed, dict) else None
    return "" if fixed is None else code_of_call(name, visible.params(fixed))


def _pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
