"""A personal value planted anywhere in an event, wrapped in encodings, is nowhere in the masked event."""

import base64
import json
from collections.abc import Callable
from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from events.redaction import Redactor
from tests.redaction.test_redaction import ENCODINGS, VALUES, event, written

PERSONAL: Final = ("id", "email", "phone", "firstname", "lastname", "city", "street", "zipcode", "birthdate")


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _base64_url(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


#: Other spellings of a value. Around an encoding they would destroy it, so they stand inside all others.
SPELLINGS: Final = ("plain", "upper", "lower")
#: Texts from which the value can be read again; each may stand inside any other.
CARRIERS: Final[dict[str, Callable[[str], str]]] = {
    **{name: encode for name, encode in ENCODINGS.items() if name not in SPELLINGS},
    "JSON": lambda value: json.dumps({"customer": [value]}),
    "JSON in base64": lambda value: _base64(json.dumps({"customer": value})),
    "JSON in base64 for addresses": lambda value: _base64_url(json.dumps({"customer": value})),
    "a sentence in base64": lambda value: _base64(f"the customer is {value}, who left"),
    "an address": lambda value: f"https://shop.example/?q={ENCODINGS['percent'](value)}&page=2",
}
#: Everywhere that an event holds a text of the page's.
PLACES: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "a parameter": lambda text: {"called": {"title": text}},
    "a property of one's own": lambda text: {"called": {"own": {"deep": [[text]]}}},
    "a parameter's name": lambda text: {"called": {"own": {text: 1}}},
    "a sent parameter": lambda text: {"sent": {"items": [{"product": {"name": text}}]}},
    "the page's address": lambda text: {"page_url": f"https://shop.example/a?q={text}"},
    "the fragment": lambda text: {"page_url": f"https://shop.example/#/{text}"},
    "the page's title": lambda text: {"page_title": f"Order of {text}"},
    "the event's name": lambda text: {"event_name": f"bought {text}"},
    "the vendor's address": lambda text: {"sent_to": f"https://collect.example/events?{text}"},
    "the call site": lambda text: {"call_site": f"at checkout ({text}:1:2)"},
    "an observed parameter": lambda text: {
        "automatic": [f"/own/{text.replace('~', '~0').replace('/', '~1')}"]
    },
}


@example("Ùß\\İ", "id", "a parameter", "lower", [])  # two letters that fold to more than one
@example(
    "003\uffc0", "id", "the fragment", "plain", ["a sentence in base64"]
)  # base64 with slashes of its own
@given(
    VALUES.map(str.strip),
    st.sampled_from(PERSONAL),
    st.sampled_from(sorted(PLACES)),
    st.sampled_from(SPELLINGS),
    st.lists(st.sampled_from(sorted(CARRIERS)), max_size=2),
)
def test_no_value_survives_in_any_place_or_encoding(
    value: str, personal: str, place: str, spelling: str, carriers: list[str]
) -> None:
    planted = ENCODINGS[spelling](value)
    for carrier in carriers:
        planted = CARRIERS[carrier](planted)
    fields = PLACES[place](planted)
    known = {"user": {personal: value}}
    redactor = Redactor()
    redactor.learn(event(called=known))
    shown = written(redactor.event(event(**fields)))
    for form in (value, planted):
        assert form not in shown
        assert written(form)[1:-1] not in shown
