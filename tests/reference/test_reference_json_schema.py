"""The JSON Schemas are valid, accept the reference's examples, and reject what the reference does."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from events.reference import load
from events.reference.examples import example_params
from events.reference.json_schema import json_schema

REFERENCE = load()
EVENTS = list(REFERENCE.events)
REQUIRED = [
    (name, row.name) for name in EVENTS for row in REFERENCE.events[name].parameters if row.is_required
]


def errors(name: str, params: dict[str, Any]) -> list[str]:
    """What is wrong with the parameters: "keyword at.path" of each error."""
    found = Draft202012Validator(json_schema(REFERENCE, name)).iter_errors(params)
    return [f"{error.validator} {'.'.join(map(str, error.absolute_path))}".rstrip() for error in found]


@pytest.mark.parametrize("name", EVENTS)
def test_the_schema_is_valid_and_named(name: str) -> None:
    schema = json_schema(REFERENCE, name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:cact-inspector:2023-05:{name}"
    assert schema["title"] == name
    assert all(pattern.isascii() for pattern in re.findall(r"'pattern': '([^']*)'", str(schema)))


@pytest.mark.parametrize("name", EVENTS)
def test_the_examples_are_accepted(name: str) -> None:
    assert errors(name, example_params(REFERENCE, name)) == []
    assert errors(name, example_params(REFERENCE, name, required_only=True)) == []


@pytest.mark.parametrize(("name", "parameter"), REQUIRED)
def test_a_required_parameter_must_be_there(name: str, parameter: str) -> None:
    params = example_params(REFERENCE, name)
    del params[parameter]
    assert "required" in errors(name, params)


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
