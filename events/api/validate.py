"""Judges events without storing them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from events.api.editions import EditionQuery
from events.api.errors import Error, json_response
from events.api.request_body import ANY_JSON, read_events, too_many
from events.api.schemas import Judgements
from events.reference import Reference
from events.store.collect import TooManyEvents, drafts_of
from events.verdict import public_findings
from events.wire import Incoming

router = Router(tags=["validate"])


@router.post(
    "/validate",
    response={200: Judgements, **dict.fromkeys((400, 404, 413, 415), Error)},
    openapi_extra=ANY_JSON,
)
def validate(request: HttpRequest, wanted: Query[EditionQuery]) -> HttpResponse:
    """The verdict on one event or many, in any wire shape; nothing is stored."""
    edition = wanted.load()
    try:
        return json_response(judgements(read_events(request), edition))
    except TooManyEvents:
        raise too_many() from None


def judgements(incoming: list[Incoming], edition: Reference) -> dict[str, Any]:
    """The answer's body: name, verdict and findings of each event by ``edition``. Raises TooManyEvents."""
    results = [
        {
            "event_name": event.name,
            "verdict": judged.verdict,
            "findings": public_findings(judged.findings, judged.name, judged.edition),
        }
        for event, judged in zip(incoming, drafts_of(incoming, edition), strict=True)
    ]
    return {"results": results}
