"""Answers the events reference for machines: as data, and as JSON Schema."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from events import reference
from events.api.editions import EditionQuery
from events.api.errors import Error, json_response
from events.reference.examples import example_params
from events.reference.json_schema import json_schema

router = Router(tags=["reference"])


class ParameterOut(Schema):
    """One parameter; ``required`` is yes, yes*, no or no* as published.

    ``unless`` names a sibling and its value that lift the requirement, ``deprecated`` the parameter that took
    this one's place; one that is not ``listed`` is known although the published table has no row for it.
    """

    name: str
    type: str | None
    required: str
    description: str
    example: Any = None
    format: str | None = None
    enumeration: str | None = None
    range: tuple[float, float] | None = None
    unless: dict[str, Any] | None = None
    required_with: list[str] = []
    automatic: bool = False
    deprecated: str | None = None
    note: str | None = None
    listed: bool = True

    @staticmethod
    def resolve_unless(row: reference.Parameter) -> dict[str, Any] | None:
        """The sibling that lifts the requirement, and its value."""
        return {row.unless.name: row.unless.value} if row.unless else None


class ObjectOut(Schema):
    """An event or a shared schema with its parameters, in the published order."""

    name: str
    summary: str
    parameters: list[ParameterOut]


class EventOut(ObjectOut):
    """An event with a complete, correct example."""

    example: dict[str, Any]


class EnumerationOut(Schema):
    """A list of values; no other value is allowed where the list is closed."""

    name: str
    description: str
    values: list[str]
    closed: bool


class ReferenceOut(Schema):
    """The whole reference of one edition."""

    edition: str
    events: list[ObjectOut]
    schemas: list[ObjectOut]
    enumerations: list[EnumerationOut]


@router.get("/reference", response={200: ReferenceOut, 400: Error, 404: Error})
def whole(request: HttpRequest, wanted: Query[EditionQuery]) -> dict[str, Any]:
    """Every event, schema and enumeration of an edition."""
    loaded = wanted.load()
    return {
        "edition": loaded.edition,
        "events": list(loaded.events.values()),
        "schemas": list(loaded.schemas.values()),
        "enumerations": list(loaded.enumerations.values()),
    }


_JSON_SCHEMA = {
    200: {
        "description": "A JSON Schema 2020-12.",
        "content": {"application/schema+json": {"schema": {"type": "object", "required": ["$schema"]}}},
    }
}


@router.get(
    "/reference/{event}.schema.json",
    response={400: Error, 404: Error},
    openapi_extra={"responses": _JSON_SCHEMA},
)
def schema(request: HttpRequest, event: str, wanted: Query[EditionQuery]) -> HttpResponse:
    """An event's parameters as JSON Schema 2020-12."""
    loaded = wanted.load()
    response = json_response(json_schema(loaded, _spec(loaded, event).name))
    response["Content-Type"] = "application/schema+json"
    return response


@router.get("/reference/{event}", response={200: EventOut, 400: Error, 404: Error})
def one(request: HttpRequest, event: str, wanted: Query[EditionQuery]) -> dict[str, Any]:
    """One event with its parameters and a complete, correct example."""
    loaded = wanted.load()
    spec = _spec(loaded, event)
    return {
        "name": spec.name,
        "summary": spec.summary,
        "parameters": list(spec.parameters),
        "example": example_params(loaded, spec.name),
    }


def _spec(loaded: reference.Reference, name: str) -> reference.EventSpec:
    spec = loaded.events.get(name)
    if spec is None:
        raise Http404("The reference has no such event.")
    return spec
