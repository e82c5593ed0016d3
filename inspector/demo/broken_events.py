"""The faults that the demo shop shows on purpose, with their findings; ``broken-events.js`` fires them."""

from typing import Final, NamedTuple


class BrokenEvent(NamedTuple):
    """One fault: ``key`` is shared with the script; ``shows`` is the finding's code, or what is shown.

    A fault across events takes several events; one of the later ones has the finding.
    """

    key: str
    title: str
    shows: str


#: The faults by the heading under which the shop's menu lists them.
BROKEN_EVENTS: Final = {
    "Names, types, formats": (
        BrokenEvent("string_numbers", "Numbers as strings", "wrong_type"),
        BrokenEvent("wrong_currency", "Currency that is no code", "bad_format"),
        BrokenEvent("closed_list", "Value outside a closed list", "not_allowed"),
        BrokenEvent("ga4_names", "GA4 names", "misspelt_property"),
        BrokenEvent("price_on_item", "Price on the item", "misplaced_property"),
        BrokenEvent("short_hash", "Hash of the wrong length", "bad_format"),
        BrokenEvent("misspelt_event", "pageview for page_view", "misspelt_event"),
        BrokenEvent("custom_event", "An event of one's own", "custom_event"),
        BrokenEvent("empty_name", "No event name", "missing_event_name"),
    ),
    "Values": (
        BrokenEvent("placeholders", "The text “undefined”", "placeholder_value"),
        BrokenEvent("unfilled_variables", "Variables that nobody filled", "placeholder_value"),
        BrokenEvent("fillers", "“(not set)” and “n/a”", "filler_value"),
        BrokenEvent("hash_of_nothing", "Hash of an empty e-mail", "hash_of_nothing"),
        BrokenEvent("hash_mismatch", "Hash of another e-mail", "hash_mismatch"),
        BrokenEvent("personal_data", "E-mail in a page's URL", "personal_data"),
        BrokenEvent("bad_encoding", "Damaged text", "bad_encoding"),
        BrokenEvent("cents", "Cents for euros", "odd_amount"),
        BrokenEvent("wrong_sum", "Revenue unlike the items", "inconsistent_amount"),
        BrokenEvent("duplicate_item", "One item twice", "duplicate_item"),
        BrokenEvent("mixed_currencies", "Two currencies in one cart", "mixed_currencies"),
        BrokenEvent("no_consent", "No consent given", "no_consent"),
    ),
    "Across events": (
        BrokenEvent("event_id_reused", "One event id for three events", "event_id_reused"),
        BrokenEvent("duplicate_purchase", "The same order twice", "duplicate_purchase"),
        BrokenEvent("fired_twice", "An event that fires twice", "fired_twice"),
        BrokenEvent("no_page_view", "A page without page_view", "no_page_view"),
        BrokenEvent("unknown_order", "Refund of an unknown order", "unknown_order"),
        BrokenEvent("no_checkout", "First purchase without checkout", "no_checkout"),
        BrokenEvent("currency_changes", "Another currency in mid-visit", "currency_changes"),
        BrokenEvent("user_changes", "Another user without login", "user_changes"),
        BrokenEvent("consent_changes", "Consent that changes", "consent_changes"),
    ),
    "Hard to send": (
        BrokenEvent("markup", "Markup in names and values", "escaped"),
        BrokenEvent("circular", "Object that holds itself", "a marker"),
        BrokenEvent("bigint", "BigInt", "wrong_type"),
        BrokenEvent("nan", "NaN", "missing_required"),
        BrokenEvent("huge_string", "20,000 characters", "cut"),
        BrokenEvent("too_large", "Event of 40 KB", "unreadable"),
    ),
}
