"""CSV, HAR, JUnit XML and SARIF: each is what its specification says, and holds what was found."""

import csv
import io
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import datetime
from typing import Any, Final

import jsonschema
import orjson
import pytest
from playwright.sync_api import Error, Page

from events.verdict import CODES
from events.wire import read
from tests.export_cases import exported, full_recording
from tests.paths import CASE_FOLDER
from tests.posting import page_load, post, post_many, shim_event
from tests.servers import Server

pytestmark = pytest.mark.whole_browser  # it has developer tools


@pytest.fixture(scope="module")
def recording(server: Server) -> dict[str, Any]:
    return full_recording(server)


def findings(server: Server, recording: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """Every finding of the recording with its event's number."""
    return [(event["seq"], one) for event in server.stored(recording) for one in event["findings"]]


def test_csv_has_a_row_for_each_finding(server: Server, recording: dict[str, Any]) -> None:
    content = exported(server, recording, "csv").content
    assert content.startswith(
        b"\xef\xbb\xbfseq,time,page,event,verdict,severity,code,path,message,expected,got,group\r\n"
    )
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    told = findings(server, recording)
    assert [(row["seq"], row["severity"], row["code"]) for row in rows] == [
        (str(seq), one["severity"], one["code"]) for seq, one in told
    ]
    for row, (_, one) in zip(rows, told, strict=True):
        assert row["message"].removeprefix("'") == one["message"]
        assert None not in row


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "\n", " =", "＝"])
def test_csv_runs_no_formula(server: Server, start: str) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1, f'{start}HYPERLINK("http://x","y")', {})])
    text = exported(server, recording, "csv").content.decode("utf-8-sig")
    (row, *_) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["event"] == f'\'{start}HYPERLINK("http://x","y")'
    assert not any(cell.strip(" ").startswith(tuple("=+-@\t\r\n＝")) for cell in row.values())


#: What HAR 1.2 asks for: {name: type}, and more where a name ends in "?" (it may be left out).
_HAR: Final[dict[str, dict[str, Any]]] = {
    "log": {"version": str, "creator": "creator", "pages": ["page"], "entries": ["entry"]},
    "creator": {"name": str, "version": str},
    "page": {"startedDateTime": "moment", "id": str, "title": str, "pageTimings": "page timings"},
    "page timings": {"onContentLoad": int, "onLoad": int},
    "entry": {
        "pageref?": str, "startedDateTime": "moment", "time": int, "cache": dict,
        "request": "request", "response": "response", "timings": "timings",
    },
    "request": {
        "method": str, "url": str, "httpVersion": str, "cookies": [dict], "headers": ["pair"],
        "queryString": ["pair"], "postData": "post data", "headersSize": int, "bodySize": int,
    },
    "post data": {"mimeType": str, "params": [dict], "text": str},
    "pair": {"name": str, "value": str},
    "response": {
        "status": int, "statusText": str, "httpVersion": str, "cookies": [dict], "headers": ["pair"],
        "content": "content", "redirectURL": str, "headersSize": int, "bodySize": int,
    },
    "content": {"size": int, "mimeType": str},
    "timings": {"send": int, "wait": int, "receive": int},
}  # fmt: skip


def check_har(value: Any, kind: Any) -> None:
    """Assert that ``value`` has what HAR 1.2 asks of its kind; custom names begin with an underscore."""
    if isinstance(kind, list):
        for entry in value:
            check_har(entry, kind[0])
    elif kind == "moment":
        assert datetime.fromisoformat(value).tzinfo is not None
    elif isinstance(kind, type):
        assert type(value) is kind
    else:
        rows = {name.removesuffix("?"): row for name, row in _HAR[kind].items()}
        required = {name for name in _HAR[kind] if not name.endswith("?")}
        names = {name for name in value if not name.startswith("_")}
        assert required <= names <= set(rows)
        for name in names:
            check_har(value[name], rows[name])


def test_har_is_what_its_specification_says(server: Server, recording: dict[str, Any]) -> None:
    log = orjson.loads(exported(server, recording, "har").content)["log"]
    check_har(log, "log")
    assert len(log["entries"]) == 10
    pages = {page["id"] for page in log["pages"]}
    assert {entry["pageref"] for entry in log["entries"] if "pageref" in entry} == pages


def test_har_reads_as_the_same_events_again(server: Server, recording: dict[str, Any]) -> None:
    odd = server.new_recording()
    calls = [
        {"context": {"a": 1}},
        {"event_name": "x"},
        {"page": {"url": "y"}},
        {"properties": {"z": 1}},
        {"eventId": 5},
    ]
    post(server, odd, [shim_event(n, "custom", call) for n, call in enumerate(calls, 1)])
    for one in (recording, odd):
        entries = orjson.loads(exported(server, one, "har").content)["log"]["entries"]
        for event, entry in zip(server.stored(one), entries, strict=True):
            (found,) = read(orjson.loads(entry["request"]["postData"]["text"]))
            params = event["effective"] if event["sent"] is None else event["sent"]
            assert found.sent == params
            if isinstance(params, dict):
                assert (found.name, found.event_id) == (event["event_name"], event["event_id"])
                assert found.page_url == event["page_url"]
            assert entry["_cact"]["verdict"] == event["verdict"]
            assert entry["_cact"]["findings"] == event["findings"]


