"""An inspector with a login and accounts, and clients with and without a session."""

import re
from typing import Any, Final

import httpx

from tests import commands
from tests.servers import Server

PASSWORD: Final = "correct horse battery"
SESSION: Final = "cact_session"
#: The environment of a server at which many log in: the hash of a password costs nothing.
QUICK_LOGIN: Final = {"DJANGO_SETTINGS_MODULE": "tests.login_settings"}
_CSRF: Final = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def add_account(server: Server, name: str) -> None:
    """Make an account with the tests' password."""
    made = commands.run(
        server,
        *("createsuperuser", "--noinput", "--username", name, "--email", ""),
        environment={"DJANGO_SUPERUSER_PASSWORD": PASSWORD},
    )
    assert made.code == 0, made.err


def new_token(server: Server, name: str = "ada", label: str = "a test") -> str:
    """Make an API token of the account."""
    made = commands.run(server, "token", name, "--label", label)
    assert made.code == 0, made.err
    return made.out.strip()


def bearer(token: str) -> dict[str, str]:
    """The Authorization header with a token."""
    return {"Authorization": f"Bearer {token}"}


def visitor(server: Server) -> httpx.Client:
    """A client without cookies."""
    return httpx.Client(base_url=server.url, timeout=30, trust_env=False)


def logged_in(server: Server, name: str = "ada") -> httpx.Client:
    """A client with a session of the account."""
    client = visitor(server)
    response = log_in(client, name)
    assert response.status_code == 302, response.text
    return client


def log_in(client: httpx.Client, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
    """Post the login form."""
    return send_form(client, "/login/", "/login/", username=name, password=password, **fields)


def send_form(client: httpx.Client, page: str, action: str, **fields: Any) -> httpx.Response:
    """Post a form with the CSRF token of its page."""
    return client.post(action, data={"csrfmiddlewaretoken": csrf(client, page), **fields})


def csrf(client: httpx.Client, page: str = "/login/") -> str:
    """The CSRF token of the page's form."""
    answer = client.get(page)
    found = _CSRF.search(answer.text)
    assert found is not None, f"{page} has no form but {answer.status_code}: {answer.text[:300]}"
    return found[1]
