"""Everything that shows a recording goes by the recording's own edition of the reference."""

import ast
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests import commands
from tests.editions import DROPPED, FIRST, SECOND
from tests.editions import house as a_house
from tests.example_events import changed
from tests.paths import ROOT
from tests.posting import post, shim_event
from tests.servers import Server

pytestmark = pytest.mark.starts_processes

#: The modules that may speak of the default edition: what is made anew, or asked for without a recording.
_DEFAULT_FOR: Final = {
    "events/api/editions.py",
    "events/judging/edition.py",  # a recording of an edition that is not here
    "events/recordings/lifecycle.py",
    "events/reference/loader.py",
    "events/store/collect.py",  # a recording that the process has not stored into
    "inspector/pages/edition_choice.py",
    "inspector/presenters/manual_tables.py",  # the manual's examples
    "inspector/pages/import_.py",  # a pasted text before there is a recording of it
    "inspector/pages/reference.py",
    "inspector/pages/reference_diff.py",  # what is compared where nobody says what
    "inspector/settings.py",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector with two editions."""
    server = a_house(tmp_path_factory.mktemp("editions"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def first(house: Server) -> dict[str, Any]:
    return _filled(house, house.new_recording("Of the first edition"))


@pytest.fixture(scope="module")
def second(house: Server) -> dict[str, Any]:
    recording = house.new_recording("Of the second edition")
    _give_second_edition(house, recording)
    return _filled(house, recording)


def _give_second_edition(house: Server, recording: dict[str, Any]) -> None:
    """From another process, as a server finds it that has not stored into the recording before."""
    done = commands.run_process(house, "rejudge", recording["key"], "--edition", SECOND, "--apply")
    assert done.code == 0, done.err


def _filled(house: Server, recording: dict[str, Any]) -> dict[str, Any]:
    called = changed("login", {}, ["/method"])
    post(house, recording, [shim_event(1, "login", called), shim_event(2, "search", {"result_count": "x"})])
    return recording


def _text(house: Server, path: str, **headers: str) -> str:
    answer = house.client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.text


@pytest.mark.parametrize("path", ["", "frame/?after=0"])
def test_the_list_of_what_was_not_seen_yet(
    house: Server, first: dict[str, Any], second: dict[str, Any], path: str
) -> None:
    unseen = f">{DROPPED}</a>"
    assert unseen in _text(house, f"/recordings/{first['key']}/{path}")
    assert unseen not in _text(house, f"/recordings/{second['key']}/{path}")


def test_an_event_that_the_edition_does_not_have_is_custom(
    house: Server, first: dict[str, Any], second: dict[str, Any]
) -> None:
    custom = f'<span class="type-name custom" title="{DROPPED}">'
    for recording, is_custom in ((first, False), (second, True)):
        post(house, recording, [shim_event(3, DROPPED, {})])
        assert (custom in _text(house, f"/recordings/{recording['key']}/")) is is_custom
        event = house.stored(recording)[-1]
        assert ("custom_event" in [one["code"] for one in event["findings"]]) is is_custom


def test_the_table_and_the_fix(house: Server, first: dict[str, Any], second: dict[str, Any]) -> None:
    """The second edition requires a method, with an example of its own."""
    assert "passkey" not in _text(house, f"/recordings/{first['key']}/events/1/")
    shown = _text(house, f"/recordings/{second['key']}/events/1/")
    assert "passkey" in shown.partition('id="tab-fix"')[2]
    table = shown.partition('class="tab tab-parameters"')[2].partition('class="tab tab-payload"')[0]
    assert "passkey" in table


def test_the_link_to_the_reference_leads_to_it(house: Server, second: dict[str, Any]) -> None:
    shown = _text(house, f"/recordings/{second['key']}/events/1/")
    assert f'href="/reference/login/?edition={SECOND}"' in shown
    assert "passkey" in _text(house, f"/reference/login/?edition={SECOND}")
    assert "passkey" not in _text(house, "/reference/login/")


def test_the_reference_beside_a_recording_is_of_its_edition(
    house: Server, first: dict[str, Any], second: dict[str, Any]
) -> None:
    for recording, edition, status in ((first, FIRST, 200), (second, SECOND, 404)):
        kept = f"?recording={recording['key']}"
        assert f"edition {edition}" in _text(house, f"/reference/{kept}")
        assert house.client.get(f"/reference/{DROPPED}/{kept}").status_code == status
        assert f'href="/reference/login/{kept}"' in _text(house, f"/reference/search/{kept}")


@pytest.mark.parametrize("path", ["/reference/", "/reference/login/", "/api/reference", "/api/reference/x"])
def test_an_edition_that_is_not_there(house: Server, path: str) -> None:
    assert house.client.get(f"{path}?edition=1999-01").status_code == 404


def test_the_api_describes_each_edition(house: Server) -> None:
    for query, edition, status in (("", FIRST, 200), (f"?edition={SECOND}", SECOND, 404)):
        whole = house.client.get(f"/api/reference{query}").json()
        assert whole["edition"] == edition
        for path in (f"/api/reference/{DROPPED}", f"/api/reference/{DROPPED}.schema.json"):
            assert house.client.get(f"{path}{query}").status_code == status


def test_the_first_pixel_of_a_recording_is_read_by_its_edition(house: Server) -> None:
    """Its strings become numbers where the edition has a number."""
    for edition, count in ((FIRST, "5"), (SECOND, 5)):
        recording = house.new_recording()
        if edition == SECOND:
            _give_second_edition(house, recording)
        query = {"token": recording["capture_key"], "event_name": "search", "result_count": "5"}
        assert house.client.get("/events", params=query).status_code == 200
        assert house.stored(recording)[0]["sent"]["result_count"] == count


def test_a_pasted_text_is_judged_by_the_edition_of_where_it_goes(
    house: Server, first: dict[str, Any], second: dict[str, Any]
) -> None:
    text = "cact('trigger', 'search', {user: {id: '1', consent_categories: [1]}});"
    form = house.client.get("/import/")
    token = form.cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Cookie": f"csrftoken={token}", "HX-Request": "true"}
    for recording, missing in (("", True), (first["key"], True), (second["key"], False)):
        answer = house.client.post("/import/text/", data={"text": text, "into": recording}, headers=headers)
        assert answer.status_code == 200
        assert ("search_term is required" in answer.text) is missing


def test_an_exported_page_explains_its_events_by_it(
    house: Server, first: dict[str, Any], second: dict[str, Any]
) -> None:
    for recording, described in ((first, False), (second, True)):
        page = _text(house, f"/api/recordings/{recording['key']}/export.html")
        assert ("How much was found." in page) is described


def test_nothing_else_goes_by_the_default_edition() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("events", "inspector")
        for path in (ROOT / package).rglob("*.py")
        if _speaks_of_the_default(ast.parse(path.read_text()))
    }
    assert found == _DEFAULT_FOR


def _speaks_of_the_default(tree: ast.Module) -> bool:
    """Whether a module names the default edition, or calls the reference's ``load`` without an edition."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and _name(node) in _DEFAULTS:
            return True
        if isinstance(node, ast.Call) and not node.args and _is_load(node.func):
            return True
    return False


_DEFAULTS: Final = {"DEFAULT", "EDITION", "default_edition"}


def _is_load(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "load" and _name(function.value) == "reference"
    return _name(function) == "load"


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
