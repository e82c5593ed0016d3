"""Defines the tables: recordings, page loads, events, tallies, reports, shares and parts of the replay."""

import hashlib
import json
import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

_KEY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no look-alikes: keys are read aloud and typed on phones


def new_key() -> str:
    """A new key of a recording for its address: ten characters without look-alikes, about 50 bits."""
    return "".join(secrets.choice(_KEY_ALPHABET) for _ in range(10))


def new_capture_key() -> str:
    """A new capture key: 160 bits, in characters that addresses allow."""
    return secrets.token_urlsafe(20)


def capture_digest(capture_key: str) -> str:
    """The hash by which a capture key is searched: the time to compare hashes reveals nothing of the key."""
    return hashlib.sha256(capture_key.encode()).hexdigest()


class _NotDeleted(models.Manager["Recording"]):
    """Manages the recordings that are not deleted."""

    def get_queryset(self) -> models.QuerySet["Recording"]:
        return super().get_queryset().filter(deleted_at=None)


class Recording(models.Model):
    """One run of captured events.

    ``last_seq`` is the counter that numbers the events, ``last_change`` the counter that numbers later
    changes of events, page loads and reports; ``sent`` and ``received`` are the two sides of the loss
    accounting: the number of events that the pages report as fired, and the number of events stored.

    ``person`` and ``colour`` name the owner, ``site`` is the host of the first page, ``tags`` a JSON list,
    ``bytes`` the approximate size of the events. A stopped recording accepts no events; an archived one is
    not listed; a pinned one does not expire. ``strip``: the pages also record a replay of the screen, with
    ``strip_text`` its texts too. ``imported_from`` is the name of the imported file. A recording with
    ``deleted_at`` is invisible while its rows are deleted in slices: only ``recordings.retention`` and
    ``recordings.listing`` use ``everything``. ``findings_version`` is the form of the findings: 1 where some
    may be stored with their sentences, below 3 where ``gravest`` of some events may not be computed.
    ``muted`` is a bitmask of the groups of findings that are not shown (``events.verdict.muting``).
    ``unsettled`` is above 0 while findings across events are still to be brought up to date.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key)
    name = models.CharField(max_length=200)
    capture_key = models.CharField(max_length=64)
    capture_digest = models.CharField(max_length=64, unique=True)
    edition = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now)
    last_event_at = models.DateTimeField(null=True)
    last_seq = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    last_change = models.BigIntegerField(default=0)
    person = models.CharField(max_length=80, default="", db_default="")
    colour = models.CharField(max_length=16, default="", db_default="")
    site = models.CharField(max_length=300, default="", db_default="")
    tags = models.TextField(default="[]", db_default="[]")
    bytes = models.BigIntegerField(default=0, db_default=0)
    pinned = models.BooleanField(default=False, db_default=False)
    strip = models.BooleanField(default=False, db_default=False)
    strip_text = models.BooleanField(default=False, db_default=False)
    imported_from = models.CharField(max_length=200, default="", db_default="")
    findings_version = models.SmallIntegerField(default=3, db_default=1)
    muted = models.SmallIntegerField(default=0, db_default=0)
    unsettled = models.BigIntegerField(default=0, db_default=0)
    stopped_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Recording"]] = _NotDeleted()
    everything: ClassVar[models.Manager["Recording"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="recording_newest")]

    def __str__(self) -> str:
        return self.name


class PageLoad(models.Model):
    """One load of one page under test. ``missing`` is JSON: the ranges [[first, last], …] not arrived.

    ``frame``: the page was not the window's top page. Where the last events are missing, ``tail_after`` is
    the sequence number after which the gap is shown, and ``change`` the recording's number for the latest
    change of the gap.

    For ``no_page_view``: ``site`` is a digest of the page's host, None where the rule does not look at the
    page load (a frame, no host, stored by a version without the rule); ``first_seq``, ``opened_at`` and
    ``opened_n`` are the number, the time and ``n`` of its first event; ``viewed``: it fired page_view.
    """

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="page_loads")
    page_id = models.CharField(max_length=64)
    url = models.TextField()
    title = models.TextField()
    referrer = models.TextField()
    started_at = models.DateTimeField()
    last_n = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    missing = models.TextField(default="[]")
    frame = models.BooleanField(default=False)
    tail_after = models.BigIntegerField(null=True)
    change = models.BigIntegerField(default=0)
    site = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_n = models.BigIntegerField(default=0, db_default=0)
    first_seq = models.BigIntegerField(default=0, db_default=0)
    viewed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "page_id"], name="page_load_once")]
        indexes = [
            models.Index(
                fields=["recording", "tail_after"],
                name="page_load_tail",
                condition=models.Q(tail_after__isnull=False),
            ),
            models.Index(
                fields=["recording", "change"],
                name="page_load_change",
                condition=models.Q(tail_after__isnull=False),
            ),
            models.Index(
                fields=["recording", "site", "opened_at", "page_id"],
                name="page_load_site",
                condition=models.Q(site__isnull=False),
            ),
        ]

    @property
    def tail(self) -> tuple[int, int] | None:
        """The range (first, last) of missing last events, once the page reported its end; else None."""
        if self.tail_after is None or self.missing == "[]":
            return None
        first, last = json.loads(self.missing)[-1]
        return (first, last) if last == self.last_n else None


class Event(models.Model):
    """One captured event. The JSON columns are text: no query reads inside them.

    ``called``, ``sent`` and ``automatic`` are the parameters as the page passed them, as they were on the
    wire, and those that the page-side script observed the client to add; ``permanent`` are the properties set
    before with ``setProperty``; "" where there is none. ``delivery`` is the fate of the call's request: seen
    (``sent``, to ``sent_to``), not sent by the page (``unsent``), or unknown (""). ``seen``: "queue" where no
    hook saw the call, and it was read from the client's queue afterwards; else "". ``container`` is the site
    and number of the container whose tag fired the event. ``change`` is the recording's number for the latest
    change of the event after it was stored, 0 where there was none. ``unknown`` is a JSON list of the JSON
    Pointers of values that pasted code does not tell (``events.verdict.unknown``); "" where there are none.

    ``occurrence`` tells different events of one ``event_id`` apart: a digest of the event's content (see
    ``events.judging.content``), 0 for an event that was stored by a version without digests. ``gravest`` is
    the gravest severity of each group of findings (required, format, values, across), two bits a group from
    the lowest: 0 none, 1 info, 2 warning, 3 error; -1 where it has not been computed. ``sent_id`` is the
    event's id in the client's own request, where the script saw that request, else "".
    """

    # Both columns begin other indexes: an index of their own would only cost each event time and space.
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    event_id = models.CharField(max_length=64)
    page_load = models.ForeignKey(PageLoad, models.CASCADE, null=True, related_name="events", db_index=False)
    n = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    verdict = models.CharField(max_length=8)
    findings = models.TextField()
    called = models.TextField()
    sent = models.TextField()
    automatic = models.TextField()
    permanent = models.TextField(default="")
    delivery = models.CharField(max_length=8, default="")
    seen = models.CharField(max_length=8, default="", db_default="")
    sent_to = models.TextField(default="")
    container = models.CharField(max_length=64, default="")
    change = models.BigIntegerField(default=0)
    page_url = models.TextField()
    call_site = models.TextField()
    source = models.CharField(max_length=16)
    fired_at = models.DateTimeField()
    received_at = models.DateTimeField()
    occurrence = models.BigIntegerField(default=0, db_default=0)
    sent_id = models.CharField(max_length=64, default="", db_default="")
    gravest = models.SmallIntegerField(default=-1, db_default=-1)
    unknown = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "seq"], name="event_seq_once"),
            models.UniqueConstraint(fields=["recording", "event_id", "occurrence"], name="event_once"),
        ]
        indexes = [
            models.Index(fields=["page_load", "n"], name="event_page_n"),
            models.Index(
                fields=["recording", "change"], name="event_change", condition=models.Q(change__gt=0)
            ),
            models.Index(fields=["recording", "verdict", "seq", "gravest"], name="event_verdict"),
            models.Index(fields=["recording", "name", "verdict", "seq", "gravest"], name="event_name"),
        ]


class ChainEntry(models.Model):
    """An event in a chain: those with one ``key`` that a rule across events compares.

    See ``events.verdict.across``: ``at``, ``tie`` and ``rest`` are the event's position, ``value`` a digest
    of 24 bits of what is compared. ``recording`` is a primary key without a constraint: one index serves all.
    On SQLite the table has no row ids, so that a row is an entry of that index and nothing else.
    """

    pk = models.CompositePrimaryKey("recording", "key", "at", "tie", "rest")
    recording = models.BigIntegerField()
    key = models.BigIntegerField()
    at = models.BigIntegerField()
    tie = models.BigIntegerField()
    rest = models.BigIntegerField()
    seq = models.BigIntegerField()
    value = models.IntegerField()


class Tally(models.Model):
    """The number of events of one name, verdict and ``Event.gravest``, updated by each write of events.

    Verdicts under muted groups are counted from these rows. The columns of findings hold their number by
    group: 0 where ``gravest`` is -1, not computed.
    """

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="tallies")
    name = models.CharField(max_length=200)
    verdict = models.CharField(max_length=8)
    gravest = models.SmallIntegerField(default=-1, db_default=-1)
    count = models.BigIntegerField(default=0)
    required_findings = models.BigIntegerField(default=0, db_default=0)
    format_findings = models.BigIntegerField(default=0, db_default=0)
    values_findings = models.BigIntegerField(default=0, db_default=0)
    across_findings = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "name", "verdict", "gravest"], name="tally_once")
        ]


class Report(models.Model):
    """A problem that the page-side script reported on one site: latest time and number of reports."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="reports")
    code = models.CharField(max_length=32)
    site = models.CharField(max_length=300)
    detail = models.TextField()
    page_url = models.TextField()
    count = models.BigIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "code", "site"], name="report_once")]


class Share(models.Model):
    """A link that shows one recording, or a part of it, without a login. Its token is not stored.

    ``digest`` is the token's hash, ``password`` a Django password hash or "". ``seq`` is the only event that
    is shared, ``query`` the dashboard's filter as a query string; neither: the whole recording. ``masked`` is
    a JSON list of the kinds of personal values that are masked for viewers.
    """

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="shares")
    digest = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=256, default="")
    label = models.CharField(max_length=200, default="")
    seq = models.BigIntegerField(null=True)
    query = models.TextField(default="")
    masked = models.TextField(default="[]")
    views = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_viewed_at = models.DateTimeField(null=True)


class StripPart(models.Model):
    """A part of one page load's session replay: rrweb events as compressed JSON; ``n`` orders the parts.

    ``first_at`` and ``last_at`` are times of the page's clock.
    """

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="strip_parts")
    page_id = models.CharField(max_length=64)
    n = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    bytes = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "page_id", "n"], name="strip_part_once")]
