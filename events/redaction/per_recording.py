"""The redactor of one recording: what its events are known to hold, kept up as it grows."""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final

import orjson
from django.conf import settings

from events.models import Event, PageLoad, Recording
from events.redaction.known_values import Identities
from events.redaction.masks import KINDS
from events.redaction.redactor import Redactor

_MOST_EVENTS: Final = 20_000  # the latest, whose personal values are looked for everywhere
_REMEMBERED: Final = 32  # recordings per process
_PAYLOADS: Final = ("called", "sent", "automatic", "permanent")
_COLUMNS: Final = (*_PAYLOADS, "page_url", "sent_to")


class _Known:
    """The personal values of one recording, read up to a sequence number and a change."""

    def __init__(self) -> None:
        self.identities = Identities()
        self.redactors: dict[frozenset[str], Redactor] = {}  # the latest: each remembers texts it has masked
        self.seq = 0
        self.change = 0
        self.page_load = 0  # the last one that was read, by its primary key
        self.lock = Lock()

    def read(self, recording: Recording) -> None:
        """Read what is new since the last time."""
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
        """Read what the addresses that visitors came from say; a join would read everybody's page loads."""
        fresh = PageLoad.objects.filter(recording=recording, pk__gt=self.page_load).order_by("-pk")
        loads = list(fresh.values_list("pk", "referrer")[:_MOST_EVENTS])
        self.identities.learn_texts(referrer for _, referrer in loads if referrer)
        self.page_load = max([self.page_load, *(pk for pk, _ in loads)])

    def _learn(self, rows: Iterable[tuple[str, ...]]) -> None:
        for row in rows:
            payloads, texts = row[: len(_PAYLOADS)], row[len(_PAYLOADS) :]
            self.identities.learn(*(orjson.loads(text) for text in payloads if text))
            self.identities.learn_texts(filter(None, texts))


_known: OrderedDict[tuple[int, str], _Known] = OrderedDict()
_known_lock = Lock()


def redactor_for(recording: Recording, masked: Iterable[str] = KINDS) -> Redactor:
    """See ``events.redaction``."""
    known = _known_of(recording)
    known.read(recording)
    chosen = frozenset(masked)
    if chosen not in known.redactors:
        known.redactors = {
            **dict(list(known.redactors.items())[-7:]),
            chosen: _made(recording, chosen, known),
        }
    return known.redactors[chosen]


def _made(recording: Recording, masked: frozenset[str], known: _Known) -> Redactor:
    key = hmac.new(settings.SECRET_KEY.encode(), f"labels {recording.key}".encode(), hashlib.sha256).digest()
    return Redactor(masked, known.identities, key, always=(recording.key, recording.capture_key))


def _known_of(recording: Recording) -> _Known:
    place = (recording.pk, recording.key)
    with _known_lock:
        known = _known.setdefault(place, _Known())
        _known.move_to_end(place)
        while len(_known) > _REMEMBERED:
            _known.popitem(last=False)
    return known
