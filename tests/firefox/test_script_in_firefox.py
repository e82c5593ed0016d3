"""The script tag in a real Firefox: each event once and in order; the page and its client notice nothing."""

from typing import Final

import pytest

from tests.coexistence_cases import CONTAINER, LOAD_ORDERS, NAMES, SHIM
from tests.firefox.browser import Tab
from tests.firefox.conftest import Visit
from tests.shim_cases import DECLARED, STUB, script
from tests.shim_host import Inspector, Site
from tests.street import Street


@pytest.mark.parametrize("html", LOAD_ORDERS.values(), ids=LOAD_ORDERS.keys())
def test_each_event_is_seen_once_and_the_clients_requests_stay_the_same(
    html: str, street: Street[Tab]
) -> None:
    tab = street.visit(html.replace(SHIM, ""))
    without, outcome = street.requests(len(NAMES)), tab.evaluate("window.outcome")
    street.collector.raw.clear()
    street.visit(html)
    assert street.requests(len(NAMES)) == without
    assert tab.evaluate("window.outcome") == outcome
    events = street.seen(len(NAMES))
    assert [event["name"] for event in events] == NAMES
    assert [event["n"] for event in events] == list(range(1, len(NAMES) + 1))


def test_each_request_is_paired_with_its_call(street: Street[Tab]) -> None:
    street.visit(LOAD_ORDERS["shim before the stub"])
    for name, event in street.outcomes(len(NAMES)).items():
        assert event["sent"]["event_name"] == name
        assert all(key in event["sent"] for key in event["called"])


# What a page can find out about the globals of the client, and how often its getters are read.
_LOOK: Final = """(window.looks ||= []).push([typeof cact, typeof caReady, 'cact' in window,
    Object.keys(window).filter((key) => /cact|caready|inspect/i.test(key)),
    ...[[window, 'cact'], [window, 'caReady'], [window.caReady ?? {}, 'push'], [window.cact ?? {}, 'name'],
        [window.cact ?? {}, 'length']].map(([of, key]) => {
    const { value, ...how } = Object.getOwnPropertyDescriptor(of, key) ?? {};
    return { ...how, is: typeof value, same: value === of[key] } })]);"""
_READS: Final = """{ let reads = 0; const counted = () => ({ get id() { return ++reads } });
    cact('trigger', 'counted', { user: counted(), items: [counted()] }); window.reads = reads }"""
_STUBS: Final = {"assigned": STUB, "declared": script(DECLARED)}


@pytest.mark.parametrize("stub", _STUBS.values(), ids=_STUBS.keys())
def test_a_page_finds_the_same_globals_and_reads_of_its_getters(stub: str, street: Street[Tab]) -> None:
    look, seen = script(_LOOK), []
    page = look + stub + look + script(_READS) + CONTAINER + look + stub + look
    for html in (page, SHIM + page):
        tab = street.visit(html)
        seen.append((tab.evaluate("window.looks"), tab.evaluate("window.reads")))
    assert seen[0] == seen[1]
    assert len(seen[0][0]) == 4


_APP: Final = """
function ours() {
    cact('trigger', 'function')
}
ours();
setTimeout(() => cact('trigger', 'timer'));
new Promise((done) => done()).then(() => cact('trigger', 'promise'));
eval("cact('trigger', 'eval')");
new Function("cact('trigger', 'new Function')")();
(async () => { await 0; cact('trigger', 'async') })();
[0].forEach(() => cact.apply(null, ['trigger', 'apply']));
const made = document.createElement('script'); made.textContent = "\\ncact('trigger', 'injected')";
document.head.append(made);
"""
#: By event: the file and line of the call. Evaluated or injected text has the line that ran it.
_LINES: Final = {
    "inline": "/shop.html:2",
    "handler": "/shop.html:1",  # Firefox counts from the attribute
    "module": "/module.js:1",
    "function": "/app.js?v=1.2.3:3",
    "timer": "/app.js?v=1.2.3:6",
    "promise": "/app.js?v=1.2.3:7",
    "eval": "/app.js?v=1.2.3:8",
    "new Function": "/app.js?v=1.2.3:9",
    "async": "/app.js?v=1.2.3:10",
    "apply": "/app.js?v=1.2.3:11",
    "injected": "/app.js?v=1.2.3:13",
}


def test_the_line_of_the_page_that_made_a_call_is_named(
    visit: Visit, site: Site, inspector: Inspector
) -> None:
    site.files |= {"/app.js": _APP, "/module.js": "cact('trigger', 'module')"}
    tab = visit(
        f"{SHIM}{STUB}\n<script>cact('trigger', 'inline')</script><script src='/app.js?v=1.2.3'></script>"
        "<script type='module' src='/module.js'></script><body onclick=\"cact('trigger', 'handler')\">"
    )
    tab.evaluate("document.body.click()")
    events = inspector.wait_for_events(len(_LINES))
    found = {event["name"]: event["call_site"].rpartition(":")[0] for event in events}
    assert found == {name: site.url(line) for name, line in _LINES.items()}


def test_the_line_of_a_containers_tag_is_named(street: Street[Tab]) -> None:
    street.site.files["/tags.js"] = "\ntags_1234_5 = [(cact) => {\n    cact('trigger', 'tag') }]"
    street.visit(SHIM + STUB + '<script src="/tags.js"></script>' + CONTAINER)
    (event,) = street.seen(1)
    assert event["call_site"] == street.site.url("/tags.js:3:9")
