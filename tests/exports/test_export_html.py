"""The HTML file: it opens from disk, shows the recording, runs nothing hostile, and needs no network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from events import reference
from events.exports.embedded import embedded_lines
from events.judging.effective import Effective
from inspector.presenters.parameter_table import parameter_table
from tests.example_events import changed
from tests.export_cases import exported, full_recording, lines
from tests.judging.test_effective import CASES as UNREAD
from tests.posting import post, post_many, shim_event
from tests.servers import Server
from tests.verdict.test_verdict_cases import CASES

#: The table of each event in the file, as a list of cells for each line.
_TABLES: Final = """() => {
  const { parse, parameterTable } = recordingFile;
  const reference = JSON.parse(document.querySelector("#reference").textContent);
  const blocks = [...document.querySelectorAll('script[type="application/x-ndjson"]')];
  const texts = blocks.flatMap((block) => block.textContent.split("\\n"));
  const cells = (line) => [
    line.path, line.name, line.depth, line.kind, line.required, line.value, line.state,
    line.custom, line.vendor, line.container, line.example, line.severity, line.findings.length,
    line.unsent, line.notRead, line.unknown,
  ];
  return texts.filter((text) => text.startsWith('{"event":')).map((text) => {
    const event = parse(text).get("event");
    const plain = event.get("findings").map((finding) => Object.fromEntries(finding));
    const params = event.get("effective") ?? event.get("called");
    const judged = {
      params, automatic: event.get("automatic"), permanent: event.get("permanent"),
      unread: event.get("unread") ?? [], unknown: event.get("unknown") ?? [],
      unsent: event.get("unsent_permanent") ?? [],
      requested: event.get("sent") instanceof Map,
    };
    const table = parameterTable(reference, event.get("event_name"), judged, plain);
    const general = table.general.map((finding) => finding.code);
    return [table.lines.map(cells), general, table.notRead, table.unknown];
  });
}"""
#: Waits for the page's policy to refuse something, and says by which rule.
_REFUSED: Final = """new Promise((resolve) => {
  document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
  %s;
})"""


class Opened(NamedTuple):
    """A file, open in a browser, with the addresses that the page asked for."""

    page: Page
    path: Path
    requests: list[str]


@pytest.fixture
def opened(
    server: Server, new_context: Callable[[], BrowserContext], tmp_path: Path
) -> Callable[[dict[str, Any]], Opened]:
    """Exports a recording and opens the file."""

    def open_file(recording: dict[str, Any], part: str = "", **query: Any) -> Opened:
        path = tmp_path / "recording.html"
        path.write_bytes(exported(server, recording, "html", **query).content)
        page = new_context().new_page()
        requests: list[str] = []

        def asked(request: Request) -> None:
            requests.append(request.url)

        page.on("request", asked)
        page.goto(f"{path.as_uri()}{part}")
        page.locator("html[data-ready]").wait_for()
        return Opened(page, path, requests)

    return open_file


def test_it_shows_everything_and_runs_nothing_hostile(server: Server, opened: Callable[..., Opened]) -> None:
    page, path, requests = opened(full_recording(server))
    expect(page.locator(".row")).to_have_count(10)
    for seq in range(1, 11):
        page.locator(f".row[data-seq='{seq}']").click()
        expect(page.locator("[data-event]")).to_have_attribute("data-event", str(seq))
        for tab in ("payload", "called", "sent", "parameters"):
            page.locator(f"label[for=tab-{tab}]").click()
    assert page.locator("img, iframe, object").count() == 0
    page.locator(".row[data-seq='4']").click()
    expect(page.locator("#detail h2")).to_contain_text("</script><img src=x onerror=alert(1)>")
    assert requests == [path.as_uri()]


@pytest.mark.page_errors_expected
@pytest.mark.parametrize(
    "attempt",
    [
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'ran = true'}))",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"ran = true\">')",
        "new Image().src = 'http://127.0.0.1:9/'",
    ],
)
def test_its_policy_would_stop_what_slipped_through(
    server: Server, opened: Callable[..., Opened], attempt: str
) -> None:
    recording = server.new_recording()
    page = opened(recording).page
    refused = page.evaluate(_REFUSED % attempt)
    assert refused in ("script-src-elem", "script-src-attr", "img-src")
    assert page.evaluate("typeof ran") == "undefined"


def test_what_never_arrived_stands_in_its_place(server: Server, opened: Callable[..., Opened]) -> None:
    page = opened(full_recording(server)).page
    expect(page.locator(".gap")).to_have_text(
        [
            "event 3 of this page never arrived",
            "events 9–10 of /cart never arrived",
            "events 1–2 of /silent never arrived",
        ]
    )
    expect(page.locator("[data-rows] .page")).to_have_count(3)


def test_the_missing_stands_highlighted_in_its_own_place(
    server: Server, opened: Callable[..., Opened]
) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1, "search", {"user": {"id": "1"}})])
    page = opened(recording, "#event=1").page
    row = page.locator("tr[data-path='/search_term']")
    expect(row).to_have_attribute("data-state", "missing")
    expect(row).to_contain_text("MISSING")
    expect(row).to_contain_text("such as")
    places = page.locator(".parameters tr[data-path]").evaluate_all(
        "rows => rows.map(row => row.dataset.path)"
    )
    assert places.index("/search_term") < places.index("/user") < places.index("/user/consent_categories")


def test_it_makes_the_same_table_as_the_dashboard(server: Server, opened: Callable[..., Opened]) -> None:
    recording = server.new_recording()
    calls = [
        (case["event"], case["params"])
        if "params" in case
        else (case["event"], changed(case["event"], case.get("set"), case.get("remove", ())))
        for case in CASES
        if "edition" not in case
    ]
    odd = {"2": "x", "1": 12345678901234567890, "category_10": 1, "0": 1.0, "a/b~c": None, "x" * 90: "é" * 90}
    calls.append(("custom", odd | {"items": [1, {"product": {"category_2": "b", "category_1": "a"}}]}))
    events = [shim_event(n, *call) for n, call in enumerate(calls, 1)]
    events += [
        shim_event(len(calls) + n, case["event"], case["called"])
        | {"sent": case.get("sent"), "permanent": case.get("permanent", {})}
        for n, case in enumerate(UNREAD, 1)
    ]
    for first in range(0, len(events), 50):
        post(server, recording, events[first : first + 50])
    page = opened(recording).page
    made = page.evaluate(_TABLES)
    edition = reference.load()
    stored = [line["event"] for line in lines(exported(server, recording, "ndjson")) if "event" in line]
    assert len(made) == len(stored) > 200
    for event, (cells, general, not_read, sentences) in zip(stored, made, strict=True):
        params = event.get("effective", event["called"])
        requested = isinstance(event["sent"], dict)
        judged = Effective(
            params,
            event["automatic"],
            event["permanent"],
            event.get("unsent_permanent", []),
            dict.fromkeys(unread := event.get("unread", []), requested),
            [path for path in event.get("unknown", []) if path not in unread],
        )
        table = parameter_table(event["event_name"], judged, event["findings"], edition)
        expected = [
            [
                *(line.path, line.name, line.depth, line.kind, line.required, line.value, line.state),
                *(line.custom, line.vendor, line.container, line.example, line.severity, len(line.findings)),
                *(line.unsent, line.not_read, line.unknown),
            ]
            for line in table.lines
        ]
        assert cells == expected, event["called"]
        assert general == [finding["code"] for finding in table.general]
        assert (not_read, sentences) == (table.not_read, table.unknown)


def test_numbers_and_the_order_of_keys_are_shown_as_they_were_passed(
    server: Server, opened: Callable[..., Opened]
) -> None:
    recording = server.new_recording()
    called = {"z": 9007199254740993, "10": 1.0, "9": {"__proto__": 1, "constructor": 2}}
    post(server, recording, [shim_event(1, "custom", called)])
    page = opened(recording, "#event=1").page
    page.locator("label[for=tab-called]").click()
    shown = page.locator(".tab-called .tree").inner_text()
    assert [part for part in shown.split() if part not in ("{…}", "3", "2")] == [
        *("z:", "9007199254740993", "10:", "1.0", "9:", "__proto__:", "1", "constructor:"),
    ]


def test_filters_and_search_narrow_it_down(server: Server, opened: Callable[..., Opened]) -> None:
    recording = server.new_recording()
    calls = [
        ("login", None),
        ("search", {"search_term": 'Straße <b> "x"'}),
        ("login", {}),
        ("custom", {"seq": 1}),
    ]
    post(server, recording, [shim_event(n, *call) for n, call in enumerate(calls, 1)])
    page = opened(recording).page
    seqs = page.locator(".row")

    def shown() -> list[str | None]:
        return [row.get_attribute("data-seq") for row in seqs.all()]

    page.locator("input[name=name][value=login]").check()
    expect(seqs).to_have_count(2)
    page.locator("input[value=invalid]").check()
    expect(seqs).to_have_count(1)
    assert shown() == ["3"]
    page.get_by_role("button", name="Clear filters").click()
    expect(seqs).to_have_count(4)
    for text, expected in {"straße <B>": ["2"], '\\"x\\"': ["2"], "received_at": [], '"seq"': ["4"]}.items():
        page.keyboard.press("/")
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        expect(seqs).to_have_count(len(expected))
        assert shown() == expected
        page.keyboard.press("Escape")
    page.reload()
    page.locator("html[data-ready]").wait_for()
    assert page.locator("#search").input_value() == '"seq"'
    assert shown() == ["4"]


def test_it_works_by_keyboard(server: Server, opened: Callable[..., Opened]) -> None:
    recording = server.new_recording()
    post_many(server, recording, 3)
    page = opened(recording).page
    seen = []
    for key in ("j", "ArrowDown", "j", "j", "k", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.locator("[data-event]").get_attribute("data-event"))
    assert seen == ["1", "2", "3", "3", "2", "1"]
    assert page.url.endswith("#event=1")
    page.keyboard.press("Escape")
    expect(page.locator("[data-event]")).to_have_count(0)


def test_a_large_recording_has_few_rows_in_the_page(server: Server, opened: Callable[..., Opened]) -> None:
    recording = server.new_recording()
    post_many(server, recording, 1_200)
    page = opened(recording).page
    expect(page.locator("#status")).to_have_text("1200 events")
    assert page.locator(".row").count() < 100
    page.locator("#timeline").evaluate("section => section.scrollTop = section.scrollHeight")
    expect(page.locator(".row[data-seq='1200']")).to_be_visible()
    expect(page.locator("[data-sticky]")).to_contain_text("/cart")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".row").count() == 1_200
    placed = "rows => new Set(rows.map((row) => getComputedStyle(row).position)).size"
    assert page.locator("[data-rows] > *").evaluate_all(placed) == 1  # one below the other


def test_a_file_that_was_cut_off_says_so(server: Server, opened: Callable[..., Opened], page: Page) -> None:
    recording = server.new_recording()
    post_many(server, recording, 3)
    path = opened(recording).path
    whole = path.read_text()
    path.write_text(whole.replace('{"end":{"events":3}}', ""))
    page.goto(path.as_uri())
    expect(page.locator("[data-notes]")).to_contain_text("not whole")


def test_it_holds_the_same_lines_as_the_ndjson_file(server: Server) -> None:
    recording = full_recording(server)
    page = exported(server, recording, "html").content
    found = [json.loads(line) for _, line in embedded_lines(page.splitlines(keepends=True))]
    assert found == lines(exported(server, recording, "ndjson"))
