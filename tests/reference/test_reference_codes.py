"""The ISO lists hold today's codes, in upper case."""

from events.reference.iso_codes import countries, currencies


def test_active_currencies_are_listed() -> None:
    assert {"EUR", "USD", "GBP", "JPY", "CHF"} <= currencies()
    assert currencies().isdisjoint({"eur", "FRF", "EURO", "ZZZ"})


def test_countries_are_listed_by_two_and_by_three_letters() -> None:
    assert {"FR", "FRA", "US", "USA"} <= countries()
    assert countries().isdisjoint({"fr", "ZZ", "FX", "France"})
    assert {len(code) for code in countries()} == {2, 3}


def test_the_lists_are_made_once() -> None:
    assert currencies() is currencies()
    assert countries() is countries()
