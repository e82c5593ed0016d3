"""No personal value survives masking, in any form; what is judged and how stays readable."""

import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import reference
from events.redaction import (
    KINDS,
    MASK,
    WORDS,
    Redactor,
    known_values,
    masks_a_number,
    personal_examples,
)
from events.redaction.known_values import KnownValues
from events.redaction.parameters import USER_SCHEMA, kind_of
from events.verdict import judge, public_findings
from events.verdict.rules import PLACEHOLDERS
from events.verdict.stored_findings import current
from tests.paths import CASE_FOLDER

Masked = Callable[[dict[str, Any]], dict[str, Any]]
CASES = json.loads((CASE_FOLDER / "redaction.json").read_text())


def event(**fields: Any) -> dict[str, Any]:
    """An event in the form of ``public_event``, with ``fields``."""
    called = fields.get("called", {})
    blank: dict[str, Any] = {
        "seq": 1,
        "event_id": "e",
        "event_name": "page_view",
        "verdict": "warning",
        "findings": [],
        "called": called,
        "sent": None,
        "effective": called,
        "automatic": [],
        "permanent": [],
        "page_url": "",
        "sent_to": "",
        "call_site": "",
    }
    return blank | fields


def test_a_value_that_was_not_read_is_not_personal() -> None:
    mark = "[not read: getter]"
    shown = Redactor().event(
        event(called={"user": {"email": mark, "id": mark}}, unread=["/user/email", "/user/ann@example.com"])
    )
    assert shown["called"] == {"user": {"email": mark, "id": mark}}
    assert shown["unread"][0] == "/user/email"
    assert "ann" not in shown["unread"][1]


def test_an_unknown_value_stays_unknown() -> None:
    user = {"email": None, "id": "u_{{ id }}"}
    paths = ["/event_name", "/user/email", "/user/-", "/items/-"]
    shown = Redactor(()).event(event(called={"user": user}, unknown=paths))
    assert (shown["called"], shown["unknown"]) == ({"user": user}, paths)
    masked = Redactor().event(event(called={"user": user}, unknown=paths))
    assert masked["called"]["user"]["email"] is None
    assert masked["unknown"] == paths


def written(value: Any) -> str:
    return orjson.dumps(value).decode()


def as_stored_before(given: dict[str, Any]) -> dict[str, Any]:
    """The masked event where its findings are stored with their sentences."""
    return Redactor().event(given)


def as_stored_now(given: dict[str, Any]) -> dict[str, Any]:
    """The masked event where the sentences are made from the masked facts."""
    facts = [current(finding) for finding in given["findings"]]
    assert not any("message" in finding for finding in facts)
    shown = Redactor().event(given | {"findings": facts})
    name, edition = shown["event_name"], reference.load()
    return shown | {"findings": public_findings(shown["findings"], name, edition, personal_examples())}


@pytest.mark.parametrize("masked", [as_stored_before, as_stored_now])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["description"])
def test_it_masks_what_is_personal_and_nothing_else(case: dict[str, Any], masked: Masked) -> None:
    shown = written(masked(event(**case["event"])))
    assert [value for value in case["hidden"] if value in shown] == []
    assert [value for value in case["kept"] if value not in shown] == []


#: Parameters of a custom event in which the values' rules find something, and what must not be seen of them.
TOLD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a damaged name": ({"user": {"lastname": "MÃ¼ller"}}, ["ller"]),
    "an e-mail address as an id": ({"user": {"id": "ann@lovelace.example"}}, ["lovelace"]),
    "an address of a page": ({"url": "https://x.example/?a=ann%40lovelace.example"}, ["lovelace"]),
    "a free text": ({"mine": "write to ann@lovelace.example"}, ["lovelace"]),
    "a password": ({"password": "hunter2"}, ["hunter2"]),
    "a card": ({"mine": "paid by 4111 1111 1111 1111 12/30"}, ["1111"]),
    "a card as digits": ({"mine": "4111111111111111"}, ["1111"]),
    "an IBAN": ({"mine": "FR76 3000 6000 0112 3456 7890 189 merci"}, ["3000", "7890"]),
    "a hash of another value": (
        {"user": {"email": "ann@lovelace.example", "email_md5": "895e6ec49d50d87bf662cc067267076d"}},
        ["lovelace", "895e6ec49d"],
    ),
    "an untrimmed name": ({"user": {"firstname": " Augusta"}}, ["Augusta"]),
    "an address that is none": ({"user": {"email": "ann@lovelace,bob@lovelace.example"}}, ["lovelace"]),
    "a day of birth": ({"user": {"birthdate": "1815-12-10"}}, ["1815"]),
    "a number that is a text": ({"user": {"id": "845454"}, "value": "845454,00"}, ["845454"]),
}


