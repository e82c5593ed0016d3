"""Reads ``Incoming`` events from JSON in every accepted wire shape. Pure.

Shapes (the vendor's client, its HTTP API and our shim): the shim's ``{"page", "events"}``; flat
(``event_name`` and parameters at the root, ``context``); ``event_name`` + ``properties``; the older
containers' ``event`` + ``properties``; ``{"batch": […]}``; a bare array. JSON that is no event becomes an
``Incoming`` with a ``problem``, so that it is stored and shown.

An event of the shim is ``{"id", "n", "at", "name", "called", …}``. ``called`` are the parameters of the call,
null where none was seen; in them ``NOT_READ`` stands for values that could not be read without effect.
``sent`` is the body of the client's own request, ``pixel`` its query string where it was a pixel, and
``sent_to`` its URL; ``unsent: true`` means that none was sent in time. ``auto`` are the parameters that the
client was seen to add, ``permanent`` those of ``setProperty``. ``seen: "queue"``: no hook saw the call, it
was read from caReady afterwards. Beside ``events``, ``updates`` are ``{"id"}`` with ``sent``, ``pixel`` or
``unsent``, ``reports`` ``{"code", "detail"}`` and ``left`` pages with ``n``, the number of their last event.
"""

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson

from events.wire.query import parameters_of
from events.wire.types import Delivery, Incoming, Left, Page, ScriptReport, Unreadable, Update

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: Fields of an event's envelope, by their names in different shapes: they are not judged.
_IDS: Final = ("event_id", "eventId")
_TIMES: Final = ("event_timestamp", "created")
_SURROUNDINGS: Final = ("context", "page", "device")
#: Fields beside ``properties``. Any other field there is a parameter.
_BESIDE_PROPERTIES: Final = {"event_name", "event", "properties", "version", *_IDS, *_TIMES, *_SURROUNDINGS}
_HIGHEST_N: Final = 1_000_000  # calls in one page load; the shim never sends a higher number


def parse(body: bytes) -> Any:
    """Parse the JSON in ``body``. Raises Unreadable: invalid JSON, not UTF-8, NaN, or nested far too deep."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The body is not valid JSON: {error}.") from None


def read_delivery(value: Any) -> Delivery:
    """Read a parsed body: events, and from the script's shape also updates, reports and ended page loads."""
    if not isinstance(value, dict) or not isinstance(value.get("events"), list) or _names_an_event(value):
        return Delivery(read(value))
    page = _page(value.get("page"))
    return Delivery(
        [_shim_event(entry, page) for entry in value["events"]],
        [update for entry in _entries(value, "updates") if (update := _update(entry, page))],
        [
            ScriptReport(_text(entry.get("code")), _text(entry.get("detail")), page)
            for entry in _entries(value, "reports")
        ],
        [
            Left(over, entry["n"])
            for entry in _entries(value, "left")
            if (over := _page(entry)) and _is_number(entry.get("n"))
        ],
    )


def read(value: Any) -> list[Incoming]:
    """Read the events in a parsed body of any shape, in order."""
    if isinstance(value, list):
        return [_http_event(entry) for entry in value]
    if isinstance(value, dict):
        if isinstance(value.get("batch"), list) and not _names_an_event(value):
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
        value.get("frame") is True,
    )


