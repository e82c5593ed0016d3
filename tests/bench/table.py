"""The table that a benchmark run ends with."""

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One goal. ``met`` is None where it could not be measured, and ``figure`` says why."""

    what: str
    goal: str
    figure: str
    ratio: str
    met: bool | None


def show(rows: list[Row]) -> str:
    """The rows as aligned text."""
    words = {True: "met", False: "SHORT", None: "not measured"}
    cells = [("what", "goal", "figure", "ratio", "")]
    cells += [(*astuple(row)[:4], words[row.met]) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )
