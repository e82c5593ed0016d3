"""Generates the Python source that checks an event's amounts and items together, for ``compiled_checks``.

The source sums up the items while they are checked. It is sure of an event without a finding, and leaves any
other to ``amounts.amount_findings`` (the definition): ``odd`` is true where an item may have a finding,
``whole`` where all prices and quantities are numbers. A ``bool`` counts as no number, as in the definition.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.verdict.amounts import IN_CENTS, SUMMED, ZERO_IS_ODD, AmountNames, amount_findings
from events.verdict.fine_amounts import FINE_AMOUNTS, learn_amount

#: What the source refers to.
NAMES: Final[Mapping[str, Any]] = {
    "AMOUNTS": FINE_AMOUNTS,
    "learn_amount": learn_amount,
    "all_amounts": amount_findings,
}

START: Final = "odd = False; whole = True; count = 0; full = less = 0.0; seen = set()"

#: At the start of each item, and behind it. Of the item, ``i_price`` and the like are set in between.
ITEM_START: Final = "i_id = i_variant = i_price = i_quantity = i_discount = None"
#: The variable of each parameter that is summed up, by the end of its path.
OF_AN_ITEM: Final[Mapping[str, str]] = {
    "/{i}/id": "i_id",
    "/{i}/variant": "i_variant",
    "/{i}/quantity": "i_quantity",
    "/{i}/discount": "i_discount",
    "/{i}/product/price": "i_price",
}
_ITEM_END: Final = """\
if not odd:
 try:
  count += 1
  own = event_currency if currency is None or currency == '' else currency
  known = AMOUNTS[own]
  if i_price.__class__ is float or i_price.__class__ is int:
   if not (i_price in known or learn_amount(own, i_price)): odd = True
  else: whole = False
  if i_quantity.__class__ is int:
   if i_quantity > 0 and whole: full += i_price * i_quantity
   elif i_quantity <= 0: odd = True
  elif i_quantity is None or i_quantity.__class__ is str: whole = False
  else: odd = True
  if i_discount is not None:
   if not (i_discount in known or learn_amount(own, i_discount)) or i_discount.__class__ is str: odd = True
   elif whole: less += i_discount * i_quantity
  if i_id is not None:
   if i_id.__class__ is str and (i_variant is None or i_variant.__class__ is str):
    i_key = i_id, i_variant or ''
    if i_key in seen: odd = True
    seen.add(i_key)
   else: odd = True
 except (KeyError, TypeError, OverflowError): odd = True"""


def item_end() -> Iterator[str]:
    """The lines behind each item."""
    yield from _ITEM_END.splitlines()


def event_end(names: AmountNames, constant: str, has_items: bool) -> Iterator[str]:
    """The lines at the end of the event; ``constant`` is what the source calls ``names``.

    ``has_items``: the event's items have been checked above; elsewhere they are custom.
    """
    if not has_items:
        yield f"odd = get0({names.items!r}) is not None"
    yield "plain = False"
    yield "if not odd:"
    yield " try:"
    yield f"  own = get0({names.currency!r}); known = AMOUNTS[own or None]; own = own or None"
    yield "  rest = full - less; most = rest if rest < full else full"
    for name in names.all:
        yield f"  v = get0({name!r})"
        yield f"  if v is not None and v.__class__ is not str and not ({_fine(names, name)}): odd = True"
    yield "  plain = not odd"
    yield " except (KeyError, TypeError, OverflowError): pass"
    yield f"if not plain: out.extend(all_amounts({constant}, o0))"


def _fine(names: AmountNames, name: str) -> str:
    """The source of a condition that is true only for an amount ``v`` without a finding."""
    conditions = ["(v in known or learn_amount(own, v))"]
    if name in (names.total, names.net):
        if names.event in ZERO_IS_ODD:
            conditions.append("v > 0")
        conditions.append(f"(not count or not whole or v < {IN_CENTS[0]} * most)")
    if name == names.net and names.event in SUMMED:
        near = "(-0.01 * {0} <= v - {0} <= 0.01 * {0})"
        conditions.append(f"(not count or not whole or {near.format('rest')} or {near.format('full')})")
    return " and ".join(conditions)
