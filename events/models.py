"""What is kept: recordings, page loads, events, and the tallies that make counting free."""

import hashlib
import json
import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

_KEY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no look-alikes: keys are read aloud and typed on phones


def new_key() -> str:
    """A recording's key in addresses: short, easy to read, about 50 bits."""
    return "".join(secrets.choice(_KEY_ALPHABET) for _ in range(10))


def new_capture_key() -> str:
    """A capture key: 160 bits, safe in an address."""
    return secrets.token_urlsafe(20)


def capture_digest(capture_key: str) -> str:
    """What a capture key is looked up by: how long comparing digests takes tells nothing about the key."""
    return hashlib.sha256(capture_key.encode()).hexdigest()


class _Kept(models.Manager["Recording"]):
    """Recordings that nobody has deleted."""

    def get_queryset(self) -> models.QuerySet["Recording"]:
        return super().get_queryset().filter(deleted_at=None)


class Recording(models.Model):
    """One run of captured events.

    ``last_seq`` is the counter that numbers its events, ``last_change`` the one that numbers what became
    known of them later; ``sent`` and ``received`` are the two sides of the loss accounting: how many events
    the pages say they fired, and how many of them are here.

    ``person`` and ``colour`` say whose it is, ``site`` is the host of its first page, ``tags`` a JSON list,
    ``bytes`` what its events take. A recording that is stopped takes no more events; an archived one is out
    of the list; a pinned one does not expire. ``strip``: its pages also record what was on screen, with
    ``strip_text`` its texts too. ``imported_from`` is the file that it was made from. One with ``deleted_at``
    is gone for everybody, its rows go bit by bit: only ``retention.py`` looks at ``everything``.
    ``findings_version`` is the form of its events' findings: 1 where some may be stored with their sentences.
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
    findings_version = models.SmallIntegerField(default=2, db_default=1)
    stopped_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Recording"]] = _Kept()
    everything: ClassVar[models.Manager["Recording"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="recording_newest")]

    def __str__(self) -> str:
        return self.name


class PageLoad(models.Model):
    """One load of one page under test. ``missing`` is JSON: the ranges [[first, last], …] not here.

    ``frame`` says that it is not the window's top page. Where its last events are missing, ``tail_after`` is
    the sequence number after which that is shown, and ``change`` the recording's number for the latest change
    of it.
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
        ]

    @property
    def tail(self) -> tuple[int, int] | None:
        """The numbers of its last events, where these never arrived and the page is known to be over."""
        if self.tail_after is None or self.missing == "[]":
            return None
        first, last = json.loads(self.missing)[-1]
        return (first, last) if last == self.last_n else None


class Event(models.Model):
    """One captured event. The JSON columns are text: the database never needs to look inside them.

    ``called``, ``sent`` and ``automatic`` are the parameters as the page passed them, as they were on the
    wire, and those that the page-side script observed the client to add; ``permanent`` are the properties set
    before with ``setProperty``; "" where there is none. ``delivery`` is what became of the call: its request
    was seen (``sent``, to ``sent_to``), none left the page (``unsent``), or nobody knows (""). ``container``
    is the site and number of the container whose tag fired it. ``change`` is the recording's number for the
    latest of what became known after it was stored, 0 where nothing did.

    ``occurrence`` numbers different events of one ``event_id`` from 0. ``gravest`` is the gravest severity of
    each group of findings (required, format, values, across), two bits a group from the lowest: 0 none,
    1 info, 2 warning, 3 error; -1 where it has not been worked out.
    """

    # Both are the first columns of other indexes: one of their own would only cost each event time and room.
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
    sent_to = models.TextField(default="")
    container = models.CharField(max_length=64, default="")
    change = models.BigIntegerField(default=0)
    page_url = models.TextField()
    call_site = models.TextField()
    source = models.CharField(max_length=16)
    fired_at = models.DateTimeField()
    received_at = models.DateTimeField()
    occurrence = models.SmallIntegerField(default=0, db_default=0)
    gravest = models.SmallIntegerField(default=-1, db_default=-1)

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
            models.Index(fields=["recording", "verdict", "seq"], name="event_verdict_seq"),
            models.Index(fields=["recording", "name", "verdict", "seq"], name="event_name_seq"),
        ]


class Tally(models.Model):
    """How many events of one name and verdict a recording holds, kept up as they are stored."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="tallies")
    name = models.CharField(max_length=200)
    verdict = models.CharField(max_length=8)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "name", "verdict"], name="tally_once")]


class Report(models.Model):
    """What keeps the page-side script from working on one site, as it told; the latest time and how often."""

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
    """A link that shows one recording, or a part of it, to whoever has it. Its token is not kept.

    ``digest`` is the token's hash, ``password`` a Django password hash or "". ``seq`` is the one event that
    is shared, ``query`` the dashboard's filter as a query string; neither: the whole recording. ``masked`` is
    a JSON list of the kinds of personal values that its viewers do not get to see.
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
    """Some of what one page load showed on screen: rrweb events as compressed JSON, in the order of ``n``.

    ``first_at`` and ``last_at`` are the page's own clock.
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
