"""The JSON Schemas are valid, accept the reference's examples, and reject what the reference does."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from events.reference import editions, load
from events.reference.examples import example_params
from events.reference.json_schema import json_schema

REFERENCE = load()
EVERY = [(edition, name) for edition in editions() for name in load(edition).events]
REQUIRED = [
    (edition, name, row.name)
    for edition, name in EVERY
    for row in load(edition).events[name].parameters
    if row.is_required
]


def errors(name: str, params: dict[str, Any], edition: str = "2023-05") -> list[str]:
    """What is wrong with the parameters: "keyword at.path" of each error."""
    found = Draft202012Validator(json_schema(load(edition), name)).iter_errors(params)
    return [f"{error.validator} {'.'.join(map(str, error.absolute_path))}".rstrip() for error in found]


@pytest.mark.parametrize(("edition", "name"), EVERY)
def test_the_schema_is_valid_and_named(edition: str, name: str) -> None:
    schema = json_schema(load(edition), name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:cact-inspector:{edition}:{name}"
    assert schema["title"] == name
    assert all(pattern.isascii() for pattern in re.findall(r"'pattern': '([^']*)'", str(schema)))


@pytest.mark.parametrize(("edition", "name"), EVERY)
def test_the_examples_are_accepted(edition: str, name: str) -> None:
    reference = load(edition)
    assert errors(name, example_params(reference, name), edition) == []
    assert errors(name, example_params(reference, name, required_only=True), edition) == []


@pytest.mark.parametrize(("edition", "name", "parameter"), REQUIRED)
def test_a_required_parameter_must_be_there(edition: str, name: str, parameter: str) -> None:
    params = example_params(load(edition), name)
    del params[parameter]
    assert "required" in errors(name, params, edition)


#: (event, parameters to set on the complete example, the errors) by 2025-10; a None removes the parameter.
NEWER_CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("video_start", {"livestream": "true"}, ["type livestream"]),
    ("video_start", {"livestream": 1}, ["type livestream"]),
    ("video_start", {"cursor_position": 10.5}, ["type cursor_position"]),
    ("video_start", {"cursor_position": "10"}, ["type cursor_position"]),
    ("video_start", {"content_asset_id": ["a", "b"]}, []),
    ("video_start", {"content_asset_id": []}, ["minItems content_asset_id"]),
    ("video_start", {"content_asset_id": [1]}, ["type content_asset_id.0"]),
    ("video_start", {"content_asset_id": ""}, ["minLength content_asset_id"]),
    ("video_start", {"total_length": None}, ["required"]),
    ("video_start", {"total_length": None, "livestream": True}, []),
    ("video_start", {"sound": 101}, ["maximum sound"]),
    ("video_start", {"sound": -1}, ["minimum sound"]),
    ("video_start", {"user": {}}, []),
    ("video_start", {"user": {"id": "1"}}, ["anyOf user"]),
    ("video_buffer_start", {"cursor_position": None}, []),
    ("video_content_start", {"content_asset_id": ["a"]}, ["type content_asset_id"]),
    ("video_content_start", {"airdate": "2020-04-23T20:00:00+02:00"}, []),
    ("video_content_start", {"airdate": "23/04/2020"}, ["pattern airdate"]),
    ("video_ad_start", {"load_type": "static"}, ["enum load_type"]),
    ("video_ad_start", {"ad_type": "overlay", "content": {"anything": 1}}, []),
    ("video_ad_start", {"content": "x"}, ["type content"]),
    ("video_volume", {"sound": None}, ["required"]),
    ("video_speed", {"sound": None}, []),
    ("purchase", {"event_name": "purchase"}, []),
    ("purchase", {"event_name": "order"}, ["const event_name"]),
    ("view_item", {"value": None, "revenue": 9.99}, ["required"]),
    ("page_view", {"type": "home"}, []),
]


@pytest.mark.parametrize(("name", "changes", "expected"), NEWER_CASES)
def test_the_schema_says_what_the_newer_edition_says(
    name: str, changes: dict[str, Any], expected: list[str]
) -> None:
    params = {**example_params(load("2025-10"), name), **changes}
    given = {key: value for key, value in params.items() if value is not None}
    assert errors(name, given, "2025-10") == expected


def test_a_live_stream_may_say_null_for_its_length() -> None:
    params = example_params(load("2025-10"), "video_start") | {"total_length": None}
    assert errors("video_start", params | {"livestream": True}, "2025-10") == []
    assert errors("video_start", params, "2025-10") == ["not total_length"]


def test_a_deprecated_parameter_is_marked() -> None:
    properties = json_schema(load("2025-10"), "page_view")["properties"]
    assert [name for name, schema in properties.items() if schema.get("deprecated")] == ["type"]


#: (event, parameters to set on the complete example, the errors); a None removes the parameter.
CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("login", {"my_own": {"anything": 1}}, []),
    ("login", {"method": 7}, ["type method"]),
    ("login", {"method": ""}, []),
    ("login", {"user": {}}, ["required user"]),
    ("login", {"user": {"consent_categories": []}}, []),
    ("login", {"user": {"consent_categories": [1, "2"], "phone_md5": "0" * 32}}, []),
    ("login", {"user": {"consent_categories": "1,2"}}, ["type user.consent_categories"]),
    ("login", {"user": {"consent_categories": [1], "phone_md5": "0" * 31}}, ["pattern user.phone_md5"]),
    ("login", {"user": {"consent_categories": [1], "city_sha256": "G" * 64}}, ["pattern user.city_sha256"]),
    ("login", {"user": {"consent_categories": [1], "gender": "x"}}, ["enum user.gender"]),
    ("login", {"user": {"consent_categories": [1], "phone": "06 12"}}, ["pattern user.phone"]),
    ("search", {"search_term": ""}, ["minLength search_term"]),
    ("purchase", {"value": "22.53"}, ["type value"]),
    ("purchase", {"value": True}, ["type value"]),
    ("purchase", {"currency": "€"}, ["pattern currency"]),
    ("purchase", {"status": "waiting"}, ["enum status"]),
    ("purchase", {"payment_method": "cheque"}, ["enum payment_method"]),
    ("purchase", {"items": []}, ["minItems items"]),
    ("purchase", {"items": [{"id": "a", "quantity": 1}]}, ["required items.0"]),
    ("refund", {"items": []}, []),
    ("view_cart", {"currency": None}, ["dependentRequired"]),
    ("view_cart", {"currency": None, "value": None}, []),
    ("view_cart", {"currency": None, "value": None, "revenue": 9}, ["dependentRequired"]),
    ("add_payment_info", {"value": "anything"}, []),
    ("view_item", {"value": "9.99"}, ["type value"]),
    ("page_view", {"page_type": "my own"}, []),
    (
        "select_item",
        {"items": [{"id": "a", "quantity": 1, "product": {"id": "p", "name": "n", "price": 1}}] * 2},
        ["maxItems items"],
    ),
    ("select_item", {"user": {"id": "1"}}, ["required user"]),
]


@pytest.mark.parametrize(("name", "changes", "expected"), CASES)
def test_the_schema_says_what_the_reference_says(
    name: str, changes: dict[str, Any], expected: list[str]
) -> None:
    params = {**example_params(REFERENCE, name), **changes}
    assert errors(name, {key: value for key, value in params.items() if value is not None}) == expected


@pytest.mark.parametrize(
    ("category", "accepted"), [("category_2", False), ("category_12", False), ("category_0", True)]
)
def test_every_numbered_category_is_a_string(category: str, accepted: bool) -> None:
    params = example_params(REFERENCE, "view_item")
    params["items"][0]["product"][category] = 7
    assert (errors("view_item", params) == []) is accepted


def test_an_open_list_is_shown_and_not_enforced() -> None:
    page_type = json_schema(REFERENCE, "page_view")["properties"]["page_type"]
    assert page_type["examples"] == list(REFERENCE.enumerations["page_type"].values)
    assert "enum" not in page_type


def test_each_call_makes_a_new_schema() -> None:
    json_schema(REFERENCE, "login")["$defs"]["User"]["properties"].clear()
    json_schema(REFERENCE, "login")["examples"][0]["user"]["consent_categories"].append(9)
    assert json_schema(REFERENCE, "login")["$defs"]["User"]["properties"]
    assert json_schema(REFERENCE, "login")["examples"] == [example_params(REFERENCE, "login")]


def test_an_unknown_event_has_no_schema() -> None:
    with pytest.raises(KeyError):
        json_schema(REFERENCE, "my_event")
