"""A difference in words: sentences for a summary, plain text for a terminal, Markdown for a ticket."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from events.comparison.difference import Difference, EventRow, PageRow
from events.comparison.value_diff import Change, ChangeKind, type_name
from events.verdict.findings import shorten
from events.verdict.pointer import dotted

_MOST_NAMES: Final = 4  # of events or parameters, in one sentence
_MOST_ROWS: Final = 200  # of a text for people; JSON has them all
_SIGNS: Final[dict[ChangeKind, str]] = {
    "added": "+",
    "lost": "−",
    "retyped": "≠",
    "changed": "~",
    "moved": "↕",
}
_VERDICTS: Final = {"invalid": "became invalid", "warning": "became a warning", "valid": "became valid"}


def summary(difference: Difference) -> list[str]:
    """What differs, in a few sentences; one that says so where nothing does."""
    counts = difference.counts()
    said = [*_pages_said(difference), *_events_said(difference), *_values_said(counts)]
    if not said:
        said = ["Nothing differs."]
    if counts["ignored"]:
        rules = _count(len(difference.rules), "rule")
        said.append(f"{_count(counts['ignored'], 'difference')} passed over by {rules}.")
    if difference.other_edition:
        said.append("The two were judged by different editions: verdicts may differ for that alone.")
    said += [
        f"{which} has more events than were compared: only its first {compared:,} are here."
        for which, compared, cut in (
            ("A", difference.compared_a, difference.cut_a),
            ("B", difference.compared_b, difference.cut_b),
        )
        if cut
    ]
    return said


def row_words(row: EventRow, *, named: bool = False) -> str:
    """What differs about one event, in a few words; ``named``: a few parameters by their names."""
    if row.a is None or row.b is None:
        return "missing in B" if row.b is None else "added in B"
    words: list[str] = []
    if row.moved:
        elsewhere = row.a.page != row.b.page
        words.append(f"moved to {row.b.page or 'no page'}" if elsewhere else "moved")
    if row.verdict:
        words.append(f"{row.verdict[0]} → {row.verdict[1]}")
    words += list(_change_words(row, named=named and len(row.changes) <= _MOST_NAMES))
    words += [
        f"{len(found)} finding{'s' * (len(found) != 1)} {what}" for what, found in _findings(row) if found
    ]
    if row.delivery:
        words.append(f"{row.delivery[0]} → {row.delivery[1]}")
    return ", ".join(words)


def _change_words(row: EventRow, *, named: bool) -> Iterator[str]:
    for kind in _SIGNS:
        paths = [change.path for change in row.changes if change.kind == kind]
        if paths:
            yield f"{', '.join(dotted(path) or 'all' for path in paths) if named else len(paths)} {kind}"


def change_words(change: Change) -> str:
    """``currency lost, was "EUR"``, in one line."""
    name = dotted(change.path)
    if change.kind == "lost":
        return f"{name} lost, was {shorten(change.before)}"
    if change.kind == "added":
        return f"{name} added: {shorten(change.after)}"
    if change.kind == "moved":
        return f"{name} in another order: {shorten(change.before)} → {shorten(change.after)}"
    types = ""
    if change.kind == "retyped":
        types = f" ({type_name(change.before)} → {type_name(change.after)})"
    return f"{name} {shorten(change.before)} → {shorten(change.after)}{types}"


def text(difference: Difference) -> str:
    """Everything that differs as plain text."""
    lines = [*summary(difference), ""]
    for page, rows in _differing(difference):
        lines.append(f"{page.path or 'Over HTTP'}{_state(page)}")
        for row in rows:
            lines.append(f"  {row.name or '(no name)'} {numbers(row)}: {row_words(row)}")
            lines += [f"    {_SIGNS[change.kind]} {change_words(change)}" for change in row.changes]
            lines += [
                f"    {'✕' if what == 'gained' else '✓'} {what}: {one.code} {dotted(one.path)}".rstrip()
                for what, found in _findings(row)
                for one in found
            ]
    return "\n".join(lines).rstrip() + "\n"


def markdown(difference: Difference, name_a: str, name_b: str) -> str:
    """The same for a ticket."""
    lines = [f"**A** {_plain(name_a)}  ", f"**B** {_plain(name_b)}", ""]
    lines += [f"- {_plain(sentence)}" for sentence in summary(difference)]
    for page, rows in _differing(difference):
        lines += ["", f"#### {_plain(page.path or 'Over HTTP')}{_state(page)}", ""]
        for row in rows:
            lines.append(f"- {_code(row.name or '(no name)')} {numbers(row)}: {_plain(row_words(row))}")
            lines += [f"  - {_SIGNS[change.kind]} {_code(change_words(change))}" for change in row.changes]
            lines += [
                f"  - {what}: {_code(f'{one.code} {dotted(one.path)}'.strip())}"
                for what, found in _findings(row)
                for one in found
            ]
    return "\n".join(lines) + "\n"


def numbers(row: EventRow) -> str:
    """``#4``, or ``#4 → #7`` where the numbers differ."""
    seqs = [head.seq for head in (row.a, row.b) if head]
    return " → ".join(f"#{seq}" for seq in dict.fromkeys(seqs))


