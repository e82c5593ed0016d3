"""Strips for tests: switching them on as a person does, and pictures of pages as rrweb writes them."""

import re
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
    """A text of a page."""
    return {"type": 3, "id": number, "textContent": text}


def element(name: str, number: int, *children: Any, **attributes: Any) -> dict[str, Any]:
    """An element of a page."""
    return {"type": 2, "id": number, "tagName": name, "attributes": attributes, "childNodes": list(children)}


def full_snapshot(body: dict[str, Any], at: int) -> dict[str, Any]:
    """The event for a whole page whose body holds ``body``."""
    html = element("html", 2, element("head", 3), element("body", 4, body))
    root = {"type": 0, "id": 1, "childNodes": [html]}
    return {"type": 2, "timestamp": at, "data": {"node": root, "initialOffset": {"left": 0, "top": 0}}}
