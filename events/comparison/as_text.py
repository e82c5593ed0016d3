"""A comparison's difference as text: summary sentences, plain text for a terminal, Markdown for a ticket."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from events.comparison.difference import Difference, EventRow, PageRow
from events.comparison.value_diff import Change, ChangeKind, type_name
from events.verdict.findings import shorten
from events.verdict.pointer import dotted

_MOST_NAMES: Final = 4  # names of events or parameters in one sentence
_MOST_ROWS: Final = 200  # rows of a text; the JSON holds all rows
_SIGNS: Final[dict[ChangeKind, str]] = {
    "added": "+",
    "lost": "−",
    "retyped": "≠",
    "changed": "~",
    "moved": "↕",
}
_VERDICTS: Final = {"invalid": "became invalid", "warning": "became a warning", "valid": "became valid"}


def summary(difference: Difference) -> list[str]:
    """Sentences that sum the difference up; at least one, "Nothing differs."."""
    counts = difference.counts()
    sentences = [*_page_sentences(difference), *_event_sentences(difference), *_value_sentences(counts)]
    if not sentences:
        sentences = ["Nothing differs."]
    if counts["ignored"]:
        rules = _count(len(difference.rules), "rule")
        sentences.append(f"{_count(counts['ignored'], 'difference')} passed over by {rules}.")
    if difference.other_edition:
        sentences.append("The two were judged by different editions: verdicts may differ for that alone.")
    muted = difference.muted
    if muted.groups:
        counts_words = f"{_count(muted.a, 'finding')} of A and {muted.b:,} of B"
        sentences.append(f"Muted: {counts_words}, in {', '.join(muted.groups)}.")
    sentences += [
        f"{which} has more events than were compared: only its first {compared:,} are here."
        for which, compared, cut in (
            ("A", difference.compared_a, difference.cut_a),
            ("B", difference.compared_b, difference.cut_b),
        )
        if cut
    ]
    return sentences


def row_words(row: EventRow, *, named: bool = False) -> str:
    """What differs about one event, in a few words; ``named``: with the names of up to four parameters."""
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
    """One differing parameter in one line, such as ``currency lost, was "EUR"``."""
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
    """The difference as plain text, 200 rows at most."""
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
    """The difference as Markdown for a ticket, 200 rows at most; the names are those of the recordings."""
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
    """The sequence numbers of a row: ``#4``, or ``#4 → #7`` where the two differ."""
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
    words = {
        "added": " (page only in B)",
        "missing": " (page only in A)",
        "moved": " (page at another place)",
    }
    return words.get(page.state, "")


def _page_sentences(difference: Difference) -> Iterator[str]:
    for state, words in (("missing", "missing"), ("added", "added"), ("moved", "visited in another order")):
        pages = [page.path or "over HTTP" for page in difference.pages if page.state == state]
        if pages:
            yield f"{_count(len(pages), 'page visit')} {words}: {_names(pages)}."


def _event_sentences(difference: Difference) -> Iterator[str]:
    for kind, words in (("missing", "missing"), ("added", "added"), ("moved", "moved")):
        names = [row.name or "(no name)" for row in difference.rows() if kind in row.kinds]
        if names:
            yield f"{_count(len(names), 'event')} {words}: {_names(names)}."
    verdicts = [_verdict_words(row) for row in difference.rows() if row.verdict]
    if verdicts:
        yield f"{_count(len(verdicts), 'event')} changed verdict: {_names(verdicts, '; ')}."
    others = [row.name for row in difference.rows() if (row.gained or row.lost) and not row.verdict]
    if others:
        yield f"{_count(len(others), 'event')} with other findings, but the same verdict: {_names(others)}."
    sent = [f"{row.name} {row.delivery[0]} → {row.delivery[1]}" for row in difference.rows() if row.delivery]
    if sent:
        yield f"{_count(len(sent), 'event')} delivered otherwise: {_names(sent)}."


def _verdict_words(row: EventRow) -> str:
    assert row.verdict
    lost = [dotted(change.path) for change in row.changes if change.kind == "lost"]
    retyped = [dotted(change.path) for change in row.changes if change.kind == "retyped"]
    parts = [f"lost {_names(lost)}"] if lost else []
    parts += [f"has another type of {_names(retyped)}"] if retyped else []
    return f"{row.name} {' and '.join([*parts, _VERDICTS.get(row.verdict[1], row.verdict[1])])}"


def _value_sentences(counts: Mapping[str, int]) -> Iterator[str]:
    kinds = [(kind, counts[f"values_{kind}"]) for kind in _SIGNS]
    values = sum(count for _, count in kinds)
    if values:
        words = ", ".join(f"{count} {kind}" for kind, count in kinds if count)
        differ = "differs" if values == 1 else "differ"
        yield f"{_count(values, 'parameter')} {differ} in {_count(counts['parameters'], 'event')}: {words}."


def _names(names: Iterable[str], between: str = ", ") -> str:
    """The four most frequent names with their counts, then the number of the others."""
    counted = Counter(names)
    shown = [f"{name} ×{n}" if n > 1 else name for name, n in counted.most_common(_MOST_NAMES)]
    more = len(counted) - len(shown)
    return between.join(shown) + (f"{between}{more} more" if more else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _code(words: str) -> str:
    """Inline code in Markdown, with a fence longer than any run of backticks in the text."""
    words = " ".join(words.split())
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in words).split()), default=0)
    fence = "`" * (longest + 1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def _plain(words: str) -> str:
    """Plain text in Markdown: special characters are escaped, whitespace is collapsed."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|!~@" else c for c in " ".join(words.split()))
