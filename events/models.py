"""What is kept: recordings, page loads, events, and the tallies that make counting free."""

import hashlib
import secrets

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


class Recording(models.Model):
    """One run of captured events.

    ``last_seq`` is the counter that numbers its events; ``sent`` and ``received`` are the two sides of the
    loss accounting: how many events the pages say they fired, and how many of them are here.
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

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="recording_newest")]

    def __str__(self) -> str:
        return self.name


class PageLoad(models.Model):
    """One load of one page under test. ``missing`` is JSON: the ranges [[first, last], …] not here."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="page_loads")
    page_id = models.CharField(max_length=64)
    url = models.TextField()
    title = models.TextField()
    referrer = models.TextField()
    started_at = models.DateTimeField()
    last_n = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    missing = models.TextField(default="[]")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "page_id"], name="page_load_once")]


class Event(models.Model):
    """One captured event. The JSON columns are text: the database never needs to look inside them.

    ``called``, ``sent`` and ``automatic`` are the parameters as the page passed them, as they were on the
    wire, and those that the page-side script observed the client to add; "" where there is none.
    """

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    event_id = models.CharField(max_length=64)
    page_load = models.ForeignKey(PageLoad, models.CASCADE, null=True, related_name="events")
    n = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    verdict = models.CharField(max_length=8)
    findings = models.TextField()
    called = models.TextField()
    sent = models.TextField()
    automatic = models.TextField()
    page_url = models.TextField()
    call_site = models.TextField()
    source = models.CharField(max_length=16)
    fired_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "seq"], name="event_seq_once"),
            models.UniqueConstraint(fields=["recording", "event_id"], name="event_once"),
        ]
        indexes = [models.Index(fields=["page_load", "n"], name="event_page_n")]


class Tally(models.Model):
    """How many events of one name and verdict a recording holds, kept up as they are stored."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="tallies")
    name = models.CharField(max_length=200)
    verdict = models.CharField(max_length=8)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "name", "verdict"], name="tally_once")]
