"""An event as the outside gets it: the one form of API, exports and comparisons."""

from typing import Any

import orjson

from events import reference
from events.judging.effective import effective
from events.models import Event
from events.store.payloads import payloads_of


def public_event(event: Event, edition: reference.Reference) -> dict[str, Any]:
    """The event as plain data, as it takes effect by its recording's ``edition``.

    ``page_load`` is its page load's id, the moments are datetimes.
    """
    given = payloads_of(event)
    judged = effective(event.name, given, edition)
    return {
        "seq": event.seq,
        "event_id": event.event_id,
        "event_name": event.name,
        "verdict": event.verdict,
        "findings": orjson.loads(event.findings),
        "called": given.called,
        "sent": given.sent,
        "effective": judged.params,
        "automatic": judged.automatic,
        "permanent": judged.permanent,
        "delivery": event.delivery,
        "sent_to": event.sent_to,
        "container": event.container,
        "call_site": event.call_site,
        "page_load": event.page_load.page_id if event.page_load else None,
        "page_url": event.page_url,
        "fired_at": event.fired_at,
        "received_at": event.received_at,
        "source": event.source,
    }