@pytest.mark.parametrize(("called", "hidden"), TOLD.values(), ids=TOLD.keys())
def test_what_is_told_of_a_value_hides_it_as_the_event_does(
    called: dict[str, Any], hidden: list[str]
) -> None:
    found = [finding.stored() for finding in judge("mine", called, reference.load()).findings]
    assert {finding["code"] for finding in found} - {"custom_event", "unknown_property"}
    shown = Redactor().event(event(event_name="mine", called=called, findings=found))
    said = public_findings(shown["findings"], "mine", reference.load(), personal_examples())
    text = written(shown) + written(said)
    assert [value for value in hidden if value in text] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["description"])
def test_masking_again_changes_nothing(case: dict[str, Any]) -> None:
    redactor = Redactor()
    once = redactor.event(event(**case["event"]))
    assert redactor.event(once) == once


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["description"])
def test_it_leaves_the_original_alone(case: dict[str, Any]) -> None:
    original = event(**case["event"])
    before = written(original)
    Redactor().event(original)
    assert written(original) == before


@pytest.mark.parametrize("edition", reference.editions())
def test_every_parameter_of_the_user_schema_has_a_kind(edition: str) -> None:
    names = {row.name for row in reference.load(edition).schemas["User"].parameters}
    assert names <= set(USER_SCHEMA)
    assert {name for name in names if not kind_of(["user", name]).kind} == names & {
        "consent_categories",
        "status",
    }
    assert {kind_of(["user", name]).kind for name in names} - {""} <= set(KINDS)


def test_no_other_parameter_of_the_reference_is_personal() -> None:
    edition = reference.load()
    for spec in (*edition.events.values(), edition.schemas["Item"], edition.schemas["Product"]):
        personal = [row.name for row in spec.parameters if kind_of([row.name]).kind]
        assert set(personal) <= {"user"}, spec.name


def test_equal_values_have_equal_masks_in_one_recording_and_not_in_another() -> None:
    one, other = Redactor(key=b"one"), Redactor(key=b"other")
    first = one.event(event(called={"user": {"id": "845454"}, "search_term": "845454"}))["called"]
    assert first["user"]["id"] == first["search_term"]
    assert one.event(event(called={"user": {"id": "845455"}}))["called"] != first
    assert other.event(event(called={"user": {"id": "845454"}}))["called"]["user"] != first["user"]


def test_a_mask_says_type_and_length() -> None:
    user = Redactor().event(event(called={"user": {"id": 12345, "email": "ada@lovelace.example"}}))
    number, text = user["called"]["user"]["id"], user["called"]["user"]["email"]
    assert masks_a_number(number)
    assert number.endswith("number of 4–7 digits›")
    assert MASK.fullmatch(text)
    assert not masks_a_number(text)
    assert text.startswith("‹e-mail ")
    assert text.endswith("16–31 characters›")


def test_only_the_chosen_kinds_are_masked() -> None:
    given = event(called={"user": {"id": "845454", "email": "ada@lovelace.example", "city": "Marylebone"}})
    shown = written(Redactor(["emails"]).event(given))
    assert "845454" in shown
    assert "Marylebone" in shown
    assert "lovelace" not in shown
    assert Redactor([]).event(given) == given


def test_a_value_of_two_kinds_is_masked_as_the_chosen_one() -> None:
    redactor = Redactor(["addresses"], known=[("user_properties", "Marylebone"), ("addresses", "Marylebone")])
    assert "Marylebone" not in redactor.text("Hello Marylebone")


def test_what_is_forgotten_is_still_found_where_it_is_known_as_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_values, "_MOST", 2)
    known = KnownValues([("user_ids", "Lovelace"), ("names", "Lovelace"), ("names", "Hopper")])
    assert [span.kind for span in known.find("hi lovelace")] == ["names"]


def test_an_object_that_was_cut_short_is_not_shown() -> None:
    name = {"page": "checkout", "user": {"firstname": "Zelda", "city": "Ruritania"}, "items": [1, 2, 3, 4, 5]}
    (finding,) = judge(name, {}, reference.load()).findings[:1]
    told = finding.stored()
    assert "Zelda" in (told["got"] or "")
    shown = as_stored_now(event(event_name="", findings=[told]))
    assert "Zelda" not in written(shown)
    assert shown["findings"][0]["got"] == "{(not shown)}"


