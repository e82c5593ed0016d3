"""Every accepted wire shape -> events. Pure: bytes or parsed JSON in, ``Incoming`` events out.

Shapes (the vendor's client, its HTTP API and our own shim): the shim's ``{"page", "events"}``; flat
(``event_name`` and parameters at the root, ``context``); ``event_name`` + ``properties``; the older
containers' ``event`` + ``properties``; ``{"batch": […]}``; a bare array. What parses but is no event becomes
an ``Incoming`` with a ``problem``, so that somebody sees it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: What a flat event carries beside its parameters: read here, not part of what is judged.
_ENVELOPE: Final = frozenset({"event_name", "event_id", "eventId", "event_timestamp", "created"})
_HIGHEST_N: Final = 1_000_000  # calls in one page load; a higher number is no number of ours


class Unreadable(ValueError):
    """The body is no JSON. The message says what is wrong and where, without repeating the body."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page load that events came from, as the shim tells it."""

    id: str
    url: str = ""
    title: str = ""
    referrer: str = ""


@dataclass(slots=True)
class Incoming:
    """One event as it arrived. ``called`` is None where no page call was seen, ``sent`` where no request was.

    ``at`` is when it was fired by its own clock; ``n`` its number within its page load; ``problem`` is set
    where this could not be read as an event, and says why; ``size`` is the number of characters that the
    sender counted where it left the parameters out for being too many.
    """

    name: Any = None
    called: Any = None
    sent: Any = None
    automatic: dict[str, Any] = field(default_factory=dict)
    event_id: str | None = None
    n: int | None = None
    at: datetime | None = None
    page: Page | None = None
    page_url: str = ""
    call_site: str = ""
    source: str = "http"
    size: int = 0
    problem: str = ""


def parse(body: bytes) -> Any:
    """The JSON value in ``body``. Raises Unreadable (no JSON, not UTF-8, NaN, nested beyond all measure)."""
    try:
        return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The body is not valid JSON: {error}.") from None


def read(value: Any) -> list[Incoming]:
    """The events in a parsed body, whatever its shape, in their order."""
    if isinstance(value, list):
        return [_http_event(entry) for entry in value]
    if isinstance(value, dict):
        if isinstance(value.get("batch"), list):
            return [_http_event(entry) for entry in value["batch"]]
        if isinstance(value.get("events"), list) and not _names_an_event(value):
            page = _page(value.get("page"))
            return [_shim_event(entry, page) for entry in value["events"]]
    return [_http_event(value)]


def _names_an_event(value: dict[str, Any]) -> bool:
    return "event_name" in value or "event" in value


def _page(value: Any) -> Page | None:
    if not isinstance(value, dict) or not _text(value.get("id")):
        return None
    return Page(
        _text(value["id"])[:64],
        _text(value.get("url")),
        _text(value.get("title")),
        _text(value.get("referrer")),
    )


def _shim_event(value: Any, page: Page | None) -> Incoming:
    if not isinstance(value, dict):
        problem = f"expected an object, got {_kind(value)}"
        return Incoming(called=value, page=page, source="page", problem=problem)
    number, size, automatic = value.get("n"), value.get("size"), value.get("auto")
    in_range = type(number) is int and 0 < number <= _HIGHEST_N
    return Incoming(
        name=value.get("name"),
        called=value.get("called"),
        sent=value.get("sent"),
        automatic=automatic if isinstance(automatic, dict) else {},
        event_id=_identifier(value.get("id")),
        n=number if in_range and page else None,
        at=read_time(value.get("at")),
        page=page,
        page_url=page.url if page else "",
        call_site=_text(value.get("call_site")),
        source="page",
        size=size if type(size) is int and size > 0 else 0,
    )


def _http_event(value: Any) -> Incoming:
    if not isinstance(value, dict):
        return Incoming(sent=value, problem=f"expected an object, got {_kind(value)}")
    context = value.get("context")
    context = context if isinstance(context, dict) else {}
    enveloped = isinstance(value.get("properties"), dict) and (_names_an_event(value) or "event_id" in value)
    params = value["properties"] if enveloped else value
    name = value["event_name"] if "event_name" in value else value.get("event") if enveloped else None
    holders = (value, context, params)
    return Incoming(
        name=name,
        # The HTTP API keeps its envelope outside the properties; containers mix the two.
        sent=params if enveloped and "event_name" in value else _without_envelope(params),
        event_id=_identifier(_first(holders, ("event_id", "eventId"))),
        at=read_time(_first(holders, ("event_timestamp", "created"))),
        page_url=_page_url(value, context),
    )


def _without_envelope(params: dict[str, Any]) -> dict[str, Any]:
    """The parameters alone."""
    return {key: entry for key, entry in params.items() if key not in _ENVELOPE}


def _first(holders: tuple[Any, ...], names: tuple[str, ...]) -> Any:
    return next((holder[name] for holder in holders for name in names if holder.get(name)), None)


def _page_url(value: dict[str, Any], context: dict[str, Any]) -> str:
    for page in (context.get("page"), value.get("page")):
        if isinstance(page, dict) and _text(page.get("url")):
            return _text(page["url"])
    return ""


def _identifier(value: Any) -> str | None:
    """An event id that can be a key: a short string; None asks for a new one."""
    text = str(value) if type(value) is int else _text(value)
    return text if 0 < len(text) <= 64 else None


def read_time(value: Any) -> datetime | None:
    """A time given as milliseconds, a string of milliseconds, or ISO 8601; None where it is none of these."""
    try:
        if isinstance(value, str) and not value.strip().isdecimal():
            moment = datetime.fromisoformat(value.strip())
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(float(value) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _text(value: Any) -> str:
    """``value`` where it is a string, without the NUL that PostgreSQL cannot store; else ""."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else ""


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array"}
    return kinds.get(type(value), "an object")
