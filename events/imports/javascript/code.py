"""A piece of code in a text: its offsets there, its holes, its notes. Pure."""

from tree_sitter import Node

from events.imports.javascript.holes import Hole, Holes
from events.imports.javascript.notes import Notes


class Code:
    """A piece of a text and its tree.

    ``text`` is the code and ``start`` its offset in the whole text; ``shift`` characters were put before it.
    ``filled``: strings may have holes of templates.
    """

    def __init__(self, text: str, start: int, holes: Holes, notes: Notes, *, shift: int = 0) -> None:
        self.text, self.start, self.holes, self.notes, self.shift = text, start, holes, notes, shift

    def slice(self, node: Node) -> str:
        """The text of ``node``."""
        return self.text[node.start_byte - self.shift : node.end_byte - self.shift]

    def offset(self, place: int) -> int:
        """The offset in the whole text of a place in the tree."""
        return self.start + min(max(place - self.shift, 0), len(self.text))

    def holes_in(self, node: Node) -> list[Hole]:
        """The holes of templates in ``node``."""
        if not self.holes.found:
            return []
        start = self.offset(node.start_byte)
        return self.holes.inside(start, start + node.end_byte - node.start_byte)

    def note(self, place: int, reason: str) -> None:
        """Add a note about a place in the tree."""
        self.notes.add(self.offset(place), reason)
