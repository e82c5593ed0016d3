"""Session replay in tests: its switch, rrweb events, and the stored replays."""

import re
from collections.abc import Iterator
from typing import Any

from tests.servers import Server


def switch(server: Server, recording: dict[str, Any], **choices: str) -> None:
    """Save the form of the recording's page with these boxes ticked: ``strip``, ``text``."""
    address = f"/recordings/{recording['key']}/strip/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', server.client.get(address).text)
    assert token is not None
    answer = server.client.post(address, data={"csrfmiddlewaretoken": token[1], **choices})
    assert answer.status_code == 302, answer.text


def text_node(text: str, number: int = 5) -> dict[str, Any]:
    """An rrweb text node."""
    return {"type": 3, "id": number, "textContent": text}


def element(name: str, number: int, *children: Any, **attributes: Any) -> dict[str, Any]:
    """An rrweb element node."""
    return {"type": 2, "id": number, "tagName": name, "attributes": attributes, "childNodes": list(children)}


def full_snapshot(body: dict[str, Any], at: int) -> dict[str, Any]:
    """The rrweb event with the full snapshot of a page whose body has the nodes ``body``."""
    html = element("html", 2, element("head", 3), element("body", 4, body))
    root = {"type": 0, "id": 1, "childNodes": [html]}
    return {"type": 2, "timestamp": at, "data": {"node": root, "initialOffset": {"left": 0, "top": 0}}}


def players(server: Server, recording: dict[str, Any]) -> list[str]:
    """The player addresses of the page loads with a replay, newest first."""
    page = server.client.get(f"/recordings/{recording['key']}/strip/").raise_for_status().text
    return re.findall(r'href="([^"]+/strip/\d+/)"', page)


def stored(server: Server, recording: dict[str, Any]) -> list[dict[str, Any]]:
    """All stored rrweb events of the page loads that fired an event."""
    events: list[dict[str, Any]] = []
    for address in players(server, recording):
        last = 0
        while parts := (answer := server.client.get(f"{address}parts/?after={last}").json())["parts"]:
            last = answer["last"]
            events += [event for part in parts for event in part]
    return events


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every rrweb node anywhere in ``value``."""
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)
    elif isinstance(value, dict):
        if "childNodes" in value or "textContent" in value:
            yield value
        for one in value.values():
            yield from nodes(one)
