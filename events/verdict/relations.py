"""The rules that hold between parameters: amounts, the number of items, their currencies."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.verdict.findings import Finding
from events.verdict.rules import is_number
from events.verdict.spec import Row

#: Two decimals are all a currency has; the rest is how floats are written.
_CENT: Final = 0.01 + 1e-9


def amounts(row: Row, value: Any, siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """``value`` against ``revenue``, and against revenue + shipping_amount + tax_amount where all are set."""
    revenue = siblings.get("revenue")
    if not row.compares_amounts or not is_number(value) or not is_number(revenue):
        return
    if value < revenue:
        least = f"at least {revenue}"
        yield Finding("warning", "inconsistent_amount", path, least, value, "revenue")
    shipping, tax = siblings.get("shipping_amount"), siblings.get("tax_amount")
    if is_number(shipping) and is_number(tax):
        total, given = _sum(revenue, shipping, tax), _sum(value)
        if total is not None and given is not None and abs(total - given) > _CENT:
            yield Finding("info", "inconsistent_amount", path, f"{total:.2f}", value, "sum")


def too_many_items(row: Row, items: list[Any], path: str) -> Iterator[Finding]:
    """More items than the event is meant to carry (select_item: one)."""
    if row.max_items is not None and len(items) > row.max_items:
        expected = "1 item" if row.max_items == 1 else f"at most {row.max_items} items"
        yield Finding("warning", "too_many_items", path, expected, len(items))


def mixed_currencies(items: list[Any], siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Items priced in different currencies (a warning each), or in another one than the event's (an info)."""
    own = _code(siblings.get("currency"))
    first: str | None = None
    for index, item in enumerate(items):
        code = _product_currency(item)
        if code is None:
            continue
        first = first or code
        place = f"{path}/{index}/product/currency"
        if code != first:
            yield Finding("warning", "mixed_currencies", place, first, code, "items")
        elif own is not None and code != own:
            yield Finding("info", "mixed_currencies", place, own, code, "event")


def _product_currency(item: Any) -> str | None:
    product = item.get("product") if type(item) is dict else None
    return _code(product.get("currency")) if type(product) is dict else None


def _code(value: Any) -> str | None:
    return value if type(value) is str and value else None


def _sum(*numbers: Any) -> float | None:
    try:
        return float(sum(numbers))
    except OverflowError:  # an integer of hundreds of digits beside a float
        return None
