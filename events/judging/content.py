"""Digests the content of an event: its name and the parameters that tell one event from another. Pure.

Two deliveries with one event id and equal content are one event; with other content they are two events
(reading of the reference, ``event_id_reused``). The content is what the page called, or what was sent where
no call was seen. The time of the call, the device and the ids in the event's ``context`` are not part of it;
neither is what was learnt later, such as the parameters that the client added.
"""

from typing import Any, Final

import orjson

from events.verdict.digests import number_of

#: Fields of ``context`` that are no content: ids, times, the device.
_CONTEXT: Final = ("event_id", "eventId", "event_timestamp", "created", "device")


def content_digest(name: str, called: Any, sent: Any) -> int:
    """A number above 0 that equals that of an event with equal name and parameters, of 63 bits.

    ``called`` is None where no call was seen. Both must be values that orjson can write.
    """
    content = orjson.dumps([name, _content(called, sent)], option=orjson.OPT_SORT_KEYS)
    return number_of(content) or 1


def _content(called: Any, sent: Any) -> Any:
    params = sent if called is None else called
    if not isinstance(params, dict):
        return params
    context, device = params.get("context"), params.get("device")
    if not isinstance(context, dict) and not isinstance(device, dict):
        return params
    kept = {key: value for key, value in params.items() if key != "context"}
    if isinstance(device, dict):
        del kept["device"]
    if isinstance(context, dict):
        rest = {key: value for key, value in context.items() if key not in _CONTEXT}
        if rest:
            kept["context"] = rest
    elif "context" in params:
        kept["context"] = context
    return kept
