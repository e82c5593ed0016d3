"""Writes HAR 1.2: each event as the request that the vendor's client sends for it, for browsers and proxies.

The entry is the request that was seen, else the one that the client would post. The verdict and the findings
are added to the entry under ``_cact``, with the number of muted findings, which are left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

import orjson

from events.exports.json_stream import LIST, stream
from events.exports.schema import moment_text
from events.exports.scope import Scope
from events.models import PageLoad
from events.recordings.public_event import PublicEvent
from events.wire import read

_VENDOR: Final = "https://collect.commander1.com/events"
_TYPE: Final = "text/plain;charset=UTF-8"  # the type of a beacon's body
_HTTP: Final = "HTTP/1.1"
_FACTS: Final = (
    "delivery",
    "seen",
    "source",
    "call_site",
    "container",
    "automatic",
    "permanent",
    "unread",
    "unknown",
    "called",
    "muted",
)


def write(scope: Scope) -> Iterator[bytes]:
    """The file, a slice at a time. Raises RecordingGone."""
    creator = {"name": "Cact Inspector", "version": "1"}
    document: dict[str, dict[str, Any]] = {
        "log": {"version": "1.2", "creator": creator, "pages": LIST, "entries": LIST}
    }
    if sentence := scope.muted_words():
        document["log"]["comment"] = sentence
    pages = ([_page(scope, page_load)] for page_load in scope.page_loads())
    entries = ([_entry(scope.public(event)) for event in events] for events in scope.slices())
    yield from stream(document, pages, entries)


def _page(scope: Scope, page_load: PageLoad) -> dict[str, Any]:
    return {
        "startedDateTime": moment_text(page_load.started_at),
        "id": scope.text(page_load.page_id),
        "title": scope.text(page_load.url) or scope.text(page_load.title),
        "pageTimings": {"onContentLoad": -1, "onLoad": -1},
        "_title": scope.text(page_load.title),
    }


def _entry(event: PublicEvent) -> dict[str, Any]:
    """The HAR entry of an event in its public form."""
    plain: Mapping[str, Any] = event
    facts = {name: plain[name] for name in _FACTS}
    entry = {
        "startedDateTime": moment_text(event["fired_at"]),
        "time": 0,
        "request": _request(event),
        "response": _response(),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_resourceType": "fetch",
        "_cact": {"seq": event["seq"], "verdict": event["verdict"], "findings": event["findings"]} | facts,
    }
    return ({"pageref": event["page_load"]} if event["page_load"] else {}) | entry


def _request(event: PublicEvent) -> dict[str, Any]:
    url, body = _address(event), orjson.dumps(_body(event)).decode()
    headers = [("Content-Type", _TYPE)] + ([("Referer", event["page_url"])] if event["page_url"] else [])
    return {
        "method": "POST",
        "url": url,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in headers],
        "queryString": [{"name": name, "value": value} for name, value in _query(url)],
        "postData": {"mimeType": _TYPE, "params": [], "text": body},
        "headersSize": -1,
        "bodySize": len(body.encode()),
    }


def _response() -> dict[str, Any]:
    """The response that the vendor always gives, without its content: the script does not see responses."""
    return {
        "status": 200,
        "statusText": "OK",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _address(event: PublicEvent) -> str:
    if event["sent_to"]:
        return quote(event["sent_to"], safe=":/?#[]@!$&'()*+,;=%~")
    site = event["container"].partition("/")[0]
    return f"{_VENDOR}?tc_s={quote(site or '0')}"


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []


def _body(event: PublicEvent) -> Any:
    """The body posted, in the first of the vendor's wire shapes that is read as the same event again."""
    params = event["sent"] if event["sent"] is not None else event["effective"]
    name, context = event["event_name"], _context(event)
    if not isinstance(params, dict):
        return [params]
    flat = params | {"event_name": name, "context": context}
    enveloped = {"event_name": name, "properties": params, "context": context}
    return flat if _is_read_as(flat, params, event) else enveloped


def _context(event: PublicEvent) -> dict[str, Any]:
    created = int(event["fired_at"].timestamp() * 1000)
    return {"eventId": event["event_id"], "created": created, "page": {"url": event["page_url"]}}


def _is_read_as(body: dict[str, Any], params: dict[str, Any], event: PublicEvent) -> bool:
    (found,) = read(body)
    return (found.name, found.sent, found.event_id) == (event["event_name"], params, event["event_id"])
