"""Every accepted wire shape -> events. Pure: bytes or parsed JSON in, ``Incoming`` events out.

Shapes (the vendor's client, its HTTP API and our own shim): the shim's ``{"page", "events"}``; flat
(``event_name`` and parameters at the root, ``context``); ``event_name`` + ``properties``; the older
containers' ``event`` + ``properties``; ``{"batch": […]}``; a bare array. What parses but is no event becomes
an ``Incoming`` with a ``problem``, so that somebody sees it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

import orjson

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: What an event travels in, by the shapes' different names: read here, not part of what is judged.
_IDS: Final = ("event_id", "eventId")
_TIMES: Final = ("event_timestamp", "created")
_SURROUNDINGS: Final = ("context", "page", "device")
#: What stands beside ``properties``. Anything else there is a parameter.
_BESIDE_PROPERTIES: Final = {"event_name", "event", "properties", "version", *_IDS, *_TIMES, *_SURROUNDINGS}
_HIGHEST_N: Final = 1_000_000  # calls in one page load; a higher number is no number of ours

#: What became of a call: its request was seen, none left the page in good time, or nobody knows.
Delivered = Literal["", "sent", "unsent"]


class Unreadable(ValueError):
    """The body is no JSON. The message says what is wrong and where, without repeating the body."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page load that events came from, as the shim tells it.

    ``frame``: it is not the window's top page. ``started``: when it began, where that is known.
    """

    id: str
    url: str = ""
    title: str = ""
    referrer: str = ""
    frame: bool = False
    started: datetime | None = None


@dataclass(slots=True)
class Incoming:
    """One event as it arrived. ``called`` is None where no page call was seen, ``sent`` where no request was.

    ``at`` is when it was fired by its own clock; ``n`` its number within its page load; ``problem`` is set
    where this could not be read as an event, and says why; ``size`` is what it weighed when it was sent: the
    bytes of its JSON, or the characters that the script counted where it left the parameters out for that.
    ``old_form`` is a call such as ``cact('purchase', …)``, with which the client does nothing. ``container``
    is the site and the number of the container whose tag fired it, ``1234_5``; ``sent_to`` the address of the
    client's own request.
    """

    name: Any = None
    called: Any = None
    sent: Any = None
    automatic: dict[str, Any] = field(default_factory=dict)
    permanent: dict[str, Any] = field(default_factory=dict)
    delivery: Delivered = ""
    sent_to: str = ""
    container: str = ""
    old_form: bool = False
    event_id: str | None = None
    n: int | None = None
    at: datetime | None = None
    page: Page | None = None
    page_url: str = ""
    call_site: str = ""
    source: str = "http"
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """What became of an event that was told before: what its request carried, or that none was made."""

    event_id: str
    sent: Any
    sent_to: str
    delivery: Delivered


#: Every cause that the script can tell; anything else is not ours. The words for people are the upper room's.
CAUSES: Final = (
    "policy",
    "mixed_content",
    "local_network",
    "away",
    "no_container",
    "fake_container",
    "request_failed",
    "second_script",
)


@dataclass(frozen=True, slots=True)
class Report:
    """Something that keeps the script from working, as it noticed itself; ``detail`` is where or what."""

    code: str
    detail: str
    page: Page | None


@dataclass(frozen=True, slots=True)
class Left:
    """A page load that is over, and the number of its last event."""

    page: Page
    n: int


@dataclass(slots=True)
class Delivery:
    """One request: its events, and what the script tells beside them."""

    events: list[Incoming]
    updates: list[Update] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many things there are to store."""
        return len(self.events) + len(self.updates) + len(self.reports) + len(self.left)


