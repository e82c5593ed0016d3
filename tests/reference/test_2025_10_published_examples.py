"""Each example of the published pages of 2025-10 has the verdict that the decisions give it.

The published pages are not ours to ship: where they do not lie beside the checkout, these tests skip.
"""

import tomllib
from typing import Any

import pytest

from events.imports.pasted import read_pasted
from events.reference import load
from events.verdict import judge
from tests.paths import CASE_FOLDER
from tests.reference.published_pages import ADVERTISING, EDITION, PAGES, PRESENT, payloads_of, text_of

pytestmark = pytest.mark.skipif(
    not PRESENT, reason="the published pages of 2025-10 are not beside the checkout"
)

REFERENCE = load(EDITION)
CASES: list[dict[str, Any]] = tomllib.loads(
    (CASE_FOLDER / "published_2025_10.toml").read_text(encoding="utf-8")
)["payload"]
PAYLOADS = {f"{page}: {found.heading}: {found.form}": found for page in PAGES for found in payloads_of(page)}


def test_each_example_has_a_case() -> None:
    assert list(PAYLOADS) == [case["at"] for case in CASES]
    assert len(CASES) == 113


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["at"]))
def test_an_example_has_its_verdict(case: dict[str, Any]) -> None:
    payload = PAYLOADS[case["at"]]
    assert payload.name == case["event"]
    if case["verdict"] == "unreadable":
        assert not payload.name
        return
    judged = judge(payload.name, payload.params, REFERENCE)
    found = [f"{one.severity} {one.code} {one.path}" for one in judged.findings if one.severity != "info"]
    assert (judged.verdict, found) == (case["verdict"], case.get("findings", []))


@pytest.mark.parametrize("name", ["ad_click", "ad_view"])
def test_the_example_of_advertising_is_valid_without_its_superfluous_brace(name: str) -> None:
    """C13: printed with one brace too many, for both events."""
    text = text_of(ADVERTISING)
    printed = text[text.index("cact(") :].partition("```")[0].replace("ad_click", name)
    mended = printed.replace('"image"\n}\n', '"image",\n')
    assert mended != printed
    (event,) = read_pasted(mended, REFERENCE).delivery.events
    judged = judge(event.name, event.called, REFERENCE)
    assert (event.name, judged.verdict, judged.findings) == (name, "valid", [])


def test_each_example_of_video_has_what_is_required() -> None:
    """29 of 29, as the tables ask; the range of sound is a warning."""
    video = [found for found in PAYLOADS.values() if found.name.startswith("video_") and found.form == "json"]
    assert len(video) == 29
    codes = {one.code for found in video for one in judge(found.name, found.params, REFERENCE).findings}
    assert codes == {"out_of_range"}
