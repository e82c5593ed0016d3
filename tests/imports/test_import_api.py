"""What the import's address and form take and refuse, and what becomes of pasted text."""

from pathlib import Path

import httpx
import pytest

from tests.export_cases import exported, full_recording
from tests.har_cases import SEARCH, entry, har
from tests.import_cases import CALL, changed, replace, send
from tests.posting import post, shim_event
from tests.servers import Server


@pytest.fixture(scope="module")
def file(server: Server) -> bytes:
    """An export with everything in it: 10 events in lines 3 to 13."""
    return exported(server, full_recording(server), "ndjson").content


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_a_type_that_any_page_may_send_is_refused(kind: str, server: Server) -> None:
    answer = server.client.post("/api/import", content=CALL, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_type")


def test_no_foreign_page_gets_leave_to_send_another_type(server: Server) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = server.client.options("/api/import", headers=asked)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.starts_processes
def test_what_is_too_large_is_refused_by_api_and_page(tmp_path: Path) -> None:
    server = Server(tmp_path, MAX_IMPORT_BYTES="20000")
    server.start()
    try:
        large = har(entry(SEARCH), entry({"event_name": "x" * 30_000}))
        answer = send(server, large, "application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        answer = upload(server, {"large.har": large})
        assert answer.status_code == 413
        assert "It is too large" in answer.text
        assert "1 event kept" in upload(server, {"small.har": har(entry(SEARCH))}).text
    finally:
        server.stop()


# ---- the page, without a script ----


def token(server: Server) -> str:
    page = server.client.get("/import/").text
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def upload(server: Server, files: dict[str, bytes], **fields: str) -> httpx.Response:
    """Send the form with these files."""
    chosen = [("file", (name, content)) for name, content in files.items()]
    return server.client.post("/import/", data={"csrfmiddlewaretoken": token(server), **fields}, files=chosen)


def shown(answer: httpx.Response) -> str:
    """The page's HTML with each run of white space as one space, as a browser shows it."""
    return " ".join(answer.text.split())


def test_several_files_become_a_recording_each(server: Server, file: bytes) -> None:
    bad = changed(file, replace(4, b"<script>alert(1)</script>"))
    answer = upload(
        server, {"<b>good.bin": file, "bad.ndjson": bad, "visit.har": b"nothing", "call.js": CALL}
    )
    assert answer.status_code == 200
    text = shown(answer)
    assert "&lt;b&gt;good.bin: 10 events kept" in text
    assert "bad.ndjson: 9 events kept, 1 not read" in text
    assert '<td class="number mono">4</td>' in text
    assert "visit.har: nothing was imported" in text
    assert "call.js: 1 event kept" in text
    assert "<b>good" not in text


def test_a_form_without_its_token_or_its_file_is_refused(server: Server) -> None:
    assert server.client.post("/import/", files={"file": ("a.js", CALL)}).status_code == 403
    assert server.client.post("/import/text/", data={"text": CALL.decode()}).status_code == 403
    answer = upload(server, {})
    assert answer.status_code == 400
    assert "No file was chosen." in answer.text


def paste(server: Server, text: str, **fields: str) -> httpx.Response:
    form = {"csrfmiddlewaretoken": token(server), "text": text, "do": "judge", **fields}
    return server.client.post("/import/text/", data=form)


def test_a_pasted_event_is_judged_at_once_and_not_kept(server: Server) -> None:
    recording = server.new_recording()
    answer = paste(server, "cact('trigger', 'search', {x: '<img src=x>', y: z})", into=recording["key"])
    assert answer.status_code == 200
    assert 'data-verdict="invalid"' in answer.text
    assert "MISSING" in answer.text
    assert "only the page knows the value of z" in answer.text
    assert "<img src=x>" not in answer.text
    assert server.state(recording)["last_seq"] == 0


def test_a_pasted_event_is_kept_on_request(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1)])
    answer = paste(server, CALL.decode(), do="keep", into=recording["key"])
    assert "1 event kept" in answer.text
    event = server.stored(recording)[1]
    assert (event["seq"], event["event_name"], event["source"]) == (2, "login", "import")
    assert (event["called"], event["call_site"]) == ({"user": {"id": "1"}}, "line 1, column 1")
    assert server.state(recording)["loss"] == {"sent": 2, "received": 2, "missing": 0}


def test_a_pasted_har_is_read_as_one(server: Server) -> None:
    recording = server.new_recording()
    text = har(entry(SEARCH), entry("{broken")).decode().replace("{", '{"comment": "it\'s",', 1)
    answer = paste(server, text, do="keep", into=recording["key"])
    assert "1 event kept" in answer.text
    assert "1 thing not read" in answer.text
    (event,) = server.stored(recording)
    assert (event["event_name"], event["sent"]["search_term"]) == ("search", "t-shirts")


def test_a_pasted_har_without_our_requests_says_so(server: Server) -> None:
    answer = paste(server, har(entry(SEARCH, url="https://x.example/")).decode())
    assert answer.status_code == 400
    assert "none of its 1 requests went to Commanders Act" in answer.text


def test_a_pasted_recording_is_asked_for_as_a_file(server: Server, file: bytes) -> None:
    answer = paste(server, file.decode(), do="keep")
    assert answer.status_code == 400
    assert "It is an exported recording: choose it as a file" in answer.text


def test_nothing_is_kept_in_a_recording_that_is_stopped_or_not_there(server: Server) -> None:
    recording = server.new_recording()
    server.client.patch(f"/api/recordings/{recording['key']}", json={"stopped": True}).raise_for_status()
    answer = paste(server, CALL.decode(), do="keep", into=recording["key"])
    assert answer.status_code == 400
    assert "stopped or deleted" in answer.text
    assert paste(server, CALL.decode(), do="keep", into="nothere").status_code == 404


# ---- the command ----
