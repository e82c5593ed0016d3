"""The hot paths that ``explain_queries`` runs, and the large database that they run on.

Needs Django set up.
"""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from events.comparison.from_recording import side_of
from events.exports import ndjson
from events.exports.scope import Scope
from events.judging.edition import edition_of
from events.models import Event, PageLoad, Recording, Report, Share, StripPart, Tally
from events.recordings import create_recording, rejudge
from events.recordings.filter import Filter
from events.recordings.retention import delete_expired, finish_deleting, mark_deleted
from events.recordings.shares import ShareRequest, create_share
from events.recordings.timeline import count_after, read_after, read_before
from events.replay import stored_parts
from events.replay.part import ReplayPart
from events.store.collect import drafts_of
from events.store.transaction import Submission, store
from events.wire import read_delivery
from inspector.live.frames import Cursor, Viewer, next_frame
from inspector.live.share_visibility import share_reader
from inspector.live.visible_recording import whole, whole_reader

LARGE: Final = 20_000
_OTHERS: Final = 10
_SMALL: Final = 1_500
_NAMES: Final = tuple(f"event_{n}" for n in range(20))
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """The stored data: the large recording, and shares of all events, of the invalid ones, of one event."""

    recording: Recording
    doomed: Recording
    page: str
    whole: str
    invalid: str
    named: str
    single: str
    found: str


def fill() -> World:
    """Store a large recording among others, with all related rows; its rare events are far from its end."""
    call_command("migrate", verbosity=0)
    others = [create_recording(f"other {n}") for n in range(_OTHERS)]
    for other in others:
        _fill(other, _SMALL)
    large = create_recording("large")
    _fill(large, LARGE)
    large.refresh_from_db()
    tokens = [create_share(large, asked)[1] for asked in _SHARES]
    for other in others:
        for _ in range(90):
            create_share(other, ShareRequest())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    return World(large, others[0], f"{large.pk}-0", *tokens)


_SHARES: Final = (
    ShareRequest(),
    ShareRequest(query="verdict=invalid&verdict=warning"),
    ShareRequest(query="name=refund&name=event_3"),
    ShareRequest(seq=7),
    ShareRequest(query="q=nowhere"),
)


