"""The events that the demo shop breaks on purpose, one fault each; ``broken-events.js`` sends them."""

from typing import Final, NamedTuple


class BrokenEvent(NamedTuple):
    """One fault: ``key`` is shared with the script; ``shows`` is the finding's code, or what is shown."""

    key: str
    title: str
    shows: str


BROKEN_EVENTS: Final = (
    BrokenEvent("string_numbers", "Numbers as strings", "wrong_type"),
    BrokenEvent("wrong_currency", "Currency that is no code", "bad_format"),
    BrokenEvent("closed_list", "Value outside a closed list", "not_allowed"),
    BrokenEvent("ga4_names", "GA4 names", "misspelt_property"),
    BrokenEvent("price_on_item", "Price on the item", "misplaced_property"),
    BrokenEvent("mixed_currencies", "Two currencies in one cart", "mixed_currencies"),
    BrokenEvent("short_hash", "Hash of the wrong length", "bad_format"),
    BrokenEvent("placeholders", "The text “undefined”", "placeholder_value"),
    BrokenEvent("no_consent", "No consent given", "no_consent"),
    BrokenEvent("misspelt_event", "pageview for page_view", "misspelt_event"),
    BrokenEvent("custom_event", "An event of one's own", "custom_event"),
    BrokenEvent("empty_name", "No event name", "missing_event_name"),
    BrokenEvent("markup", "Markup in names and values", "escaped"),
    BrokenEvent("circular", "Object that holds itself", "a marker"),
    BrokenEvent("bigint", "BigInt", "wrong_type"),
    BrokenEvent("nan", "NaN", "missing_required"),
    BrokenEvent("huge_string", "20,000 characters", "cut"),
    BrokenEvent("too_large", "Event of 40 KB", "unreadable"),
)
