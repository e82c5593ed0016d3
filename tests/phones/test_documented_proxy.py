"""The commands that the connect page and the manual show make a proxy that copies events to the recording."""

import html
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.consoles import commands_in, page_blocks
from tests.phones.phone import VENDOR, Phone, Vendor
from tests.servers import Server
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

_CODE: Final = re.compile(r'<pre id="code-mobile-app">(.*?)</pre>', re.DOTALL)


def shown_on_the_connect_page(server: Server, key: str, capture_key: str) -> list[str]:
    (code,) = _CODE.findall(server.client.get(f"/recordings/{key}/connect/").text)
    assert capture_key in code
    return commands_in(html.unescape(code))


def shown_in_the_manual(server: Server, key: str, capture_key: str) -> list[str]:
    blocks = "\n".join(page_blocks(server, "phone")[:2])
    return commands_in(blocks.replace("<capture key>", capture_key))


@pytest.mark.parametrize("shown", [shown_on_the_connect_page, shown_in_the_manual])
def test_the_commands_copy_an_app_s_events(
    shown: Callable[[Server, str, str], list[str]], server: Server, vendor: Vendor, tmp_path: Path
) -> None:
    recording = server.new_recording()
    download, proxy = (
        shlex.split(line) for line in shown(server, recording["key"], recording["capture_key"])
    )
    assert download[:2] == ["curl", "-sO"]
    assert proxy[:3] == ["mitmdump", "-s", download[2].rpartition("/")[2]]
    assert set(proxy[3::2]) == {"--set"}
    script = tmp_path / proxy[2]
    script.write_bytes(server.client.get(download[2]).raise_for_status().content)
    phone = Phone(tmp_path, vendor, proxy[4::2], script)
    phone.client.post(f"{VENDOR}/events?tc_s=1&tc_skey=vendors", json={"event_name": "login"})
    wait_for("the copy", lambda: server.state(recording)["last_seq"] == 1)
    phone.end()
    assert len(vendor.seen) == 1
