"""Defines what a request holds: events, and the script's updates, reports and ended page loads. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

#: Delivery of a call: its request was seen, no request was sent in time, or "" for unknown.
Delivered = Literal["", "sent", "unsent"]
#: How the script learnt of a call: "" as it was made (or no call was seen), "queue" afterwards from caReady.
Seen = Literal["", "queue"]


class Unreadable(ValueError):
    """No event can be read from the body. The message says what is wrong and where, and quotes no body."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page load of events, as the shim reports it.

    ``frame``: the page was inside a frame. ``started``: the time of the load, None where unknown.
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

    ``at`` is the time of the call by the sender's clock; ``n`` the event's number in its page load, from 1.
    ``problem`` says why the value could not be read as an event, "" where it could. ``size`` is the length of
    the event's JSON in bytes, or in characters where the script measured it and left the parameters out.
    ``old_form``: a call such as ``cact('purchase', …)``, which the client ignores. ``container``: site and
    number of the container whose tag made the call, ``1234_5``. ``sent_to``: URL of the client's own request.
    ``untyped``: ``sent`` is from a query string, all values still strings; the reference tells their types.
    ``unknown``: JSON Pointers of values that pasted code does not tell, as ``events.verdict.unknown`` reads
    them.
    ``sent_id`` is the event's id in the client's own request, where the script saw it, else "".
    """

    name: Any = None
    called: Any = None
    sent: Any = None
    automatic: dict[str, Any] = field(default_factory=dict)
    permanent: dict[str, Any] = field(default_factory=dict)
    delivery: Delivered = ""
    seen: Seen = ""
    sent_to: str = ""
    untyped: bool = False
    container: str = ""
    old_form: bool = False
    event_id: str | None = None
    sent_id: str = ""
    n: int | None = None
    at: datetime | None = None
    page: Page | None = None
    page_url: str = ""
    call_site: str = ""
    source: str = "http"
    size: int = 0
    problem: str = ""
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Update:
    """The script's later report on an event: the parameters of its request, or that no request was sent.

    ``untyped`` and ``sent_id`` as in ``Incoming``. ``page_id`` is the id of the page load that reports it, ""
    where unknown.
    """

    event_id: str
    sent: Any
    sent_to: str
    delivery: Delivered
    untyped: bool = False
    page_id: str = ""
    sent_id: str = ""


#: The texts that the script stores in place of a value, at any depth, that it cannot read without effect: an
#: accessor property, and an object with a ``toJSON`` method of the page's.
NOT_READ: Final = frozenset({"[not read: getter]", "[not read: toJSON]"})

#: The codes of problems that the script reports. ``inspector.script.problems`` has the text of each code.
CAUSES: Final = (
    "policy",
    "mixed_content",
    "local_network",
    "away",
    "no_container",
    "fake_container",
    "request_failed",
    "second_script",
    "lost",
    "foreign_answer",
    "trusted_types",
)


@dataclass(frozen=True, slots=True)
class ScriptReport:
    """The script's report of a problem that hinders it: a code of ``CAUSES``, and a detail such as a URL."""

    code: str
    detail: str
    page: Page | None


@dataclass(frozen=True, slots=True)
class Left:
    """A page load that has ended; ``n`` is the number of its last event."""

    page: Page
    n: int


@dataclass(slots=True)
class Delivery:
    """The content of one request: events, and the script's updates, reports and ended page loads."""

    events: list[Incoming]
    updates: list[Update] = field(default_factory=list)
    reports: list[ScriptReport] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The number of entries to store."""
        return len(self.events) + len(self.updates) + len(self.reports) + len(self.left)
