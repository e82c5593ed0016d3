"""An inspector for a team: not on loopback alone, and with accounts; tests reach it on loopback."""

import re
from typing import Any, Final

import httpx

from tests import commands
from tests.servers import Server

PASSWORD: Final = "correct horse battery"
SESSION: Final = "cact_session"
_CSRF: Final = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def add_account(server: Server, name: str) -> None:
    """An account with the password that all have here."""
    made = commands.run(
        server,
        *("createsuperuser", "--noinput", "--username", name, "--email", ""),
        environment={"DJANGO_SUPERUSER_PASSWORD": PASSWORD},
    )
    assert made.code == 0, made.err


def new_token(server: Server, name: str = "ada", label: str = "a test") -> str:
    """A token of this account."""
    made = commands.run(server, "token", name, "--label", label)
    assert made.code == 0, made.err
    return made.out.strip()


def bearer(token: str) -> dict[str, str]:
    """The header that a token comes in."""
    return {"Authorization": f"Bearer {token}"}


def visitor(server: Server) -> httpx.Client:
    """Somebody who has never been here."""
    return httpx.Client(base_url=server.url, timeout=30, trust_env=False)


def logged_in(server: Server, name: str = "ada") -> httpx.Client:
    """Somebody who just logged in."""
    client = visitor(server)
    response = log_in(client, name)
    assert response.status_code == 302, response.text
    return client


def log_in(client: httpx.Client, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
    """Fill in the login's form."""
    return send_form(client, "/login/", "/login/", username=name, password=password, **fields)


def send_form(client: httpx.Client, page: str, action: str, **fields: Any) -> httpx.Response:
    """Send a form as the page that it stands on would."""
    return client.post(action, data={"csrfmiddlewaretoken": csrf(client, page), **fields})


def csrf(client: httpx.Client, page: str = "/login/") -> str:
    """What a form of this page carries."""
    answer = client.get(page)
    found = _CSRF.search(answer.text)
    assert found is not None, f"{page} has no form but {answer.status_code}: {answer.text[:300]}"
    return found[1]
