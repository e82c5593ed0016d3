"""Remembers the amounts that have no finding by themselves, for the compiled checks. Pure."""

from typing import Any, Final

from events.reference.minor_units import minor_units
from events.verdict.amounts import decimals_fault
from events.verdict.numbers import is_number

_MOST_KNOWN: Final = 8_192  # amounts of one number of decimals
_LARGEST: Final = 1e15


def _by_currency() -> dict[str | None, set[float]]:
    by_decimals: dict[int, set[float]] = {decimals: set() for decimals in minor_units().values()}
    sets: dict[str | None, set[float]] = {
        code: by_decimals[decimals] for code, decimals in minor_units().items()
    }
    return {**sets, None: set()}


#: By currency in capitals, None for no currency: amounts of 0 or more without too many decimals.
FINE_AMOUNTS: Final = _by_currency()


def learn_amount(currency: str | None, value: Any) -> bool:
    """Whether ``value`` has no finding as an amount in ``currency``, a key of ``FINE_AMOUNTS``.

    Remembers it then. What is no number has none.
    """
    if not is_number(value):
        return True
    if value < 0 or decimals_fault(value, currency) is not None:
        return False
    if value < _LARGEST:
        known = FINE_AMOUNTS[currency]
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known.add(value)
    return True
