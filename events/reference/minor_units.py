"""The decimals of each currency, from ISO 4217's list one ("Minor unit"). Pure.

pycountry has no minor units, so the exceptions from two decimals stand here. Source: the table of current
currencies and funds that SIX publishes for ISO 4217. Funds, metals, and the codes for tests and
for no currency have no minor unit ("N.A."): nothing can be said about their decimals.
"""

from functools import cache
from typing import Final

from events.reference.iso_codes import currencies

_WITHOUT: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR: Final = "CLF UYW"
_NOT_APPLICABLE: Final = "XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"


@cache
def minor_units() -> dict[str, int]:
    """The number of decimals by ISO 4217 code in upper case, for each currency that has a minor unit."""
    found = dict.fromkeys(sorted(currencies()), 2)
    for codes, decimals in ((_WITHOUT, 0), (_THREE, 3), (_FOUR, 4)):
        found |= dict.fromkeys(codes.split(), decimals)
    for code in _NOT_APPLICABLE.split():
        found.pop(code, None)
    return found
