"""Checks the rules between parameters: amounts, the number of items, the items' currencies."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.verdict.findings import Finding
from events.verdict.numbers import is_number
from events.verdict.spec import Row

#: The tolerance of sums: one unit of a currency's second decimal, and the rounding error of floats.
_CENT: Final = 0.01 + 1e-9


def amounts(row: Row, value: Any, siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Compare the total with the net amount, and with the sum of net amount and parts where all are set."""
    if row.amounts is None:
        return
    net, (shipping, tax) = siblings.get(row.amounts.net), map(siblings.get, row.amounts.parts)
    if not is_number(value) or not is_number(net):
        return
    if value < net:
        least = f"at least {net}"
        yield Finding("warning", "inconsistent_amount", path, least, value, "revenue")
    if is_number(shipping) and is_number(tax):
        total, given = _sum(net, shipping, tax), _sum(value)
        if total is not None and given is not None and abs(total - given) > _CENT:
            yield Finding("info", "inconsistent_amount", path, f"{total:.2f}", value, "sum")


def too_many_items(row: Row, items: list[Any], path: str) -> Iterator[Finding]:
    """Report a list with more items than the event allows (select_item: one)."""
    if row.max_items is not None and len(items) > row.max_items:
        expected = "1 item" if row.max_items == 1 else f"at most {row.max_items} items"
        yield Finding("warning", "too_many_items", path, expected, len(items))


def mixed_currencies(row: Row, items: list[Any], siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Report items priced in different currencies (warnings), or in another than the event's (infos)."""
    if row.currencies is None:
        return
    own = _code(siblings.get(row.currencies.event))
    inside = row.currencies.item
    first: str | None = None
    for index, item in enumerate(items):
        code = _code(_value_at(item, inside))
        if code is None:
            continue
        first = first or code
        place = f"{path}/{index}/{'/'.join(inside)}"
        if code != first:
            yield Finding("warning", "mixed_currencies", place, first, code, "items")
        elif own is not None and code != own:
            yield Finding("info", "mixed_currencies", place, own, code, "event")


def _value_at(value: Any, path: tuple[str, ...]) -> Any:
    """The value at ``path`` inside ``value``; None where there is none."""
    for name in path:
        value = value.get(name) if type(value) is dict else None
    return value


def _code(value: Any) -> str | None:
    return value if type(value) is str and value else None


def _sum(*numbers: Any) -> float | None:
    try:
        return float(sum(numbers))
    except OverflowError:  # an integer of hundreds of digits beside a float
        return None