def _entries(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = value.get(name)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _update(value: dict[str, Any], page: Page | None) -> Update | None:
    event_id, request = _identifier(value.get("id")), _request(value)
    if event_id is None or (request is None and value.get("unsent") is not True):
        return None
    sent_to, page_id = _text(value.get("sent_to")), page.id if page else ""
    if request is None:
        return Update(event_id, None, sent_to, "unsent", page_id=page_id)
    return Update(event_id, request.parameters, sent_to, "sent", request.untyped, page_id, request.event_id)


class _Request(NamedTuple):
    """The client's own request that the script saw, by its parameters.

    ``untyped``: they are from a query string, all values strings. ``problem``: why they could not be read, ""
    where they could. ``event_id`` is the event's id in it, "" without one.
    """

    parameters: Any
    untyped: bool = False
    problem: str = ""
    event_id: str = ""


def _request(value: dict[str, Any]) -> _Request | None:
    """The request of an event or an update: its body in ``sent``, or its query string in ``pixel``."""
    sent, query = value.get("sent"), value.get("pixel")
    if sent is not None:
        return _Request(_sent_parameters(sent), event_id=_id_of(sent))
    if not isinstance(query, str) or not query:
        return None
    try:
        value = parameters_of(query.removeprefix("?"))
        return _Request(_sent_parameters(value), untyped=True, event_id=_id_of(value))
    except Unreadable as error:  # stored and shown as it came: the other events of the post are not to blame
        return _Request(query, problem=str(error))


def _id_of(value: Any) -> str:
    """The event's id in a body in any of the vendor's shapes; "" where it has none."""
    if not isinstance(value, dict):
        return ""
    return _identifier(_first(_context(value), _IDS) or _first(value, _IDS)) or ""


def _sent_parameters(value: Any) -> Any:
    """The parameters in the body of the client's own request, in any of the vendor's shapes."""
    return _parameters(value, _context(value)) if isinstance(value, dict) else value


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 < value <= _HIGHEST_N


def _shim_event(value: Any, page: Page | None) -> Incoming:
    if not isinstance(value, dict):
        problem = f"expected an object, got {_kind(value)}"
        return Incoming(called=value, page=page, source="page", problem=problem)
    number, size, request = value.get("n"), value.get("size"), _request(value)
    automatic, permanent, called = value.get("auto"), value.get("permanent"), value.get("called")
    return Incoming(
        name=value.get("name"),
        called=called,
        sent=request.parameters if request else None,
        automatic=automatic if isinstance(automatic, dict) else {},
        permanent=permanent if isinstance(permanent, dict) else {},
        delivery="sent" if request else "unsent" if value.get("unsent") is True else "",
        seen="queue" if value.get("seen") == "queue" else "",
        sent_to=_text(value.get("sent_to")),
        untyped=request is not None and request.untyped,
        container=_text(value.get("container")),
        old_form=value.get("old_form") is True,
        event_id=_identifier(value.get("id")),
        sent_id=request.event_id if request else "",
        n=number if _is_number(number) and page else None,
        at=read_time(value.get("at")),
        page=page,
        page_url=page.url if page else "",
        call_site=_text(value.get("call_site")),
        source="page",
        size=size if type(size) is int and size > 0 else 0,
        problem=request.problem if request and called is None else "",
    )


def _http_event(value: Any) -> Incoming:
    if not isinstance(value, dict):
        return Incoming(sent=value, problem=f"expected an object, got {_kind(value)}")
    context = _context(value)
    enveloped = _has_envelope(value, context)
    return Incoming(
        name=value["event_name"] if "event_name" in value else value.get("event") if enveloped else None,
        sent=_parameters(value, context),
        event_id=_identifier(_first(context, _IDS) or _first(value, _IDS)),
        at=read_time(_moment(value, context, enveloped)),
        page_url=_page_url(value, context),
        size=_size(value),
    )


def _context(value: dict[str, Any]) -> dict[str, Any]:
    return value["context"] if isinstance(value.get("context"), dict) else {}


def _parameters(value: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """The parameters of an event in any of the vendor's shapes, without its envelope."""
    return _enveloped_params(value) if _has_envelope(value, context) else _flat_params(value, context)


def _has_envelope(value: dict[str, Any], context: dict[str, Any]) -> bool:
    """Whether ``properties`` holds the parameters, as in the shapes that are older than ``context``."""
    if not isinstance(value.get("properties"), dict):
        return False
    if "event_name" in value and context:
        return value.keys() <= _BESIDE_PROPERTIES  # else ``properties`` is a parameter of a flat event
    return _names_an_event(value) or "event_id" in value


def _enveloped_params(value: dict[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = value["properties"]
    if "event_name" in value:
        return params
    return {key: entry for key, entry in params.items() if key != "created"}  # older containers' time


def _flat_params(value: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """All fields at the root, except the envelope.

    Where the context has an id, an ``event_id`` at the root is a parameter: pages pass one for other vendors.
    """
    envelope = {"event_name", *(name for name in _SURROUNDINGS if isinstance(value.get(name), dict))}
    if not _first(context, _IDS):
        envelope.update(_IDS)
    if not _first(context, _TIMES):
        envelope.add("event_timestamp")
    return {key: entry for key, entry in value.items() if key not in envelope}


def _moment(value: dict[str, Any], context: dict[str, Any], enveloped: bool) -> Any:
    """The raw time of the call. ``created`` at the root of a flat event is a parameter, not the time."""
    given = _first(context, _TIMES) or _first(value, _TIMES if enveloped else ("event_timestamp",))
    older = enveloped and "event_name" not in value
    return value["properties"].get("created") if older and not given else given


def _first(holder: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((holder[name] for name in names if holder.get(name)), None)


def _page_url(value: dict[str, Any], context: dict[str, Any]) -> str:
    """The page's URL; the HTTP API 1.0 calls it ``location``."""
    pages = (page for page in (context.get("page"), value.get("page")) if isinstance(page, dict))
    return next((url for page in pages if (url := _text(page.get("url")) or _text(page.get("location")))), "")


def _size(value: dict[str, Any]) -> int:
    """The length of ``value`` as JSON, in bytes; 0 where it nests too deep, which has its own finding."""
    try:
        return len(orjson.dumps(value))
    except TypeError:
        return 0


def _identifier(value: Any) -> str | None:
    """An event id of 1 to 64 characters; None where there is none, so that a new one is made."""
    text = str(value) if type(value) is int else _text(value)
    return text if 0 < len(text) <= 64 else None


def read_time(value: Any) -> datetime | None:
    """Parse milliseconds since 1970, as number or string, or ISO 8601; None for any other value."""
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
    """A string ``value`` without NUL, which PostgreSQL cannot store; "" for any other value."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else ""


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array"}
    return kinds.get(type(value), "an object")
