"""Describes each finding code in a sentence, for the reference page and for exports to pipelines. Pure."""

from typing import Final

#: A test holds this table equal to events.verdict.CODES.
MEANINGS: Final[dict[str, str]] = {
    "missing_event_name": "The event has no name, or one that is no string: clients send nothing then.",
    "missing_required": "A required parameter is absent, null or empty.",
    "missing_conditional": "An amount is set, so the currency became required, and it is not there.",
    "missing_recommended": "Nobody forbids leaving it out, but destinations or reports will miss it.",
    "wrong_type": "The value is of another type: a string where a number belongs is an error, "
    "a number where a string belongs a warning.",
    "not_allowed": "The list of values is closed, and this is not one of them.",
    "not_suggested": "The value is not one of those suggested. Your own are fine; other is not, "
    "it is what clients send when nothing was set.",
    "bad_format": "The string does not look as it should: a currency, hash, phone number, date, address.",
    "too_many_items": "The event is meant to carry fewer items than it does.",
    "mixed_currencies": "Items are priced in different currencies, or in another one than the event.",
    "inconsistent_amount": "The amounts contradict one another: value below revenue, or a sum that is off, "
    "also that over the items.",
    "misplaced_property": "The property stands one level too high, where nothing reads it.",
    "misspelt_property": "Almost a standard name, or another vendor's name for it.",
    "unknown_property": "A property that the reference does not list. Custom ones are allowed.",
    "misspelt_event": "Almost the name of a standard event.",
    "custom_event": "An event of your own: only its name is required.",
    "placeholder_value": "What a template or script wrote where it had no value: undefined, null, NaN, "
    "[object Object], the source of a function, or a variable that was left unfilled.",
    "no_consent": "The visitor agreed to nothing, or no consent manager ran.",
    "unreadable": "This could not be read as an event: no object, or larger than the vendor accepts.",
    "not_triggered": "The event's name stands where the command belongs: clients send nothing then.",
    "filler_value": "A text that says nothing, such as n/a, unknown, test or blanks alone.",
    "hash_of_nothing": "The hash of an empty text or of a placeholder, or zeros alone.",
    "hash_mismatch": "The plain value stands beside a hash that is not its own.",
    "personal_data": "An e-mail address, a card or account number, or a secret, where none belongs.",
    "bad_encoding": "HTML entities, a text in the wrong encoding, blanks at an end, characters that cannot "
    "be seen, or JSON written as a text.",
    "odd_amount": "A quantity or amount that can hardly be meant: negative, zero, in cents, too precise.",
    "duplicate_item": "The same item, of the same variant, twice in one event.",
    "out_of_range": "The number lies outside the range that the reference prints.",
    "deprecated_property": "The reference prints the property as deprecated: another one replaced it.",
    "event_id_reused": "An earlier event with another name or other parameters has the same id. "
    "Both are kept here; the platform may take them for one.",
    "duplicate_purchase": "An earlier purchase had the same order id and the same status.",
    "fired_twice": "The same event with equal parameters came twice within a second on one page.",
    "no_page_view": "A page fired events and never page_view, and another page followed.",
    "unknown_order": "A refund of an order that no purchase in the recording had.",
    "no_checkout": "The first purchase of a site, with no begin_checkout before it.",
    "currency_changes": "Another currency than in the visitor's event before on the same site.",
    "user_changes": "Another user id than in the visitor's event before, "
    "without login or sign_up in between.",
    "consent_changes": "Other consent categories than in the visitor's event before on the same site.",
}
