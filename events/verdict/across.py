"""The rules about an event and an earlier one of the same recording (reading of the reference). Pure.

Events that a rule compares form a *chain*: those with one key, in the order of their positions. A finding of
an event depends on the event just before it in a chain, so that a late event changes the findings of itself
and of its successor alone, and the same events have the same findings in whatever order they arrive.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from events.verdict.digests import number_of
from events.verdict.findings import Severity, StoredFinding, shorten

#: Codes of the findings across events, in the order in which an event shows them.
ACROSS: Final = (
    "event_id_reused",
    "duplicate_purchase",
    "fired_twice",
    "no_page_view",
    "unknown_order",
    "no_checkout",
    "currency_changes",
    "user_changes",
    "consent_changes",
)
_ACROSS: Final = frozenset(ACROSS)
_TWICE_MICROSECONDS: Final = 1_000_000
_LONGEST_REPEATED: Final = 100  # characters of a visitor's id whose keys are cached; a page may send any text
_SIGN_IN: Final = frozenset({"login", "sign_up"})


class Kind(IntEnum):
    """What the events of a chain share."""

    ID = 1
    PURCHASE = 2  # the order's id and status
    TWICE = 3  # the page load, the name and the content
    CURRENCY = 4  # visitor and site, as the next two
    USER = 5
    CONSENT = 6
    CHECKOUT = 7  # the site; only events that were its first when they arrived
    FIRST_PURCHASE = 8  # the recording; only events that were its first when they arrived
    REFUND = 9  # the order's id
    REFUNDS = 10  # the recording


#: Kinds of which only the first event matters.
HEADS: Final = frozenset({Kind.CHECKOUT, Kind.FIRST_PURCHASE})
_CODE_OF: Final = {
    Kind.ID: "event_id_reused",
    Kind.PURCHASE: "duplicate_purchase",
    Kind.TWICE: "fired_twice",
    Kind.CURRENCY: "currency_changes",
    Kind.USER: "user_changes",
    Kind.CONSENT: "consent_changes",
    Kind.CHECKOUT: "no_checkout",
}


class Position(NamedTuple):
    """The place of an event in its recording: by time, page load, number in it, id.

    ``at`` are microseconds since 1970; ``tie`` and ``rest`` order events of one time, equally everywhere.
    """

    at: int
    tie: int
    rest: int


class Facts(NamedTuple):
    """What the rules read of one event.

    ``shared_id`` is the id that counts and ``id_path`` where it stands. ``digest`` is that of the content;
    ``order``, ``status``, ``currency`` and ``user`` are texts, ``consent`` a sorted list; None where absent.
    ``void``: nothing of it is judged or sent, so that it stands in no chain.
    """

    name: str
    event_id: str
    position: Position
    digest: int
    page_id: str
    site: str
    visitor: str
    shared_id: str
    id_path: str
    id_of_call: bool
    order: str | None
    status: str | None
    currency: str | None
    user: str | None
    consent: tuple[str, ...] | None
    void: bool = False

    @property
    def signs_in(self) -> bool:
        """Whether the event explains another user."""
        return self.name in _SIGN_IN


class Entry(NamedTuple):
    """An event's place in one chain. ``value``: what the rule compares, as a digest of 24 bits."""

    kind: Kind
    key: int
    value: int


def is_across(finding: StoredFinding) -> bool:
    """Whether the finding is about other events too."""
    return finding["code"] in _ACROSS


def entries(facts: Facts) -> Iterator[Entry]:
    """The chains in which the event stands."""
    if facts.void:
        return
    order = facts.order
    if facts.shared_id:
        yield Entry(Kind.ID, key_of(Kind.ID, facts.id_of_call, facts.shared_id), facts.digest & 0xFFFFFF)
    if facts.name == "purchase":
        yield Entry(Kind.FIRST_PURCHASE, key_of(Kind.FIRST_PURCHASE), 1)
        if order is not None:
            yield Entry(Kind.PURCHASE, _purchase_key(facts, order), 1)
    if facts.name == "refund" and order is not None:
        yield Entry(Kind.REFUND, key_of(Kind.REFUND, order), 1)
        yield Entry(Kind.REFUNDS, key_of(Kind.REFUNDS), 1)
    if facts.page_id and (facts.name != "purchase" or order is None):  # else duplicate_purchase says it
        yield Entry(Kind.TWICE, key_of(Kind.TWICE, facts.page_id, facts.digest), 1)
    if facts.site and facts.name in ("purchase", "begin_checkout"):
        yield Entry(Kind.CHECKOUT, key_of(Kind.CHECKOUT, facts.site), facts.name == "purchase")
    if facts.currency is not None:
        yield Entry(Kind.CURRENCY, _visit(Kind.CURRENCY, facts), _value(facts.currency))
    if facts.user is not None or facts.signs_in:
        yield Entry(Kind.USER, _visit(Kind.USER, facts), _value(facts.user))
    if facts.consent is not None:
        yield Entry(Kind.CONSENT, _visit(Kind.CONSENT, facts), _value(facts.consent))


def purchases_of(order: str) -> tuple[int, int]:
    """The lowest and the highest key of chains of purchases with this order's id."""
    first = _order_bits(order) << _STATUS_BITS
    return first, first | ((1 << _STATUS_BITS) - 1)