def test_what_an_earlier_event_held_is_masked_in_a_later_text() -> None:
    redactor = Redactor(known=[("names", "Lovelace")])
    redactor.event(event(called={"user": {"id": "id-of-ada"}}))
    shown = redactor.text("https://shop.example/ID-of-Ada/lovelace")
    assert shown.startswith("https://shop.example/‹user id ")
    assert "lovelace" not in shown.lower()


def test_a_hostile_event_is_masked_in_reasonable_time() -> None:
    redactor = Redactor(known=[("names", f"aaaa{number}") for number in range(2_000)])
    for text in ("a" * 32_000, "a@" * 16_000, "?a=" * 10_000, "+1" * 16_000, "%25" * 10_000, "0:" * 16_000):
        assert isinstance(redactor.text(text), str)
    deep = "[" * 900 + "]" * 900
    assert redactor.text(deep) == deep


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda value: value,
    "percent": lambda value: quote(value, safe=""),
    "form": quote_plus,
    "twice": lambda value: quote(quote(value, safe=""), safe=""),
    "every byte": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "html": html.escape,
    "entities": lambda value: "".join(f"&#{ord(letter)};" for letter in value),
    "json": lambda value: json.dumps(value)[1:-1],
    "upper": str.upper,
    "lower": str.lower,
    "html in a percent": lambda value: quote(html.escape(value), safe=""),
}
SPECS = (*reference.load().events.values(), *reference.load().schemas.values())
#: The reference's own names may be keys whoever else is called so.
REFERENCE_WORDS = {
    name.lower()
    for names in (
        [spec.name for spec in SPECS],
        [row.name for spec in SPECS for row in spec.parameters],
        *reference.load().vendor_own.values(),
        *reference.load().vocabulary.values(),
    )
    for name in names
}
OWN_WORDS = (
    "name address user id character number https://shop.example/?q= &page=2 firstname city title search_term",
    "called sent effective automatic permanent findings verdict warning page_url event_name page_view seq",
    " ".join(WORDS.values()),
    'event_id sent_to call_site null 16–31 characters›","',
)


def distinctive(value: str) -> bool:
    """Of some length, and no word that masks, the reference or the test's own texts hold."""
    bare = value.strip().lower()
    if len(bare) < 4 or bare in REFERENCE_WORDS or value.strip() in PLACEHOLDERS:
        return False
    return not any(bare in text.lower() for text in OWN_WORDS)


#: Whatever a person's name may be.
VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="‹›"),
    min_size=4,
    max_size=40,
).filter(distinctive)


@given(
    VALUES, st.sampled_from(sorted(ENCODINGS)), st.sampled_from(["firstname", "city", "id", "email", "phone"])
)
def test_no_value_survives_in_any_form(value: str, encoding: str, place: str) -> None:
    encoded = ENCODINGS[encoding](value.strip())
    called = {
        "user": {place: value},
        "title": f"Hello {encoded}!",
        "search_term": encoded,
        encoded: [encoded],
    }
    url = f"https://shop.example/?q={encoded}&page=2"
    shown = Redactor().event(event(called=called, page_url=url, sent={"title": value}))
    for text in (written(shown), shown["page_url"], *shown["called"], shown["called"]["title"]):
        assert value.strip() not in text
        assert encoded not in text
        assert written(value.strip())[1:-1] not in text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_payload_keeps_its_shape(payload: Any) -> None:
    shown = Redactor().payload(payload)
    assert type(shown) is type(payload) or masks_a_number(shown)
    if isinstance(payload, dict | list):
        assert len(shown) == len(payload)


@pytest.mark.parametrize("key", ["efdqygxfgb", "kraqurqpev", "nrsu7hje7b", "_zNZbzPCIF3wb4YyXUS2ZeX6rDY"])
@pytest.mark.parametrize("masked", [(), KINDS], ids=["nothing masked", "all masked"])
def test_a_key_of_ours_is_masked_whatever_it_looks_like(key: str, masked: tuple[str, ...]) -> None:
    """Some are made of letters alone, as the words are that say nothing about a person."""
    redactor = Redactor(masked, always=[key])
    shown = redactor.event(
        event(page_url=f"https://shop.example/?recording={key}", called={key: f"at {key}"}, call_site=key)
    )
    assert key not in json.dumps(shown)
    assert key not in redactor.text(key)
