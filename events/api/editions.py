"""Reads the edition that a request names, in its query or in its body."""

from typing import Annotated

from django.http import Http404
from ninja import Schema
from pydantic import Field

from events.judging.edition import default_edition
from events.reference import Reference, editions, load


class EditionQuery(Schema):
    """The edition of the reference; without it the edition by which new recordings are judged."""

    edition: Annotated[str, Field(max_length=16)] = ""

    def load(self) -> Reference:
        """Load the edition. Raises Http404 where no edition has this name."""
        if self.edition and self.edition not in editions():
            raise Http404(_no_such())
        return load(self.edition) if self.edition else default_edition()


def _no_such() -> str:
    return f"There is no such edition: ask for {', '.join(editions())}."
