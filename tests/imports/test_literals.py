"""JavaScript literals are read as JSON would write them; what only the page knows is named with its place."""

import json
import re
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.imports.javascript.holes import Holes
from events.imports.javascript.literal import read_literal
from events.imports.javascript.notes import Notes
from events.imports.javascript.syntax import CodeParser
from events.imports.javascript.values import told
from events.imports.pasted import read_pasted
from events.reference import load
from tests.paths import CASE_FOLDER
from tests.work import calls

CASES = json.loads((CASE_FOLDER / "literals.json").read_text())

TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
WORD = re.compile(r"[A-Za-z_$][\w$]*\Z", re.ASCII)


def as_javascript(value: Any) -> Any:
    """The value with all numbers as JavaScript has them."""
    if isinstance(value, dict):
        return {key: as_javascript(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_javascript(entry) for entry in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def read(text: str) -> tuple[Any, list[str], Notes]:
    notes = Notes(text)
    value = read_literal(text, text, 0, Holes(""), notes, CodeParser(), templates=False)
    return *told(value), notes


@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
def test_it_reads_what_people_write(case: dict[str, Any]) -> None:
    value, unknown, notes = read(case["text"])
    assert (value, unknown) == (case["value"], case.get("unknown", []))
    assert [list(note.position) for note in notes.listed] == case.get("notes", [])


class Writer:
    """Writes a value as JavaScript, in a way that hypothesis draws for each piece."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw

    def any_of(self, *choices: str) -> str:
        return str(self.draw(st.sampled_from(choices)))

    def write(self, value: Any) -> str:
        space = self.any_of("", "", " ", "\n", "/* , */", "// }\n")
        return space + self.bare(value) + self.any_of("", " ", "\t")

    def bare(self, value: Any) -> str:
        if isinstance(value, dict):
            members = [f"{self.key(key)}:{self.write(entry)}" for key, entry in value.items()]
            return "{" + ",".join(members) + (self.any_of("", ",") if members else "") + "}"
        if isinstance(value, list):
            comma = self.any_of("", ",") if value else ""
            return "[" + ",".join(map(self.write, value)) + comma + "]"
        if isinstance(value, bool):
            return self.any_of(json.dumps(value), "!0" if value else "!1")
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, int):
            return self.any_of(
                str(value), f"{value}.0", f"{'-' if value < 0 else ''}{hex(abs(value))}", f"({value})"
            )
        return json.dumps(value)

    def key(self, key: str) -> str:
        if WORD.match(key) and key not in ("get", "set", "async"):
            return self.any_of(key, f"'{key}'", f"{key} ")
        return self.string(key, templates=False)

    def string(self, value: str, *, templates: bool = True) -> str:
        quote = self.any_of("'", '"', *("`" if templates else ""))
        text = value.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\r", "\\r")
        if quote == "`":
            return f"`{text.replace('${', chr(92) + '${')}`"
        text = text.replace("\n", "\\n")
        if self.draw(st.booleans()):
            text = "".join(c if c.isascii() else self.escaped(c) for c in text)
        return f"{quote}{text}{quote}"

    def escaped(self, character: str) -> str:
        units = character.encode("utf-16-be")
        halves = [f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)]
        return self.any_of("".join(halves), f"\\u{{{ord(character):x}}}")


@given(JSON)
def test_json_is_read_as_json(value: Any) -> None:
    text = orjson.dumps(value).decode()
    found, _, notes = read(text)
    assert as_javascript(found) == as_javascript(orjson.loads(text))
    assert notes.listed == []


@given(st.data(), JSON)
def test_javascript_of_any_value_is_that_value(data: st.DataObject, value: Any) -> None:
    found, _, notes = read(Writer(data.draw).write(value))
    assert as_javascript(found) == as_javascript(value)
    assert notes.listed == []
    orjson.dumps(found)


@given(st.text(alphabet="{}[]()'\"`$\\/*:,.-+=>\n aen01;<!?", max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    for given_text in (text, f"cact('trigger', 'x', {{{text}}})"):
        pasted = read_pasted(given_text, load())
        assert pasted.delivery.events or pasted.notes
        for event in pasted.delivery.events:
            orjson.dumps([event.called, event.sent])


HOSTILE = {
    "open objects": "{a:",
    "open arrays": "[",
    "open brackets": "(",
    "templates in templates": "`${",
    "templates not closed": "`",
    "strings not closed": "'\n",
    "comments not closed": "/*",
    "regular expressions not closed": "=/[(",
    "expressions": "a+",
    "a call in a call": "cact(",
    "arrows": "(a)=>",
    "escapes": "'\\",
    "escaped quotes": "\\'",
    "spreads": "{...",
    "not": "!",
    "calls that set a property": "cact('setProperty','a[9]',1);",
    "calls with all that was set": "cact('trigger','a');cact('setProperty','x','" + "y" * 400 + "');",
    "objects": "{}",
    "numbers": "1e9",
    "curl": "curl -d '",
    "curl with words": "curl x -d a -d @b <c #d\n",
    "curl with quotes of Windows": 'curl ^" \\"',
    "curl with slashes of Windows": 'curl "{"" \\\\\\\\',
    "curl with carets": "curl ^\n",
    "comments before curl": "# a\n",
    "closing": "}])",
    "broken calls": "cact('a', {x: 'l'eau'});\n",
    "strings not closed before a call": "x'\n" * 40 + "cact('",
    "names in quotes": "['cact']",
    "types": "cact<",
    "types not closed": "cact<a<b>",
    "assertions": "1 as a<b|",
    "many assertions": " as a",
    "the queue": "caReady.push(",
    "the queue in brackets": "(caReady||[]).push([",
    "scripts": "<script>'",
    "scripts not closed": "\n<script",
    "scripts with attributes": "\n<script a='",
    "types of scripts": "<script type=",
    "a script with types": "<script " + "type=," * 300,
    "comments of markup": "<!-- <script>",
    "lines": "\n   ",
    "markup": "</script><!--",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("before", ["", "cact('trigger', {a:"], ids=["alone", "in a call"])
def test_four_times_the_text_costs_four_times_the_calls(piece: str, before: str) -> None:
    reference = load()

    def cost(size: int) -> int:
        text = before + piece * (size // len(piece))
        return calls(lambda: read_pasted(text, reference))

    cost(100)  # what is prepared once does not count
    # Broken code is parsed by more grammars where there is time: one of the sizes may cost twice as much.
    assert cost(32_000) < 8 * cost(8_000)
