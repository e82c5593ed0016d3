"""Reads from an event what the rules across events compare (``events.verdict.across``). Pure.

A value is read where the page called it, else where it was set before, where the client was seen to add it,
and where it was sent. No edition of the reference takes part, so judging by another one changes no chain.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from events.judging.effective import Payloads
from events.verdict.across import Facts, Position, digest
from events.verdict.unknown import covers
from events.wire import NOT_READ
from events.wire.addresses import host_of

Value = TypeVar("Value")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_IDS: Final = ("event_id", "eventId")
_PAGE_BITS: Final = 40
_N_BITS: Final = 21
_MOST_CATEGORIES: Final = 1_000


def facts_of(
    name: str,
    given: Payloads,
    *,
    event_id: str,
    sent_id: str,
    occurrence: int,
    page_id: str,
    n: int | None,
    page_url: str,
    fired_at: datetime,
    void: bool,
) -> Facts:
    """The facts of one event. ``sent_id`` is the id in the client's own request, "" where unknown.

    A value that is unknown, or known in part, is no fact.
    """
    holders = [
        holder
        for holder in (given.called, given.permanent, given.automatic, given.sent)
        if isinstance(holder, dict) and holder
    ]
    users = [user for holder in holders if isinstance(user := holder.get("user"), dict)]
    called_id, path = _context_id(given.called)
    untold = frozenset(given.unknown)

    def told(pointer: str, value: Value) -> Value | None:
        return None if untold and covers(untold, pointer) else value

    return Facts(
        name=name,
        event_id=event_id,
        position=_position(fired_at, page_id, n, event_id, occurrence),
        digest=occurrence,
        page_id=page_id,
        site=site_of(page_url),
        visitor=_text(users, "consistent_anonymous_id") or "",
        shared_id=called_id or sent_id or (event_id if given.called is None else ""),
        id_path=path,
        id_of_call=given.called is not None,
        order=told("/id", _text(holders, "id")),
        status=told("/status", _text(holders, "status")),
        currency=told("/currency", _text(holders, "currency")),
        user=told("/user/id", _text(users, "id")),
        consent=told("/user/consent_categories", _consent(users)),
        void=void,
    )


def site_of(page_url: str) -> str:
    """The host of an address, in lower case; "" where it has none."""
    return host_of(page_url).lower()[:300]


def _context_id(called: Any) -> tuple[str, str]:
    """The id in the call's context with its path; else "" with the path at which ids usually stand."""
    context = called.get("context") if isinstance(called, dict) else None
    if isinstance(context, dict):
        for name in _IDS:
            value = _as_text(context.get(name))
            if value:
                return value, f"/context/{name}"
    return "", "/context/event_id"


def with_content(facts: Facts, occurrence: int) -> Facts:
    """The facts of the same event after its parameters were typed anew: ``occurrence`` is their digest."""
    rest = digest(facts.page_id, facts.event_id, occurrence)
    return facts._replace(digest=occurrence, position=facts.position._replace(rest=rest))


def _position(fired_at: datetime, page_id: str, n: int | None, event_id: str, occurrence: int) -> Position:
    """Events without a page load come first, by id; others by page load, then by number.

    Texts count by their first bytes; what is equal up to there is ordered by a digest of it all.
    """
    at = (fired_at - _EPOCH) // _MICROSECOND
    if page_id:
        tie = 1 << 62 | _leading(page_id, _PAGE_BITS) << _N_BITS | min(n or 0, (1 << _N_BITS) - 1)
    else:
        tie = _leading(event_id, 56)
    return Position(at, tie, digest(page_id, event_id, occurrence))


def _leading(text: str, bits: int) -> int:
    return int.from_bytes(text.encode(errors="replace")[: bits // 8].ljust(bits // 8, b"\0"), "big")


def _text(holders: list[dict[str, Any]], name: str) -> str | None:
    return next((text for holder in holders if (text := _as_text(holder.get(name))) is not None), None)


def _as_text(value: Any) -> str | None:
    """A value that can be compared as text; None for absent and empty ones, and for objects and lists."""
    if isinstance(value, str):
        return value if value and value not in NOT_READ else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if value == value // 1 and abs(value) < 2**63 else str(value)


def _consent(users: list[dict[str, Any]]) -> tuple[str, ...] | None:
    for user in users:
        categories = user.get("consent_categories")
        if isinstance(categories, list):
            texts = {text for value in categories[:_MOST_CATEGORIES] if (text := _as_text(value)) is not None}
            return tuple(sorted(texts, key=lambda text: (len(text), text)))
    return None
