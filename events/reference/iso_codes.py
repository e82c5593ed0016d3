"""ISO codes of currencies and countries, from pycountry. Pure."""

from functools import cache

import pycountry


@cache
def currencies() -> frozenset[str]:
    """The active ISO 4217 codes, in upper case: "EUR", "USD" and so on."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


@cache
def countries() -> frozenset[str]:
    """The ISO 3166-1 codes of two and of three letters, in upper case: "FR", "FRA" and so on."""
    return frozenset(code for country in pycountry.countries for code in (country.alpha_2, country.alpha_3))
