"""Evaluates strings, templates and texts that are put together. Pure."""

import re
from typing import Any, Final

from tree_sitter import Node

from events.imports.javascript.constants import Scope
from events.imports.javascript.evaluation import Evaluation
from events.imports.javascript.notes import short
from events.imports.javascript.plain_values import as_text
from events.imports.javascript.scalars import unescaped, whole_characters
from events.imports.javascript.values import Absent, KnownInPart

_UNKNOWN: Final = Absent.UNKNOWN
#: What a server or a template fills into a string: PHP's variables, the holes of JSP and Ruby.
_FILLED: Final = re.compile(r"\$\{[^{}\n]{1,300}\}|\#\{[^{}\n]{1,300}\}|\{\$[^{}\n]{1,300}\}")
_VARIABLE: Final = re.compile(r"\$[A-Za-z_]\w*(?:->\w+|\[[^\]\n]{1,80}\])*\Z")


class Texts(Evaluation):
    """The part of the evaluator for texts."""

    def _string(self, node: Node, _scope: Scope | None) -> Any:
        text = self.code.slice(node)
        if len(text) > 1 and text[-1] == text[0] and not node.is_missing:
            return self._filled(node, text[1:-1], unescaped(text[1:-1]))
        self.code.note(node.start_byte, "the string that begins here is not closed in its line")
        appended = node.end_byte - self.code.shift > len(self.code.text)  # the quote of a repair
        return unescaped(text[1:] if appended else text[1:-1])

    def _filled(self, node: Node, raw: str, value: str) -> Any:
        """The string ``value``, of which a server fills in some parts, or all."""
        if not self._templates:
            return value
        holes = self.code.holes_in(node)
        rest = len(raw) - sum(hole.end - hole.start for hole in holes)
        if not holes and ("$" in raw or "#" in raw):
            found = [*_FILLED.finditer(raw)]
            rest = (
                0 if _VARIABLE.match(raw) else len(raw) - sum(match.end() - match.start() for match in found)
            )
            if not found and rest:
                return value
        elif not holes:
            return value
        if rest <= 0 or not raw.strip():
            return self._unknown(node)
        self.code.note(node.start_byte, f"only the page knows a part of {short(self.code.slice(node)[:400])}")
        return KnownInPart(value)

    def _template(self, node: Node, scope: Scope | None) -> Any:
        text = self.code.slice(node)
        inner = [child for child in node.named_children if child.type == "template_substitution"]
        if not inner:
            raw = text[1:-1].replace("\r\n", "\n")
            return self._filled(node, raw, unescaped(raw))
        unread = self.code.notes.mark()
        parts: list[str] = []
        at, known, literal = node.start_byte + 1, True, False
        for hole in [*inner, None]:
            end = hole.start_byte if hole else node.end_byte - 1
            raw = self.code.text[at - self.code.shift : end - self.code.shift].replace("\r\n", "\n")
            parts.append(unescaped(raw))
            literal |= bool(raw)
            if hole is None:
                break
            at = hole.end_byte
            value = self.value(hole.named_children[0], scope) if hole.named_children else _UNKNOWN
            written = as_text(value)
            known &= written is not None
            literal |= bool(written)
            parts.append(self.code.slice(hole) if written is None else written)
        if known:
            return whole_characters("".join(parts))
        self.code.notes.reset(unread)
        if not literal:
            return self._unknown(node)
        self.code.note(node.start_byte, f"only the page knows a part of {short(text[:400])}")
        return KnownInPart("".join(parts))

    def _joined(self, left: Any, right: Any, left_node: Node, right_node: Node) -> Any:
        """The concatenation of two values, one of which is a text."""
        texts = [as_text(left), as_text(right)]
        if texts[0] is not None and texts[1] is not None:
            return whole_characters(texts[0] + texts[1])
        if not any(texts) and not isinstance(left, KnownInPart) and not isinstance(right, KnownInPart):
            return _UNKNOWN
        nodes = (left_node, right_node)
        parts = [
            str(value)
            if isinstance(value, KnownInPart)
            else text
            if text is not None
            else f"${{{short(self.code.slice(each)[:400])}}}"
            for value, text, each in zip((left, right), texts, nodes, strict=True)
        ]
        return KnownInPart("".join(parts))
