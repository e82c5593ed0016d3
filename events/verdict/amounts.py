"""Checks amounts, quantities and items of an event against each other: odd amounts, sums, duplicates. Pure.

``amount_findings`` is the definition; the compiled checks call it where ``are_plain`` is false.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from events.reference.minor_units import minor_units
from events.verdict.faults import Fault
from events.verdict.findings import Finding
from events.verdict.numbers import is_number
from events.verdict.places import ID
from events.verdict.text_values import text_fault

#: Events whose amounts of 0 are odd, and events whose items add up to the net amount.
ZERO_IS_ODD: Final = frozenset({"purchase"})
SUMMED: Final = frozenset({"purchase", "begin_checkout"})
#: Amounts above are no prices; and sums stay exact far below.
_LARGEST: Final = 1e15
_SHARE: Final = 0.01
_CENTS: Final = 0.02 + 1e-9
#: How many times the sum over the items an amount in cents may be: the order's discount lowers the net
#: amount, shipping and taxes raise the total.
IN_CENTS: Final = (80, 125)
_TOTAL_IN_CENTS: Final = (80, 160)

_NOT_POSITIVE: Final = Fault("warning", "odd_amount", "a quantity of 1 or more", "quantity")
_FRACTION: Final = Fault("info", "odd_amount", "a whole number", "fraction")
_NEGATIVE: Final = Fault("warning", "odd_amount", "0 or more", "negative")
_NOTHING: Final = Fault("info", "odd_amount", "more than 0", "zero")
_DUPLICATE: Final = Fault("info", "duplicate_item", "another item, or one with a higher quantity")

#: Names of amounts that are never negative, wherever they stand.
AMOUNTS: Final = frozenset({"price", "shipping_amount", "tax_amount", "revenue"})
QUANTITY: Final = "quantity"


@dataclass(frozen=True, slots=True, eq=False)
class AmountNames:
    """An event's name, and the names of its amounts, its currency and its items; "" for one that it lacks.

    ``inside`` is the path of names from an item to the currency of its price, which stands beside the price.
    """

    event: str
    total: str
    net: str
    parts: tuple[str, ...]
    currency: str
    items: str
    inside: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """The names of the amounts beside each other in the event."""
        return (self.total, self.net, *self.parts)


class Sums(NamedTuple):
    """What the items of an event add up to, without and with their discounts."""

    full: float
    reduced: float


def amount_findings(names: AmountNames, params: Mapping[str, Any]) -> Iterator[Finding]:
    """The findings about the amounts in an event and in its items, and about items that are there twice."""
    items = params.get(names.items)
    items = items if type(items) is list else []
    sums = sums_of(names, params, items)
    currency = params.get(names.currency)
    for name in names.all:
        value = params.get(name)
        if is_number(value):
            fault = _amount_fault(names, name, value, sums) or decimals_fault(value, currency)
            if fault is None and name == names.net and names.event in SUMMED and sums is not None:
                fault = _sum_fault(value, sums)
            if fault is not None:
                yield fault.at(f"/{name}", value)
    for index, item in enumerate(items):
        if type(item) is dict:
            yield from _item_findings(names, item, currency, f"/{names.items}/{index}")
    yield from _duplicates(items, f"/{names.items}")


def quantity_fault(value: Any) -> Fault | None:
    """``odd_amount`` for a quantity of 0 or less, or a fraction."""
    if value <= 0:
        return _NOT_POSITIVE
    return _FRACTION if type(value) is float and not value.is_integer() else None


def negative_fault(value: Any) -> Fault | None:
    """``odd_amount`` for an amount below 0."""
    return _NEGATIVE if value < 0 else None


def decimals_fault(value: Any, currency: Any) -> Fault | None:
    """``odd_amount`` for more decimals than ISO 4217 gives the currency; none for an unknown currency."""
    decimals = minor_units().get(currency.upper()) if type(currency) is str else None
    if decimals is None or type(value) is not float or round(value, decimals) == value:
        return None
    expected = (
        f"{decimals} decimals in {currency.upper()}" if decimals else f"no decimals in {currency.upper()}"
    )
    return Fault("info", "odd_amount", expected, "decimals")


def sums_of(names: AmountNames, params: Mapping[str, Any], items: list[Any]) -> Sums | None:
    """The sums over the items; None unless all prices and quantities are there, and in one currency."""
    full = discounts = 0.0
    found = {params.get(names.currency)} - {None, ""} if _is_text(params.get(names.currency)) else set()
    for item in items:
        product = item.get(names.inside[0]) if type(item) is dict else None
        if type(product) is not dict:
            return None
        price, quantity = product.get("price"), item.get(QUANTITY)
        discount = item.get("discount")
        discount = 0 if discount is None or discount == "" else discount
        if not (_is_usable(price) and _is_usable(quantity) and _is_usable(discount)):
            return None
        full += price * quantity
        discounts += discount * quantity
        code = product.get(names.inside[-1])
        if _is_text(code) and code:
            found.add(code)
    if not items or len(found) > 1:
        return None
    return Sums(full, full - discounts)


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_usable(value: Any) -> bool:
    return is_number(value) and -_LARGEST < value < _LARGEST


def _amount_fault(names: AmountNames, name: str, value: Any, sums: Sums | None) -> Fault | None:
    if value < 0:
        return _NEGATIVE
    if name not in (names.total, names.net):
        return None
    if sums is not None and _is_usable(value):
        least, most = IN_CENTS if name == names.net else _TOTAL_IN_CENTS
        meant = [each for each in sums if each > 0 and least * each <= value <= most * each]
        if meant:
            closest = min(meant, key=lambda each: abs(value / each - 100))
            return Fault("warning", "odd_amount", f"{closest:.2f}", "cents")
    return _NOTHING if value == 0 and names.event in ZERO_IS_ODD else None


def _sum_fault(value: Any, sums: Sums) -> Fault | None:
    if not _is_usable(value) or any(abs(value - each) <= max(_SHARE * abs(each), _CENTS) for each in sums):
        return None
    full, reduced = (f"{each:.2f}" for each in sums)
    return Fault("info", "inconsistent_amount", full if full == reduced else f"{full} or {reduced}", "items")


def _item_findings(names: AmountNames, item: dict[str, Any], currency: Any, path: str) -> Iterator[Finding]:
    product = item.get(names.inside[0])
    if type(product) is dict:
        price = product.get("price")
        own = product.get(names.inside[-1])
        currency = own if _is_text(own) and own else currency
        if is_number(price):
            fault = negative_fault(price) or decimals_fault(price, currency)
            if fault is not None:
                yield fault.at(f"{path}/{names.inside[0]}/price", price)
    discount, quantity = item.get("discount"), item.get(QUANTITY)
    if is_number(discount):
        fault = decimals_fault(discount, currency)
        if fault is not None:
            yield fault.at(f"{path}/discount", discount)
    if is_number(quantity):
        fault = quantity_fault(quantity)
        if fault is not None:
            yield fault.at(f"{path}/{QUANTITY}", quantity)


def _duplicates(items: list[Any], path: str) -> Iterator[Finding]:
    """Each item whose id and variant an earlier item has, at its id."""
    seen: set[tuple[str, str]] = set()
    for index, item in enumerate(items):
        identity = identity_of(item)
        if identity is None:
            continue
        if identity in seen and not _has_earlier_fault(item["id"]):
            yield _DUPLICATE.at(f"{path}/{index}/id", item["id"])
        seen.add(identity)


def _has_earlier_fault(value: Any) -> bool:
    """Whether a row of the values' table before this one tells something of the item's id."""
    return type(value) is str and text_fault(value, ID) is not None


def identity_of(item: Any) -> tuple[str, str] | None:
    """An item's id and variant as text; None for an item without an id."""
    own = _written(item.get("id")) if type(item) is dict else ""
    return (own, _written(item.get("variant"))) if own else None


def _written(value: Any) -> str:
    if type(value) is str:
        return value
    return str(value) if type(value) is int and abs(value) < _LARGEST else ""
