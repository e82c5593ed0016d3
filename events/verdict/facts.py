"""The input of a finding's sentence, and an entry of the tables of sentences. Pure."""

from collections.abc import Callable
from typing import NamedTuple

from events.reference.types import Parameter
from events.verdict.findings import StoredFinding, shorten
from events.verdict.pointer import dotted


class Facts(NamedTuple):
    """The input of a sentence: a stored finding, and the reference's row that the sentence quotes."""

    finding: StoredFinding
    row: Parameter | None = None

    @property
    def name(self) -> str:
        """The parameter as people write it, such as ``items[0].product.price``."""
        return dotted(self.finding["path"]) or "the event"

    @property
    def expected(self) -> str | None:
        """The description of the expected value; None where there is none."""
        return self.finding["expected"]

    @property
    def got(self) -> str | None:
        """The value found, as short JSON text; None where there is none."""
        return self.finding["got"]

    @property
    def example(self) -> str:
        """``, for example "EUR"``, or "" where the row has no plain example."""
        example = self.row.example if self.row else None
        plain = example is not None and not isinstance(example, dict | list)
        return f", for example {shorten(example)}" if plain else ""


class Sentence(NamedTuple):
    """An entry of the table: ``make`` returns the sentence.

    ``needs`` names the facts of a finding that the sentence requires; ``quotes_row``: the sentence uses the
    reference's row of the parameter.
    """

    make: Callable[[Facts], str]
    needs: tuple[str, ...] = ()
    quotes_row: bool = False