def may_tell(kind: Kind, value: int, earlier: int | None) -> bool:
    """Whether an event with ``value`` after one with the value ``earlier`` may have a finding."""
    if kind == Kind.CHECKOUT:
        return earlier is None and bool(value)
    if earlier is None or kind not in _CODE_OF:
        return False
    return kind in (Kind.PURCHASE, Kind.TWICE) or value != earlier


def is_twice(position: Position, earlier: Position) -> bool:
    """Whether equal events at these positions follow one another closely enough for ``fired_twice``."""
    return position.at - earlier.at <= _TWICE_MICROSECONDS


def code_of(kind: Kind) -> str | None:
    """The code of the findings of this kind of chain; None where a rule of its own reads the chain."""
    return _CODE_OF.get(kind)


def finding(kind: Kind, facts: Facts, earlier: Facts | None) -> StoredFinding | None:
    """The finding of an event after ``earlier``, the one before it in a chain of this kind."""
    if kind == Kind.CHECKOUT:
        return no_checkout() if earlier is None and facts.name == "purchase" else None
    rule = _RULES.get(kind)
    return rule(facts, earlier) if rule and earlier is not None else None


def _reused(facts: Facts, earlier: Facts) -> StoredFinding | None:
    if facts.digest == earlier.digest:
        return None
    return _told("event_id_reused", "warning", facts.id_path, earlier.name, facts.shared_id, earlier)


def _duplicate(facts: Facts, earlier: Facts) -> StoredFinding | None:
    why = "partially" if (facts.status or "").startswith("partially_") else ""
    return _told("duplicate_purchase", "warning", "/id", earlier.order, facts.order, earlier, why)


def _twice(facts: Facts, earlier: Facts) -> StoredFinding | None:
    elapsed = facts.position.at - earlier.position.at
    if elapsed > _TWICE_MICROSECONDS:
        return None
    return _told("fired_twice", "warning", "/event_name", None, elapsed // 1000, earlier)


def _currency(facts: Facts, earlier: Facts) -> StoredFinding | None:
    if facts.currency == earlier.currency:
        return None
    return _told("currency_changes", "info", "/currency", earlier.currency, facts.currency, earlier)


def _user(facts: Facts, earlier: Facts) -> StoredFinding | None:
    if facts.signs_in or None in (facts.user, earlier.user) or facts.user == earlier.user:
        return None
    return _told("user_changes", "warning", "/user/id", earlier.user, facts.user, earlier)


def _consent(facts: Facts, earlier: Facts) -> StoredFinding | None:
    if facts.consent == earlier.consent:
        return None
    before, now = list(earlier.consent or ()), list(facts.consent or ())
    return _told("consent_changes", "info", "/user/consent_categories", before, now, earlier)


_RULES: Final[dict[Kind, Callable[[Facts, Facts], StoredFinding | None]]] = {
    Kind.ID: _reused,
    Kind.PURCHASE: _duplicate,
    Kind.TWICE: _twice,
    Kind.CURRENCY: _currency,
    Kind.USER: _user,
    Kind.CONSENT: _consent,
}


def no_checkout() -> StoredFinding:
    """The finding of a site's first purchase without a begin_checkout before it."""
    return _told("no_checkout", "info", "/event_name", None, None, None)


def no_page_view() -> StoredFinding:
    """The finding of the first event of a page load without page_view."""
    return _told("no_page_view", "info", "/event_name", None, None, None)


def unknown_order(facts: Facts) -> StoredFinding:
    """The finding of a refund whose order no purchase had."""
    return _told("unknown_order", "info", "/id", None, facts.order, None)


def _told(
    code: str, severity: Severity, path: str, expected: Any, got: Any, earlier: Facts | None, why: str = ""
) -> StoredFinding:
    told: StoredFinding = {
        "severity": severity,
        "code": code,
        "path": path,
        "expected": None if expected is None else shorten(expected),
        "got": None if got is None else shorten(got),
    }
    if why:
        told["why"] = why
    if earlier is not None:
        told["other"] = earlier.event_id
    return told


_STATUS_BITS: Final = 19


def _purchase_key(facts: Facts, order: str) -> int:
    """The order's bits, then those of the status: the keys of one order's purchases are neighbours."""
    partial = (facts.status or "").startswith("partially_")
    status = digest(facts.status, facts.digest if partial else 0) >> (63 - _STATUS_BITS)
    return _order_bits(order) << _STATUS_BITS | status


def _order_bits(order: str) -> int:
    return digest(Kind.PURCHASE, order) >> _STATUS_BITS


def _visit(kind: Kind, facts: Facts) -> int:
    if len(facts.visitor) > _LONGEST_REPEATED:
        return key_of(kind, facts.visitor, facts.site)
    return _visit_key(kind, facts.visitor, facts.site)


@lru_cache(4_096)  # a visitor has many events
def _visit_key(kind: Kind, visitor: str, site: str) -> int:
    return key_of(kind, visitor, site)


def _value(value: object) -> int:
    return 0 if value is None else digest(value) & 0xFFFFFF


def key_of(kind: Kind, *parts: object) -> int:
    """The key of a chain: 63 bits."""
    return digest(int(kind), *parts)


def digest(*parts: object) -> int:
    """A number of 63 bits for texts, numbers and tuples of them: the same on every machine."""
    text = "\x1f".join(map(repr, parts))
    return number_of(text.encode(errors="replace"))
