"""Headers that keep what is here to itself, except where pages from elsewhere are meant to come."""

import pytest

from tests.servers import Server
from tests.team import logged_in

#: Header -> what every page of ours says.
OURS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize("path", ["/recordings/", "/reference/", "/api/reference", "/nothing", "/healthz"])
def test_what_is_ours_is_for_our_pages_alone(path: str, server: Server) -> None:
    headers = server.client.get(path).headers
    assert {name: headers.get(name) for name in OURS} == OURS
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(
        policy
    )
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(headers["Permissions-Policy"].split(", "))


def test_they_are_the_same_where_people_log_in(team: Server) -> None:
    client = logged_in(team)
    for path in ("/login/", "/account/", "/recordings/"):
        headers = client.get(path, follow_redirects=True).headers
        assert {name: headers.get(name) for name in OURS} == OURS


def test_any_page_may_load_the_script_and_read_what_became_of_its_events(server: Server) -> None:
    recording = server.new_recording()
    script = server.client.get(f"/shim/{recording['capture_key']}.js")
    addresses = [f"/collect/{recording['capture_key']}", f"/events?token={recording['capture_key']}"]
    for answer in (
        script,
        *(server.client.post(address, json={"event_name": "login"}) for address in addresses),
    ):
        assert answer.status_code < 300
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
