"""Masking an event: by place, by look, and by what the recording is known to hold. Pure."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

import orjson

from events import reference
from events.redaction.base64_values import decoded_tokens
from events.redaction.decoding import plain, views
from events.redaction.findings import masked_finding
from events.redaction.known_values import Identities
from events.redaction.masks import KINDS, MASK, mask
from events.redaction.parameters import NOWHERE, Place, child_place
from events.redaction.patterns import Span, looks
from events.verdict.findings import StoredFinding
from events.verdict.pointer import pointer_of, tokens_of
from events.verdict.rules import PLACEHOLDERS

#: Our own words and counters: nothing of the page's is in them.
_OURS: Final = frozenset({"seq", "n", "verdict", "delivery", "source", "fired_at", "received_at", "findings"})
_POINTERS: Final = ("automatic", "permanent")
_DEEPEST: Final = 3  # JSON or base64 inside a text, inside another
_JSON_STARTS: Final = ("{", "[", '"')
_REMEMBERED: Final = 4_096
_LONGEST_REMEMBERED: Final = 300

_Event = TypeVar("_Event", bound=Mapping[str, Any])


class Redactor:
    """Masks the ``masked`` kinds of personal values; ``identities`` are values known to be personal.

    ``always`` are secrets that are masked whatever the kinds: a page's address holds its recording's key.
    ``key`` is what labels depend on: the same key gives equal values equal labels. Learns from each event
    that it masks. Safe to share between threads.
    """

    def __init__(
        self,
        masked: Iterable[str] = KINDS,
        identities: Identities | Iterable[tuple[str, Any]] = (),
        key: bytes | None = None,
        always: Iterable[str] = (),
    ) -> None:
        chosen = frozenset(masked)
        self.masked: Iterable[str] = tuple(kind for kind in KINDS if kind in chosen)
        self.identities = identities if isinstance(identities, Identities) else Identities(identities)
        self._always = Identities()
        for secret in always:
            self._always.add("secrets", secret, certain=True)
        self._masks_nothing = not self.masked and not self._always.version
        self._key = key or secrets.token_bytes(16)
        self._remembered = lru_cache(_REMEMBERED)(self._text_at)

    def event(self, public: _Event) -> _Event:
        """A masked copy of an event in the form of ``event_facts``, or of one with more or fewer fields.

        Its findings are stored ones: their sentences are made from the masks afterwards.
        """
        if self._masks_nothing:
            return cast(_Event, dict(public))
        self.learn(public)
        shown = {name: self._field(name, value) for name, value in public.items()}
        if isinstance(public.get("findings"), list):
            before, after = public.get("effective"), shown.get("effective")
            shown["findings"] = self.findings(public["findings"], before, after)
        return cast(_Event, shown)

    def learn(self, public: Mapping[str, Any]) -> None:
        """Know the personal values of an event from now on."""
        self.identities.learn(*(value for name, value in public.items() if name not in _OURS))

    def payload(self, value: Any, place: Place = NOWHERE) -> Any:
        """A masked copy of parameters that stand at ``place``."""
        if isinstance(value, dict):
            shown: dict[str, Any] = {}
            for key, entry in value.items():
                name = self.key(key)
                while name in shown:  # two keys that are one without what was masked
                    name += "′"
                shown[name] = self.payload(entry, child_place(place, key))
            return shown
        if isinstance(value, list):
            return [self.payload(entry, place) for entry in value]
        return self._plain_value(value, place.kind)

    def findings(self, findings: list[StoredFinding], before: Any, after: Any) -> list[StoredFinding]:
        """Findings about the parameters ``before``, to be shown beside ``after``."""
        return [masked_finding(finding, before, after, self.key, self.text) for finding in findings]

    def key(self, key: str) -> str:
        """A property's name, masked where it is personal itself; the reference's own names stay."""
        return key if key in _standard_names() or (key.isdecimal() and len(key) < 4) else self.text(key)

    def name(self, name: str) -> str:
        """An event's name; the reference's own stay."""
        return name if name in _standard_names() else self.text(name)

    def text(self, text: str) -> str:
        """An address, title or other free text, with everything personal in it masked."""
        if not text or self._masks_nothing:
            return text
        if len(text) > _LONGEST_REMEMBERED:
            return self._text_at(text, self.identities.version, 0)
        return self._remembered(text, self.identities.version, 0)

    def _field(self, name: str, value: Any) -> Any:
        if name in _OURS:
            return value
        if name == "event_name" and isinstance(value, str):
            return self.name(value)
        if name in _POINTERS and isinstance(value, list):
            return [pointer_of([self.key(token) for token in tokens_of(str(path))]) for path in value]
        return self.payload(value)

    def _plain_value(self, value: Any, kind: str) -> Any:
        if value is None or isinstance(value, bool) or value == "":
            return value
        if isinstance(value, str):
            if MASK.fullmatch(value) or value in PLACEHOLDERS:
                return value
            return self._mask(kind, value.strip() or value) if kind in self.masked else self.text(value)
        if not isinstance(value, int | float):
            return value
        if kind in self.masked:
            return self._mask(kind, str(value), number=True)
        found = self._chosen(str(value), 0)
        return self._mask(found[0].kind, str(value), number=True) if found else value

    def _mask(self, kind: str, value: str, *, number: bool = False) -> str:
        return mask(kind, plain(value), self._key, number=number)

    def _text_at(self, text: str, _version: int, depth: int) -> str:
        inside = self._as_json(text, depth)
        if inside is not None:
            return inside
        parts: list[str] = []
        done = 0
        for own in MASK.finditer(text):
            parts += [self._part(text[done : own.start()], depth), own[0]]
            done = own.end()
        return "".join([*parts, self._part(text[done:], depth)])

    def _part(self, text: str, depth: int) -> str:
        parts: list[str] = []
        done = 0
        for span in self._chosen(text, depth):
            parts += [text[done : span.start], self._mask(span.kind, span.value)]
            done = span.end
        return "".join([*parts, text[done:]])

    def _as_json(self, text: str, depth: int) -> str | None:
        """A text that is JSON is masked by place too; None where it is none, or nothing in it is masked."""
        if depth >= _DEEPEST or text.lstrip()[:1] not in _JSON_STARTS or len(text) < 2:
            return None
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        try:
            shown: Any = self._text_at(value, 0, depth + 1) if isinstance(value, str) else self._learnt(value)
        except RecursionError:
            return None
        return None if shown == value else orjson.dumps(shown).decode()

    def _learnt(self, value: Any) -> Any:
        self.identities.learn(value)
        return self.payload(value)

    def _chosen(self, text: str, depth: int) -> list[Span]:
        """What to mask in ``text``: spans in their order that do not overlap, the longest winning."""
        found = sorted(self._spans(text, depth), key=lambda span: (span.start, -span.end))
        chosen: list[Span] = []
        for span in found:
            if not chosen or span.start >= chosen[-1].end:
                chosen.append(span)
            elif span.end > chosen[-1].end:
                chosen[-1] = chosen[-1]._replace(end=span.end)
        return chosen

    def _spans(self, text: str, depth: int) -> Iterator[Span]:
        for view in views(text):
            for span in (*self._personal(view.text), *self._always.find(view.text)):
                yield span._replace(start=view.starts[span.start], end=view.ends[span.end - 1])
            if depth < _DEEPEST:
                for start, end, inner in decoded_tokens(view.text):
                    kind = self._hidden_in(inner, depth + 1)
                    if kind:
                        yield Span(view.starts[start], view.ends[end - 1], kind, view.text[start:end])

    def _hidden_in(self, text: str, depth: int) -> str:
        """The kind of what would be masked in ``text``, "" where nothing would be."""
        hidden = self._chosen(text, depth)
        if hidden:
            return hidden[0].kind
        return "user_properties" if self._as_json(text, 0) is not None else ""

    def _personal(self, text: str) -> Iterator[Span]:
        if self.masked:
            for span in (*looks(text), *self.identities.find(text)):
                if span.kind in self.masked and span.value not in PLACEHOLDERS:
                    yield span


@lru_cache(1)
def _standard_names() -> frozenset[str]:
    """The names that the references give to events and parameters: nobody's own."""
    names: set[str] = set()
    for edition in map(reference.load, reference.editions()):
        specs = (*edition.events.values(), *edition.schemas.values())
        names |= {spec.name for spec in specs} | {row.name for spec in specs for row in spec.parameters}
        names |= {name for own in edition.vendor_own.values() for name in own}
        names |= {name for words in edition.vocabulary.values() for name in words}
    return frozenset(names)
