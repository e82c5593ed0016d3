"""The comparison of a page's runs notices what a script changes, and nothing where it changes nothing."""

from dataclasses import replace
from typing import Final

import pytest

from tests.pages.page_cases import FOLDER, PageCase, read
from tests.pages.page_records import differences, unexpected_lines
from tests.pages.page_runs import Stand

#: A script in the place of ours, and a word of the difference that it makes.
FAULTS: Final = {
    "a global name": ("window.ours = 1", "+ in for…in: ours"),
    "a hidden global name": ("Object.defineProperty(window, 'ours', { value: 1 })", "names of window"),
    "an accessor": (
        "let own; Object.defineProperty(window, 'cact', { get: () => own, set: (value) => { own = value } })",
        "window.cact: accessor",
    ),
    "a replaced native": ("window.fetch = (...given) => given", "window.fetch: data wec function"),
    "a flag of a native": (
        "Object.defineProperty(Navigator.prototype, 'sendBeacon', { enumerable: false })",
        "Navigator.prototype.sendBeacon",
    ),
    "a timer": ("setTimeout(() => {})", "number of the next timer"),
    "a request more": (
        "addEventListener('load', () => navigator.sendBeacon('[[collector]]/events?tc_s=1', 'x'))",
        "what the collector received",
    ),
    "another body": (
        "const real = JSON.stringify; JSON.stringify = (value) => real({ ...value, extra: 1 })",
        '"extra":1',
    ),
    "a console line": ("console.log('hello')", "log: hello"),
    "an uncaught error": ("setTimeout(() => { throw Error('ours') })", "uncaught errors"),
    "a rejection": ("Promise.reject(Error('ours'))", "uncaught errors"),
    "a run of a getter": (
        "addEventListener('load', () => JSON.stringify(window.caReady))",
        "+params.get",
    ),
    "an element": ("document.head.append(document.createElement('meta'))", "elements"),
    "a method that is no native": (
        "{ const { push } = []; Array.prototype.push = function (one) { return push.call(this, one) } }",
        "Array.prototype.push",
    ),
    "a cookie": ("document.cookie = '_ga=1'", '"cookie":"_ga=1"'),
}


@pytest.fixture(scope="module")
def case() -> PageCase:
    return replace(read(FOLDER / "proxy-params.html"), events=())


def test_it_notices_nothing_where_a_script_does_nothing(case: PageCase, stand: Stand) -> None:
    stand.inspector.other = ""
    assert differences(case, stand.without(case, "tag"), stand.run(case, "tag")) == []


@pytest.mark.parametrize(("script", "word"), FAULTS.values(), ids=FAULTS.keys())
def test_it_notices_what_a_script_changes(script: str, word: str, case: PageCase, stand: Stand) -> None:
    stand.inspector.other = script.replace("[[collector]]", stand.vendor.url("/proxy-params.t"))
    with_it = stand.run(case, "tag")
    found = differences(case, stand.without(case, "tag"), with_it) + unexpected_lines(case, with_it.ours)
    assert word in "\n".join(found)
