"""Reads cells of published tables: the rows of an HTML table, and the value of an example cell."""

import json
import re
from html.parser import HTMLParser
from typing import Any


class Cells(HTMLParser):
    """The text of every ``td`` of an HTML table, row by row; breaks and paragraphs in it are blanks."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
        elif tag in ("br", "p", "li") and self.rows and self.rows[-1]:
            self.rows[-1][-1] += " "

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def example_of(type_: str, cell: str, document: str) -> Any:
    """The value that an example cell shows; None where it shows none.

    A hash that the cell cuts is looked up in ``document``, which holds it whole.
    """
    if cell in ("", "none"):
        return None
    if type_ == "number":
        return float(cell)
    if type_ == "Array[string]":
        return cell.strip("[]").split(", ")
    if cell[0] in "{[":
        return json.loads(re.sub(r"(\w+):(?!/)", r'"\1":', cell).replace("'", '"').replace(",}", "}"))
    if shortened := re.fullmatch(r"([0-9a-f]+)\.\.\. \(size (\d+)\)", cell):
        (whole,) = re.findall(rf"'({shortened[1]}[0-9a-f]*)'", document)
        assert len(whole) == int(shortened[2])
        return whole
    return cell
