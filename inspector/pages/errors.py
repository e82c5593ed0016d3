"""Answers for addresses that lead nowhere: JSON for machines, a page for people."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events.api.errors import error_response, too_large_response
from events.limits import request_too_large
from inspector.serving.outage import AWAY

_BACK_IN_SECONDS = "2"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if _is_machine(request):
        return error_response(404, "not_found", "There is nothing at this address.")
    return _page(request, 404, "Not found")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, for instance a host name that is not ours; 413 where it is too large."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    return error_response(400, "bad_request", "The request is not one that this server answers.")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that is not from a page of ours, or from one that has been open for too long."""
    message = "This form is not from here, or no longer: open its page again."
    if _is_machine(request) or "HX-Request" in request.headers:
        return error_response(403, "stale_form", message)
    return _page(request, 403, "Not done", message)


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 where it is not, and coming back helps."""
    if isinstance(sys.exc_info()[1], AWAY):
        return _unavailable(request)
    return error_response(500, "internal_error", "The inspector failed at this; its log says more.")


def _unavailable(request: HttpRequest) -> HttpResponse:
    """503."""
    message = "The database or Redis does not answer. Nothing is lost: try again in a moment."
    if _is_machine(request) or "HX-Request" in request.headers:
        answer = error_response(503, "store_unavailable", message)
    else:
        answer = _page(request, 503, "Not now", message)
    answer["Retry-After"] = _BACK_IN_SECONDS
    return answer


def _too_large(request: HttpRequest) -> HttpResponse:
    """413; beside the form where a text was pasted."""
    if _is_machine(request):
        return too_large_response(request_too_large())
    message = str(request_too_large("a text"))
    if "HX-Request" in request.headers:  # htmx only swaps what went well
        return render(request, "inspector/_import_judged.html", {"problem": message})
    return _page(request, 413, "Too large", message)


def _page(request: HttpRequest, status: int, title: str, message: str = "") -> HttpResponse:
    context = {"status": status, "title": title, "message": message}
    return render(request, "inspector/error.html", context, status=status)


def _is_machine(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/collect/", "/events", "/cdp/"))
