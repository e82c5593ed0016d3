"""Masks an event: by parameter name, by pattern, and by the recording's known personal values. Pure."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

import orjson

from events import reference
from events.redaction.base64_values import decoded_values
from events.redaction.decoding import plain, views
from events.redaction.findings import masked_finding
from events.redaction.known_values import KnownValues
from events.redaction.masks import KINDS, MASK, mask
from events.redaction.parameters import NOT_PERSONAL, ParameterKind, child_kind
from events.redaction.patterns import Span, pattern_spans
from events.verdict.findings import StoredFinding
from events.verdict.pointer import pointer_of, tokens_of
from events.verdict.rules import PLACEHOLDERS
from events.wire import NOT_READ

#: Fields of a public event that hold no data of the page: our own words and counters.
_OURS: Final = frozenset(
    {"seq", "n", "verdict", "delivery", "seen", "source", "fired_at", "received_at", "findings"}
)
_POINTERS: Final = ("automatic", "permanent", "unsent_permanent", "unread", "unknown")
_DEEPEST: Final = 3  # levels of JSON or base64 inside a text
_JSON_STARTS: Final = ("{", "[", '"')
_CACHED_TEXTS: Final = 4_096
_LONGEST_CACHED: Final = 300

_Event = TypeVar("_Event", bound=Mapping[str, Any])


class Redactor:
    """Masks the ``masked`` kinds of personal values; ``known`` are values known to be personal.

    ``always`` are secrets that are masked whatever the kinds: a page's URL may hold its recording's key.
    ``key`` is the key of the labels' hash: with one key equal values have equal labels. Adds the personal
    values of each event that it masks to ``known``. Thread-safe.
    """

    def __init__(
        self,
        masked: Iterable[str] = KINDS,
        known: KnownValues | Iterable[tuple[str, Any]] = (),
        key: bytes | None = None,
        always: Iterable[str] = (),
    ) -> None:
        chosen = frozenset(masked)
        self.masked: Iterable[str] = tuple(kind for kind in KINDS if kind in chosen)
        self.known = known if isinstance(known, KnownValues) else KnownValues(known)
        self._always = KnownValues()
        for secret in always:
            self._always.add("secrets", secret, certain=True)
        self._masks_nothing = not self.masked and not self._always.version
        self._key = key or secrets.token_bytes(16)
        self._cached_text = lru_cache(_CACHED_TEXTS)(self._text_at)

    def event(self, public: _Event) -> _Event:
        """A masked copy of an event with the fields of ``event_facts``, or with more or fewer fields.

        Its findings are stored ones; their sentences are made from the masks afterwards.
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
        """Add the personal values of an event to the known values."""
        self.known.learn(*(value for name, value in public.items() if name not in _OURS))

    def payload(self, value: Any, kind: ParameterKind = NOT_PERSONAL) -> Any:
        """A masked copy of the parameters ``value``, held by a parameter of ``kind``."""
        if isinstance(value, dict):
            shown: dict[str, Any] = {}
            for key, entry in value.items():
                name = self.key(key)
                while name in shown:  # two different keys have the same masked name
                    name += "′"
                shown[name] = self.payload(entry, child_kind(kind, key))
            return shown
        if isinstance(value, list):
            return [self.payload(entry, kind) for entry in value]
        return self._plain_value(value, kind.kind)

    def findings(self, findings: list[StoredFinding], before: Any, after: Any) -> list[StoredFinding]:
        """Masked copies of ``findings``; ``before`` and ``after`` are the parameters unmasked and masked."""
        return [
            masked_finding(finding, before, after, self.key, self.text, self._value_at)
            for finding in findings
        ]

    def _value_at(self, tokens: list[str], value: Any) -> Any:
        """A masked copy of a value of the parameter at this path, in whichever event it stands."""
        kind = NOT_PERSONAL
        for token in tokens:
            kind = child_kind(kind, token)
        return self.payload(value, kind)

    def key(self, key: str) -> str:
        """A property's name with personal values masked; names of the reference and list indexes stay."""
        return key if key in _standard_names() or (key.isdecimal() and len(key) < 4) else self.text(key)

    def name(self, name: str) -> str:
        """An event's name with personal values masked; names of the reference stay."""
        return name if name in _standard_names() else self.text(name)

    def text(self, text: str) -> str:
        """A URL, title or other free text with personal values masked."""
        if not text or self._masks_nothing:
            return text
        if len(text) > _LONGEST_CACHED:
            return self._text_at(text, self.known.version, 0)
        return self._cached_text(text, self.known.version, 0)

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
            if MASK.fullmatch(value) or value in PLACEHOLDERS or value in NOT_READ:
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
        """JSON ``text`` masked by parameter name; None where it is not JSON or nothing in it is masked."""
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
        self.known.learn(value)
        return self.payload(value)

    def _chosen(self, text: str, depth: int) -> list[Span]:
        """The spans of ``text`` to mask, in order, merged where they overlap; the first gives the kind."""
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
                for start, end, inner in decoded_values(view.text):
                    kind = self._hidden_in(inner, depth + 1)
                    if kind:
                        yield Span(view.starts[start], view.ends[end - 1], kind, view.text[start:end])

    def _hidden_in(self, text: str, depth: int) -> str:
        """The kind of the first personal value in ``text``, "" where there is none."""
        hidden = self._chosen(text, depth)
        if hidden:
            return hidden[0].kind
        return "user_properties" if self._as_json(text, 0) is not None else ""

    def _personal(self, text: str) -> Iterator[Span]:
        if self.masked:
            for span in (*pattern_spans(text), *self.known.find(text)):
                if span.kind in self.masked and span.value not in PLACEHOLDERS:
                    yield span


@lru_cache(1)
def _standard_names() -> frozenset[str]:
    """Names of events and parameters in all editions of the reference: no name of a person."""
    names: set[str] = set()
    for edition in map(reference.load, reference.editions()):
        specs = (*edition.events.values(), *edition.schemas.values())
        names |= {spec.name for spec in specs} | {row.name for spec in specs for row in spec.parameters}
        names |= {name for own in edition.vendor_own.values() for name in own}
        names |= {name for words in edition.vocabulary.values() for name in words}
    return frozenset(names)
