"""The decimals of currencies are those of ISO 4217."""

from events.reference.iso_codes import currencies
from events.reference.minor_units import minor_units


def test_each_currency_has_its_decimals() -> None:
    expected = {"EUR": 2, "USD": 2, "JPY": 0, "KRW": 0, "BHD": 3, "TND": 3, "CLF": 4, "ISK": 0}
    assert {code: minor_units()[code] for code in expected} == expected


def test_metals_and_test_codes_have_none() -> None:
    assert currencies() >= set(minor_units())
    assert minor_units().keys().isdisjoint({"XAU", "XXX", "XTS", "eur"})