def test_har_names_where_it_was_sent_to(server: Server) -> None:
    recording = server.new_recording()
    address = "https://shop.example/cdp/events?tc_s=3311&token=…"
    events = [
        shim_event(1, sent={"event_name": "login"}, sent_to=address),
        shim_event(2, container="3311/7"),
        shim_event(3),
    ]
    post(server, recording, events)
    entries = orjson.loads(exported(server, recording, "har").content)["log"]["entries"]
    assert [entry["request"]["url"] for entry in entries] == [
        "https://shop.example/cdp/events?tc_s=3311&token=%E2%80%A6",
        "https://collect.commander1.com/events?tc_s=3311",
        "https://collect.commander1.com/events?tc_s=0",
    ]


#: Reads a HAR by the code of the browser's own developer tools.
_NETWORK_PANEL: Final = """async (text) => {
  const { HARFormat, Importer } = await import("devtools://devtools/bundled/models/har/har.js");
  const log = new HARFormat.HARRoot(JSON.parse(text)).log;
  const requests = Importer.Importer.requestsFromHARLog(log);
  const told = async (one) => [one.url(), one.requestMethod, await one.requestFormData()];
  return Promise.all(requests.map(told));
}"""


def test_har_is_taken_by_the_browsers_network_panel(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    text = exported(server, recording, "har").text
    try:
        page.goto("devtools://devtools/bundled/devtools_app.html")
    except Error:
        pytest.skip("this browser has no developer tools")
    entries = [entry["request"] for entry in orjson.loads(text)["log"]["entries"]]
    expected = [[one["url"], "POST", one["postData"]["text"]] for one in entries]
    assert sorted(page.evaluate(_NETWORK_PANEL, text)) == sorted(expected)


_COUNTS: Final = {"tests", "failures", "errors", "time"}
_JUNIT: Final[dict[str, tuple[set[str], set[str]]]] = {
    # element: what it must say, what may stand in it
    "testsuites": ({"name", *_COUNTS}, {"testsuite"}),
    "testsuite": ({"name", "skipped", "timestamp", "hostname", *_COUNTS}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "system-out"}),
    "failure": ({"message", "type"}, set()),
    "system-out": (set(), set()),
}


def check_junit(content: bytes) -> ET.Element:
    """The file, asserted to be what readers of JUnit XML take: elements, attributes, and true counts."""
    root = ET.fromstring(content)
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = _JUNIT[element.tag]
        assert set(element.keys()) == attributes
        assert {child.tag for child in element} <= children
    for holder in (root, *root):
        assert int(holder.attrib["tests"]) == len(list(holder.iter("testcase")))
        assert int(holder.attrib["failures"]) == len(list(holder.iter("failure")))
    return root


def test_junit_fails_what_is_invalid(server: Server, recording: dict[str, Any]) -> None:
    root = check_junit(exported(server, recording, "xml").content)
    stored = server.stored(recording)
    cases = list(root.iter("testcase"))
    assert [case.find("failure") is not None for case in cases] == [
        event["verdict"] == "invalid" for event in stored
    ]
    for case, event in zip(cases, stored, strict=True):
        said = "".join(case.itertext())
        for finding in event["findings"]:
            assert f"{finding['severity']} {finding['code']} at " in said
    assert [len(suite) for suite in root] == [7, 1, 2]


def test_junit_fails_warnings_where_that_is_asked_for(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1, "pageview", {}), shim_event(2, "search", {})])
    for fail_on, failures in (("error", "1"), ("warning", "2")):
        root = check_junit(exported(server, recording, "xml", fail_on=fail_on).content)
        assert root.attrib["failures"] == failures


def test_junit_counts_a_suite_that_goes_on_from_slice_to_slice(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1)], page_load())
    post_many(server, recording, 600)
    server.client.post(f"/events?token={recording['capture_key']}", json={"event_name": "search"})
    post(server, recording, [shim_event(1)], page_load())
    root = check_junit(exported(server, recording, "xml").content)
    assert [len(suite) for suite in root] == [1, 600, 1, 1]


#: The parts of SARIF 2.1.0's schema that concern what we write.
_SARIF: Final = orjson.loads((CASE_FOLDER / "sarif.schema.json").read_bytes())


def test_sarif_has_a_rule_for_each_code_and_a_result_for_each_finding(
    server: Server, recording: dict[str, Any]
) -> None:
    document = orjson.loads(exported(server, recording, "sarif").content)
    jsonschema.validate(document, _SARIF)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CODES)
    levels = {"error": "error", "warning": "warning", "info": "note"}
    told = findings(server, recording)
    assert [
        (result["properties"]["seq"], result["ruleId"], result["level"], result["message"]["text"])
        for result in run["results"]
    ] == [(seq, one["code"], levels[one["severity"]], one["message"]) for seq, one in told]
    for result, (_, one) in zip(run["results"], told, strict=True):
        assert rules[result["ruleIndex"]]["id"] == one["code"]
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].endswith(f"#{one['path']}")


def test_an_empty_recording_is_a_whole_file_in_every_format(server: Server) -> None:
    recording = server.new_recording()
    check_har(orjson.loads(exported(server, recording, "har").content)["log"], "log")
    check_junit(exported(server, recording, "xml").content)
    jsonschema.validate(orjson.loads(exported(server, recording, "sarif").content), _SARIF)
    assert exported(server, recording, "csv").content.count(b"\r\n") == 1
    assert Counter(exported(server, recording, "ndjson").content)[ord("\n")] == 2
