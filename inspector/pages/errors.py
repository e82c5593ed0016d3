"""Error answers outside of the API's own views: JSON for machines, a page for people."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events.api.errors import error_response, too_large_response
from events.limits import request_too_large
from events.recordings.filter_parameters import INVALID_QUERY, InvalidFilter
from inspector.serving.htmx_request import HtmxHttpRequest
from inspector.serving.outage import UNAVAILABLE

_BACK_IN_SECONDS = "2"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address, recording or event."""
    if _is_machine(request):
        return error_response(404, "not_found", "There is nothing at this address.")
    return _page(request, 404, "Not found")


def bad_request(request: HtmxHttpRequest, exception: Exception) -> HttpResponse:
    """400, such as for a host name that is not allowed; 413 for a body that is too large."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    if isinstance(exception, InvalidFilter):
        return _invalid_filter(request, exception)
    return error_response(400, "bad_request", "The request is not one that this server answers.")


def _invalid_filter(request: HtmxHttpRequest, error: InvalidFilter) -> HttpResponse:
    """400; a page only where a person opens an address, since htmx swaps no refusal."""
    if request.htmx or _is_machine(request):
        code = INVALID_QUERY if error.position else "invalid_request"
        return error_response(400, code, str(error), position=error.position)
    return _page(request, 400, "No such filter", str(error))


def stale_form(request: HtmxHttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without a valid CSRF token, of another site's page or of one that was open for too long."""
    message = "This form is not from here, or no longer: open its page again."
    if _is_machine(request) or request.htmx:
        return error_response(403, "stale_form", message)
    return _page(request, 403, "Not done", message)


def failed(request: HtmxHttpRequest) -> HttpResponse:
    """500 for a bug; 503 where the database or Redis cannot be reached."""
    if isinstance(sys.exc_info()[1], UNAVAILABLE):
        return _unavailable(request)
    return error_response(500, "internal_error", "The inspector failed at this; its log says more.")


def _unavailable(request: HtmxHttpRequest) -> HttpResponse:
    """503: the database or Redis cannot be reached."""
    message = "The database or Redis does not answer. Nothing is lost: try again in a moment."
    if _is_machine(request) or request.htmx:
        answer = error_response(503, "store_unavailable", message)
    else:
        answer = _page(request, 503, "Not now", message)
    answer["Retry-After"] = _BACK_IN_SECONDS
    return answer


def _too_large(request: HtmxHttpRequest) -> HttpResponse:
    """413; for htmx as a fragment beside the form of the pasted text."""
    if _is_machine(request):
        return too_large_response(request_too_large())
    message = str(request_too_large("a text"))
    if request.htmx:  # htmx swaps no answer with an error status
        return render(request, "inspector/_import_judged.html", {"problem": message})
    return _page(request, 413, "Too large", message)


def _page(request: HttpRequest, status: int, title: str, message: str = "") -> HttpResponse:
    context = {"status": status, "title": title, "message": message}
    return render(request, "inspector/error.html", context, status=status)


def _is_machine(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/collect/", "/events", "/cdp/"))
