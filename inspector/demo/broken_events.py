"""What the demo shop can do wrong on purpose, one slip at a time; static/demo/broken-events.js does it."""

from typing import Final, NamedTuple


class Oddity(NamedTuple):
    """One slip: ``key`` is shared with the script, ``shows`` is what the inspector makes of it."""

    key: str
    title: str
    shows: str


ODDITIES: Final = (
    Oddity("string_numbers", "Numbers as strings", "wrong_type"),
    Oddity("wrong_currency", "Currency that is no code", "bad_format"),
    Oddity("closed_list", "Value outside a closed list", "not_allowed"),
    Oddity("ga4_names", "GA4 names", "misspelt_property"),
    Oddity("price_on_item", "Price on the item", "misplaced_property"),
    Oddity("mixed_currencies", "Two currencies in one cart", "mixed_currencies"),
    Oddity("short_hash", "Hash of the wrong length", "bad_format"),
    Oddity("placeholders", "The text “undefined”", "placeholder_value"),
    Oddity("no_consent", "No consent given", "no_consent"),
    Oddity("misspelt_event", "pageview for page_view", "misspelt_event"),
    Oddity("custom_event", "An event of one's own", "custom_event"),
    Oddity("empty_name", "No event name", "missing_event_name"),
    Oddity("markup", "Markup in names and values", "escaped"),
    Oddity("circular", "Object that holds itself", "a marker"),
    Oddity("bigint", "BigInt", "wrong_type"),
    Oddity("nan", "NaN", "missing_required"),
    Oddity("huge_string", "20,000 characters", "cut"),
    Oddity("too_large", "Event of 40 KB", "unreadable"),
)
