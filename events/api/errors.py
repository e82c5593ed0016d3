"""Writes every error answer in one form: ``{"error": {"code", "message", "path"?, "position"?}}``."""

from collections.abc import Callable
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from events.limits import TooLarge
from events.recordings.filter_parameters import INVALID_QUERY, ended


class Position(Schema):
    """A place in a query: the first character that the error is about, and the one after the last."""

    start: int
    end: int


class ErrorDetail(Schema):
    """The cause of an error: a code for machines, a sentence for people."""

    code: str
    message: str
    path: str | None = None
    position: Position | None = None


class Error(Schema):
    """The body of every answer that is an error."""

    error: ErrorDetail


class Refusal(Exception):
    """Ends a request with an error answer. ``retry_after`` is in seconds, ``path`` points into the body."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None, path: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.path = status, code, message, path
        self.retry_after = retry_after


def json_response(body: Any, status: int = 200) -> HttpResponse:
    """``body`` as JSON, written by orjson."""
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")


def error_body(
    code: str, message: str, path: str | None = None, position: tuple[int, int] | None = None
) -> dict[str, Any]:
    """The body of an error answer: ``{"error": {"code", "message", "path"?, "position"?}}``.

    ``position`` is the place (start, end) in the query that the error is about.
    """
    detail: dict[str, Any] = {"code": code, "message": message}
    if path is not None:
        detail["path"] = path
    if position is not None:
        detail["position"] = {"start": position[0], "end": position[1]}
    return {"error": detail}


def error_response(
    status: int, code: str, message: str, path: str | None = None, position: tuple[int, int] | None = None
) -> HttpResponse:
    """An error answer with this status."""
    return json_response(error_body(code, message, path, position), status)


def too_large_body(error: TooLarge) -> dict[str, Any]:
    """The body of the error answer 413 for ``error``."""
    return error_body("too_large", str(error))


def too_large_response(error: TooLarge) -> HttpResponse:
    """The error answer 413 for ``error``."""
    return json_response(too_large_body(error), 413)


def with_json_error(response: HttpResponseBase) -> HttpResponseBase:
    """``response``, or the API's JSON error in place of Django's 405, which has another form."""
    if response.status_code != 405 or response["Content-Type"] == "application/json":
        return response
    allowed = ", ".join(sorted(response["Allow"].split(", ")))
    answer = error_response(405, "method_not_allowed", f"Only {allowed} is answered here.")
    answer["Allow"] = allowed
    return answer


def wrong_method(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that answers a wrong method under /api/ with the API's JSON error."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        return with_json_error(response) if request.path.startswith("/api/") else response

    return answer


def install(api: NinjaAPI) -> None:
    """Make ``api`` answer every exception with the JSON error of this module."""

    @api.exception_handler(Refusal)
    def refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
        response = error_response(refusal.status, refusal.code, refusal.message, refusal.path)
        if refusal.retry_after is not None:
            response["Retry-After"] = str(refusal.retry_after)
        return response

    @api.exception_handler(TooLarge)
    def too_large(_request: HttpRequest, error: TooLarge) -> HttpResponse:
        return too_large_response(error)

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, missing: Http404) -> HttpResponse:
        return error_response(404, "not_found", str(missing) or "There is nothing here.")

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        first: dict[str, Any] = error.errors[0] if error.errors else {}
        path = "/" + "/".join(str(step) for step in first.get("loc", ()))
        message = ended(str(first.get("msg", "The request is not valid")))
        if first.get("type") == INVALID_QUERY:
            place = first["ctx"]
            position = place["start"], place["end"]
            return error_response(400, INVALID_QUERY, message, path, position)
        return error_response(400, "invalid_request", message, path)

    @api.exception_handler(HttpError)
    def http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return error_response(error.status_code, "invalid_request", str(error))
