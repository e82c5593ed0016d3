"""Redactors of recordings: reads a recording's personal values from the database, and the new ones later."""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final

import orjson
from django.conf import settings

from events.models import Event, PageLoad, Recording
from events.redaction.known_values import KnownValues
from events.redaction.masks import KINDS
from events.redaction.redactor import Redactor

_MOST_EVENTS: Final = 20_000  # the latest events, whose personal values are masked in every text
_CACHED: Final = 32  # recordings per process
_CACHED_REDACTORS: Final = 8  # per recording, one for each set of masked kinds
_PAYLOADS: Final = ("called", "sent", "automatic", "permanent")
_COLUMNS: Final = (*_PAYLOADS, "page_url", "sent_to")


class _RecordingValues:
    """Cached personal values of one recording, read up to sequence number ``seq`` and change ``change``."""

    def __init__(self) -> None:
        self.values = KnownValues()
        self.redactors: dict[frozenset[str], Redactor] = {}  # the latest ones: each caches masked texts
        self.seq = 0
        self.change = 0
        self.page_load = 0  # primary key of the last page load that was read
        self.lock = Lock()

    def read(self, recording: Recording) -> None:
        """Read the events and page loads that are new or changed since the last call."""
        with self.lock:
            after = max(self.seq, recording.last_seq - _MOST_EVENTS)
            if recording.last_seq > self.seq:
                fresh = Event.objects.filter(recording=recording, seq__gt=after, seq__lte=recording.last_seq)
                self._learn(fresh.order_by("seq").values_list(*_COLUMNS).iterator(2_000))
                self._learn_page_loads(recording)  # new ones come with events
            if recording.last_change > self.change:
                changed = Event.objects.filter(recording=recording, change__gt=self.change, seq__lte=after)
                self._learn(changed.order_by("change").values_list(*_COLUMNS)[:_MOST_EVENTS].iterator(2_000))
            self.seq = max(self.seq, recording.last_seq)
            self.change = max(self.change, recording.last_change)

    def _learn_page_loads(self, recording: Recording) -> None:
        """Read the referrers of new page loads; a join with events would read those of all recordings."""
        fresh = PageLoad.objects.filter(recording=recording, pk__gt=self.page_load).order_by("-pk")
        loads = list(fresh.values_list("pk", "referrer")[:_MOST_EVENTS])
        self.values.learn_texts(referrer for _, referrer in loads if referrer)
        self.page_load = max([self.page_load, *(pk for pk, _ in loads)])

    def _learn(self, rows: Iterable[tuple[str, ...]]) -> None:
        for row in rows:
            payloads, texts = row[: len(_PAYLOADS)], row[len(_PAYLOADS) :]
            self.values.learn(*(orjson.loads(text) for text in payloads if text))
            self.values.learn_texts(filter(None, texts))


_cache: OrderedDict[tuple[int, str], _RecordingValues] = OrderedDict()
_cache_lock = Lock()


def redactor_for(recording: Recording, masked: Iterable[str] = KINDS) -> Redactor:
    """A redactor that knows the personal values of ``recording``, which must be freshly read.

    Personal values of the recording's latest 20,000 events are masked wherever they occur. The recording's
    keys are always masked, whatever kinds are ``masked``. Labels are comparable within one recording.
    """
    cached = _values_of(recording)
    cached.read(recording)
    chosen = frozenset(masked)
    if chosen not in cached.redactors:
        cached.redactors = {
            **dict(list(cached.redactors.items())[1 - _CACHED_REDACTORS :]),
            chosen: _redactor(recording, chosen, cached),
        }
    return cached.redactors[chosen]


def _redactor(recording: Recording, masked: frozenset[str], cached: _RecordingValues) -> Redactor:
    key = hmac.new(settings.SECRET_KEY.encode(), f"labels {recording.key}".encode(), hashlib.sha256).digest()
    return Redactor(masked, cached.values, key, always=(recording.key, recording.capture_key))


def _values_of(recording: Recording) -> _RecordingValues:
    name = (recording.pk, recording.key)
    with _cache_lock:
        cached = _cache.setdefault(name, _RecordingValues())
        _cache.move_to_end(name)
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    return cached