def _fill(recording: Recording, count: int) -> None:
    """Store the events: half of them on one page load; each page load lacks its last events."""
    loads = PageLoad.objects.bulk_create(
        PageLoad(
            recording=recording,
            page_id=f"{recording.pk}-{n}",
            url="https://shop.example/cart",
            started_at=_START,
            last_n=count,
            missing=f"[[{count - 1}, {count}]]" if n % 3 else "[]",
            tail_after=n * 20 if n % 3 else None,
            change=n,
        )
        for n in range(count // 40)
    )
    half = count // 2
    events = []
    for seq in range(1, count + 1):
        rare = 3 <= seq <= 8
        load = loads[0] if seq > half or rare else loads[seq * len(loads) // (half + 1)]
        events.append(
            Event(
                recording=recording, seq=seq, event_id=f"{recording.pk}-{seq}", page_load=load, n=seq,
                name="refund" if rare else _NAMES[seq % len(_NAMES)],
                verdict=("invalid" if seq % 2 else "warning") if rare else "valid",
                gravest=(0b1011 if seq % 2 else 0b1000) if rare else 0,
                findings="[]", called='{"items": [], "value": 12}', sent="", automatic="",
                change=seq if seq % 50 == 0 else 0, page_url="https://shop.example/cart", call_site="",
                source="page", fired_at=_START + timedelta(seconds=seq), received_at=_START,
            )
        )  # fmt: skip
    Event.objects.bulk_create(events, batch_size=500)
    tallies = Counter((event.name, event.verdict, event.gravest) for event in events)
    Tally.objects.bulk_create(
        Tally(recording=recording, name=name, verdict=verdict, gravest=gravest, count=number)
        for (name, verdict, gravest), number in tallies.items()
    )
    StripPart.objects.bulk_create(
        StripPart(
            recording=recording,
            page_id=load.page_id,
            n=n,
            first_at=_START,
            last_at=_START,
            bytes=3,
            data=b"x",
        )
        for load in loads[:100]
        for n in range(1, 6)
    )
    Report.objects.create(
        recording=recording, code="policy", site="a", detail="", page_url="", last_at=_START
    )
    recording.last_seq = recording.sent = recording.received = recording.last_change = count
    recording.save()


def _get(address: str) -> None:
    response = Client(headers={"host": "127.0.0.1"}).get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    for _ in response if response.streaming else ():
        pass


def _page(query: str) -> Callable[[World], None]:
    return lambda world: _get(f"/recordings/{world.recording.key}/{query}")


def _api(query: str) -> Callable[[World], None]:
    return lambda world: _get(f"/api/recordings{query.replace('KEY', world.recording.key)}")


def _shared(share: str, query: str = "") -> Callable[[World], None]:
    return lambda world: _get(f"/s/{getattr(world, share)}/{query}")


def _frame(behind: int, changes: int, **wanted: Any) -> Callable[[World], None]:
    def path(world: World) -> None:
        place = Cursor(LARGE - behind, LARGE - changes)
        read_visible = whole_reader(world.recording.pk)
        next_frame(Viewer(world.recording.pk, read_visible, None, Filter(**wanted), place))

    return path


def _shared_frame(seq: int | None, query: str) -> Callable[[World], None]:
    def path(world: World) -> None:
        share = Share.objects.get(recording=world.recording, seq=seq, query=query)
        viewer = Viewer(
            world.recording.pk, share_reader(share.pk, "/s/x/"), None, Filter(), Cursor(LARGE, LARGE)
        )
        next_frame(viewer, rows=False)

    return path


def _commit(make: Callable[[World], dict[str, Any]]) -> Callable[[World], None]:
    """A path that stores one request as the writer does, and rolls it back."""

    def path(world: World) -> None:
        with transaction.atomic():
            delivery = read_delivery(make(world))
            edition = edition_of(world.recording)
            drafts = drafts_of(delivery.events, edition)
            store([
                Submission(
                    world.recording.capture_digest,
                    edition.edition,
                    drafts,
                    delivery.updates,
                    delivery.reports,
                    delivery.left,
                )
            ])  # fmt: skip
            transaction.set_rollback(True)

    return path


def _post(world: World, *ids: str, **more: Any) -> dict[str, Any]:
    page = {"id": world.page, "url": "https://shop.example/cart", "title": "", "referrer": ""}
    events = [{"id": id_, "n": LARGE + n, "at": 1_800_000_000_000, "name": "login", "called": {}}
              for n, id_ in enumerate(ids, 1)]  # fmt: skip
    return {"page": page, "events": events} | more


def _known(world: World, *seqs: int) -> list[str]:
    return [f"{world.recording.pk}-{seq}" for seq in seqs]


def _strip_stored(world: World) -> None:
    part = ReplayPart(world.page, 99, _START, _START, b"x")
    with transaction.atomic():
        Recording.objects.filter(pk=world.recording.pk).update(strip=True)
        assert stored_parts.store(world.recording.capture_digest, part) == "stored"
        transaction.set_rollback(True)


def _muted(path: Callable[[World], Any]) -> Callable[[World], Any]:
    """The path while a group of the recording's findings is switched off."""

    def run(world: World) -> None:
        Recording.objects.filter(pk=world.recording.pk).update(muted=0b1)
        path(world)
        Recording.objects.filter(pk=world.recording.pk).update(muted=0)

    return run


def _export(**wanted: Any) -> Callable[[World], None]:
    return lambda world: _drain(ndjson.write(Scope(world.recording, Filter(**wanted))))


def _drain(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        pass


def _delete(world: World) -> None:
    mark_deleted(Recording.objects.filter(pk=world.doomed.pk))
    finish_deleting()


def _new() -> str:
    return str(uuid.uuid4())


#: The hot paths by name: queries that run often, or over many rows.
HOT: Final[dict[str, Callable[[World], Any]]] = {
    "collect: new events": _commit(lambda world: _post(world, _new(), _new())),
    "collect: duplicates": _commit(lambda world: _post(world, *_known(world, 5, 15_000))),
    "collect: updates": _commit(
        lambda world: _post(world, updates=[{"id": id_} for id_ in _known(world, 9, 70)])
    ),
    "collect: page left": _commit(lambda world: _post(world, left=[{"id": world.page, "n": LARGE + 9}])),
    "collect: reports": _commit(lambda world: _post(world, reports=[{"code": "policy"}])),
    "dashboard": _page(""),
    "dashboard: an event deep in it": _page("?event=5000"),
    "dashboard: one verdict": _page("?verdict=invalid"),
    "dashboard: two verdicts": _page("?verdict=invalid&verdict=warning"),
    "dashboard: one name": _page("?name=refund"),
    "dashboard: two names": _page("?name=refund&name=search"),
    "dashboard: names and verdicts": _page("?name=refund&name=event_3&verdict=invalid&verdict=warning"),
    "dashboard: a frequent name, a verdict it never has": _page("?name=event_3&verdict=invalid"),
    "dashboard: a name that is not there": _page("?name=nothing"),
    "dashboard: filtered, an event deep in it": _page("?verdict=warning&event=5000"),
    "dashboard: a text": _page("?q=nowhere"),
    "rows: older": _page("rows/?before=10000"),
    "rows: newer": _page("rows/?after=10000"),
    "rows: older, filtered": _page("rows/?before=19000&verdict=invalid&verdict=warning"),
    "rows: newer, filtered": _page("rows/?after=100&name=refund&name=search"),
    "event": _page("events/10000/"),
    "frame: nothing new": _frame(0, 0),
    "frame: new rows": _frame(300, 0),
    "frame: changed": _frame(0, 400),
    "frame: far behind": _frame(LARGE - 100, LARGE - 100),
    "frame: filtered": _frame(0, 0, verdicts=("invalid", "warning")),
    "frame: filtered, changed": _frame(0, 400, verdicts=("invalid",)),
    "frame: filtered, far behind": _frame(LARGE - 1_000, 0, names=("refund", "search")),
    "api: recording": _api("/KEY"),
    "api: events": _api("/KEY/events?after=10000&limit=500"),
    "api: events of a name": _api("/KEY/events?name=refund&after=100"),
    "api: events of a verdict": _api("/KEY/events?verdict=warning&after=100"),
    "api: recordings": _api("?limit=50"),
    "recordings": lambda _: _get("/recordings/"),
    "recordings: searched": lambda _: _get("/recordings/?q=large"),
    "share": _shared("whole"),
    "share: older rows": _shared("whole", "rows/?before=10000"),
    "share: of two verdicts": _shared("invalid"),
    "share: of two verdicts, filtered": _shared("invalid", "?name=refund"),
    "share: of two names": _shared("named"),
    "share: of one event": _shared("single"),
    "share: of a text": _shared("found"),
    "share: frame of a text": _shared_frame(None, "q=nowhere"),
    "share: frame": _shared_frame(None, ""),
    "share: frame of two verdicts": _shared_frame(None, "verdict=invalid&verdict=warning"),
    "share: frame of two names": _shared_frame(None, "name=refund&name=event_3"),
    "share: frame of one event": _shared_frame(7, ""),
    "export: slices": _export(),
    "dashboard: a verdict under muting": _muted(_page("?verdict=warning")),
    "dashboard: rows of a name and verdict under muting": _muted(
        _page("rows/?before=20001&name=refund&verdict=invalid")
    ),
    "dashboard: frame under muting": _muted(
        _page("frame/?after=19999&changes=20000&verdict=warning&verdict=invalid")
    ),
    "export: slices, filtered": _export(verdicts=("invalid", "warning")),
    "strip: a part stored": _strip_stored,
    "strip: parts played": lambda world: _drain(
        part for _, part in stored_parts.parts_after(world.recording, world.page, 0, 10)
    ),
    "strip: list": _page("strip/"),
    "judge again: slices": lambda world: rejudge.rejudge(world.recording, world.recording.edition),
    "compare: read": lambda world: side_of(world.recording),
    "retention: what expires": lambda _: delete_expired(datetime.now(UTC) - timedelta(days=99_999)),
    "retention: slices": _delete,
}


def disagreements(world: World) -> list[str]:
    """The filters that find or count other events by index than by condition; must be empty."""
    recording, different = world.recording, []
    for recording.muted, wanted in itertools.product((0, 0b1, 0b10), _FILTERS):
        plain = Event.objects.filter(wanted.search(recording).condition, recording=recording)
        seqs = list(plain.order_by("seq").values_list("seq", flat=True))
        after, before = read_after(recording, 4, 300, wanted), read_before(recording, 19_000, 300, wanted)
        if (
            [event.seq for event in after.events] != [seq for seq in seqs if seq > 4][:300]
            or [event.seq for event in before.events] != [seq for seq in seqs if seq < 19_000][-300:]
            or count_after(recording, 7, wanted) != sum(seq > 7 for seq in seqs)
            or replace(whole(recording), limits=wanted).counts().received != len(seqs)
        ):
            different.append(f"{wanted!r}, muted {recording.muted}")
    recording.muted = 0
    return different


_FILTERS: Final = (
    Filter(verdicts=("invalid", "warning")),
    Filter(verdicts=("invalid", "warning", "valid")),
    Filter(names=("event_3", "event_3", "refund")),
    Filter(names=("event_3",), verdicts=("invalid",)),
    Filter(names=("refund", "event_4"), within=Filter(verdicts=("warning", "valid"))),
    Filter(names=("refund",), within=Filter(names=("event_4",))),
    Filter(verdicts=("valid",), within=Filter(names=("event_4", "refund"), verdicts=("warning", "valid"))),
    Filter(names=tuple(f"event_{n}" for n in range(200))),
    Filter(names=("event_3",), within=Filter(text="EVENT")),
    Filter(text="refund"),
    Filter(seq=7, within=Filter(names=("refund",))),
)