def _findings(row: EventRow) -> tuple[tuple[str, list[Any]], tuple[str, list[Any]]]:
    return ("gained", row.gained), ("lost", row.lost)


def _differing(difference: Difference) -> Iterator[tuple[PageRow, list[EventRow]]]:
    left = _MOST_ROWS
    for page in difference.pages:
        rows = [row for row in page.rows if row.kinds][:left]
        left -= len(rows)
        if rows or page.state != "same":
            yield page, rows
        if left <= 0:
            return


def _state(page: PageRow) -> str:
    told = {"added": " (page only in B)", "missing": " (page only in A)", "moved": " (page at another place)"}
    return told.get(page.state, "")


def _pages_said(difference: Difference) -> Iterator[str]:
    for state, words in (("missing", "missing"), ("added", "added"), ("moved", "visited in another order")):
        pages = [page.path or "over HTTP" for page in difference.pages if page.state == state]
        if pages:
            yield f"{_count(len(pages), 'page visit')} {words}: {_names(pages)}."


def _events_said(difference: Difference) -> Iterator[str]:
    for kind, words in (("missing", "missing"), ("added", "added"), ("moved", "moved")):
        names = [row.name or "(no name)" for row in difference.rows() if kind in row.kinds]
        if names:
            yield f"{_count(len(names), 'event')} {words}: {_names(names)}."
    told = [_verdict_said(row) for row in difference.rows() if row.verdict]
    if told:
        yield f"{_count(len(told), 'event')} changed verdict: {_names(told, '; ')}."
    others = [row.name for row in difference.rows() if (row.gained or row.lost) and not row.verdict]
    if others:
        yield f"{_count(len(others), 'event')} with other findings, but the same verdict: {_names(others)}."
    sent = [f"{row.name} {row.delivery[0]} → {row.delivery[1]}" for row in difference.rows() if row.delivery]
    if sent:
        yield f"{_count(len(sent), 'event')} delivered otherwise: {_names(sent)}."


def _verdict_said(row: EventRow) -> str:
    assert row.verdict
    lost = [dotted(change.path) for change in row.changes if change.kind == "lost"]
    retyped = [dotted(change.path) for change in row.changes if change.kind == "retyped"]
    parts = [f"lost {_names(lost)}"] if lost else []
    parts += [f"has another type of {_names(retyped)}"] if retyped else []
    return f"{row.name} {' and '.join([*parts, _VERDICTS.get(row.verdict[1], row.verdict[1])])}"


def _values_said(counts: Mapping[str, int]) -> Iterator[str]:
    kinds = [(kind, counts[f"values_{kind}"]) for kind in _SIGNS]
    values = sum(count for _, count in kinds)
    if values:
        words = ", ".join(f"{count} {kind}" for kind, count in kinds if count)
        differ = "differs" if values == 1 else "differ"
        yield f"{_count(values, 'parameter')} {differ} in {_count(counts['parameters'], 'event')}: {words}."


def _names(names: Iterable[str], between: str = ", ") -> str:
    """The most frequent first, each once with how often; the rest counted."""
    counted = Counter(names)
    shown = [f"{name} ×{n}" if n > 1 else name for name, n in counted.most_common(_MOST_NAMES)]
    more = len(counted) - len(shown)
    return between.join(shown) + (f"{between}{more} more" if more else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _code(words: str) -> str:
    """As code in Markdown, with a fence that the text cannot end."""
    words = " ".join(words.split())
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in words).split()), default=0)
    fence = "`" * (longest + 1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def _plain(words: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|!~@" else c for c in " ".join(words.split()))
