"""The page-side script is put together from parts, each filled in at one place, in a fixed order."""

import re
from typing import Final

import pytest

from inspector.script.page_script import EXTENSION_PARTS, PAGE_PARTS, exported, filled, page_script
from tests.paths import ROOT

SHIM: Final = ROOT / "static" / "shim"
#: The parts that set each hook of the core, in this order: a later one wraps the one before.
#: The recorder is a file of its own, loaded after the script.
HOOKS: Final = {
    "onCall": ["request-watcher", "replay-recorder"],
    "onDelivery": ["verdicts", "offline-queue"],
    "onFailure": ["diagnostics"],
    "onFlush": ["offline-queue", "replay-recorder"],
    "post": ["bridge"],
    "beacon": ["bridge"],
}
SERVED: Final = {"page": PAGE_PARTS, "extension": EXTENSION_PARTS}


def hooks_of(part: str) -> list[str]:
    """The hooks that a part sets, as they follow each other in its source."""
    assignments = r"(?m)^ +(?:core\.)?(on[A-Z]\w+|post|beacon) = (?!nothing|\(\) => new Promise\(nothing)"
    return re.findall(assignments, (SHIM / f"{part}.js").read_text())


@pytest.mark.parametrize("parts", SERVED.values(), ids=SERVED)
def test_hooks_are_set_in_this_order(parts: tuple[str, ...]) -> None:
    found: dict[str, list[str]] = {}
    for part in (*parts, "replay-recorder"):
        for hook in hooks_of(part):
            found.setdefault(hook, []).append(part)
    served = {
        hook: [part for part in order if part in (*parts, "replay-recorder")] for hook, order in HOOKS.items()
    }
    assert found == {hook: order for hook, order in served.items() if order}


def test_no_other_part_sets_a_hook() -> None:
    named = {part for order in HOOKS.values() for part in order}
    assert {path.stem for path in SHIM.glob("*.js") if hooks_of(path.stem)} == named


@pytest.mark.parametrize(
    ("hook", "part"), [(hook, part) for hook, order in HOOKS.items() for part in order[1:]]
)
def test_a_part_that_wraps_a_hook_calls_the_one_before(hook: str, part: str) -> None:
    source = (SHIM / f"{part}.js").read_text()
    before = re.search(rf"\b(\w+) = {hook};|\b({hook})\b[^}}]*}} = core;", source)
    assert before is not None
    assert re.search(rf"\b{hook} = \([\w, ]*\) => {{[^\n]*\s+{before[1] or before[2]}\(", source)


@pytest.mark.parametrize("part", sorted({*PAGE_PARTS, *EXTENSION_PARTS, "replay-loader", "clean", "loader"}))
def test_a_part_exports_one_function(part: str) -> None:
    assert exported((SHIM / f"{part}.js").read_text()).startswith("function (")


@pytest.mark.parametrize("source", ["", "// export default f\nexport default function () {}"])
def test_a_part_that_exports_nothing_or_twice_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="once in a part"):
        exported(source)


@pytest.mark.parametrize("source", ["nothing", 'x = "__IT__"; y = "__IT__"'])
def test_a_marker_that_is_missing_or_stands_twice_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="once in a script"):
        filled(source, "__IT__", "1")


def test_what_is_filled_in_is_not_searched_for_markers() -> None:
    script = page_script("http://127.0.0.1:8000/collect/__PARTS__", dashboard_url="__SETTINGS__")
    assert "/collect/__PARTS__" in script
    assert '"__SETTINGS__"' in script