def parse(body: bytes) -> Any:
    """The JSON value in ``body``. Raises Unreadable (no JSON, not UTF-8, NaN, nested beyond all measure)."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The body is not valid JSON: {error}.") from None


def read_delivery(value: Any) -> Delivery:
    """A parsed body with everything that the page-side script may tell; other shapes hold events alone."""
    if not isinstance(value, dict) or not isinstance(value.get("events"), list) or _names_an_event(value):
        return Delivery(read(value))
    page = _page(value.get("page"))
    return Delivery(
        [_shim_event(entry, page) for entry in value["events"]],
        [update for entry in _entries(value, "updates") if (update := _update(entry))],
        [
            Report(_text(entry.get("code")), _text(entry.get("detail")), page)
            for entry in _entries(value, "reports")
        ],
        [
            Left(over, entry["n"])
            for entry in _entries(value, "left")
            if (over := _page(entry)) and _is_number(entry.get("n"))
        ],
    )


def read(value: Any) -> list[Incoming]:
    """The events in a parsed body, whatever its shape, in their order."""
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


def _update(value: dict[str, Any]) -> Update | None:
    event_id, sent = _identifier(value.get("id")), value.get("sent")
    if event_id is None or (sent is None and value.get("unsent") is not True):
        return None
    delivery: Delivered = "unsent" if sent is None else "sent"
    return Update(event_id, _sent_parameters(sent), _text(value.get("sent_to")), delivery)


def _sent_parameters(value: Any) -> Any:
    """The parameters in the body of the client's own request, in whichever of its shapes."""
    return _parameters(value, _context(value)) if isinstance(value, dict) else value


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 < value <= _HIGHEST_N


def _shim_event(value: Any, page: Page | None) -> Incoming:
    if not isinstance(value, dict):
        problem = f"expected an object, got {_kind(value)}"
        return Incoming(called=value, page=page, source="page", problem=problem)
    number, size, sent = value.get("n"), value.get("size"), value.get("sent")
    automatic, permanent = value.get("auto"), value.get("permanent")
    return Incoming(
        name=value.get("name"),
        called=value.get("called"),
        sent=_sent_parameters(sent),
        automatic=automatic if isinstance(automatic, dict) else {},
        permanent=permanent if isinstance(permanent, dict) else {},
        delivery="sent" if sent is not None else "unsent" if value.get("unsent") is True else "",
        sent_to=_text(value.get("sent_to")),
        container=_text(value.get("container")),
        old_form=value.get("old_form") is True,
        event_id=_identifier(value.get("id")),
        n=number if _is_number(number) and page else None,
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
    """What of an event in any of the vendor's shapes is the event's own."""
    return _enveloped_params(value) if _has_envelope(value, context) else _flat_params(value, context)


def _has_envelope(value: dict[str, Any], context: dict[str, Any]) -> bool:
    """Whether the parameters are inside ``properties``, as in the shapes before the one with a context."""
    if not isinstance(value.get("properties"), dict):
        return False
    if "event_name" in value and context:
        return value.keys() <= _BESIDE_PROPERTIES  # else a flat event has a property of that name
    return _names_an_event(value) or "event_id" in value


def _enveloped_params(value: dict[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = value["properties"]
    if "event_name" in value:
        return params
    return {key: entry for key, entry in params.items() if key != "created"}  # older containers put it there


def _flat_params(value: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Everything at the root but what the event travels in.

    A page may pass an event_id for another vendor: where the context has one, that is no envelope.
    """
    envelope = {"event_name", *(name for name in _SURROUNDINGS if isinstance(value.get(name), dict))}
    if not _first(context, _IDS):
        envelope.update(_IDS)
    if not _first(context, _TIMES):
        envelope.add("event_timestamp")
    return {key: entry for key, entry in value.items() if key not in envelope}


def _moment(value: dict[str, Any], context: dict[str, Any], enveloped: bool) -> Any:
    """What says when it was fired. ``created`` at the root of a flat event is a property of the site's."""
    given = _first(context, _TIMES) or _first(value, _TIMES if enveloped else ("event_timestamp",))
    older = enveloped and "event_name" not in value
    return value["properties"].get("created") if older and not given else given


def _first(holder: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((holder[name] for name in names if holder.get(name)), None)


def _page_url(value: dict[str, Any], context: dict[str, Any]) -> str:
    """The page's address; the HTTP API 1.0 calls it location."""
    pages = (page for page in (context.get("page"), value.get("page")) if isinstance(page, dict))
    return next((url for page in pages if (url := _text(page.get("url")) or _text(page.get("location")))), "")


def _size(value: dict[str, Any]) -> int:
    """The bytes of ``value`` as JSON. 0 where it nests too deep for that, which is a fault of its own."""
    try:
        return len(orjson.dumps(value))
    except TypeError:
        return 0


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
