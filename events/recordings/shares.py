"""Share links: makes, finds, counts and revokes them. Only the hash of a link's token is stored."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, QuerySet
from django.utils import timezone

from events.models import Recording, Share
from events.recordings.filter import Filter
from events.recordings.filter_parameters import InvalidFilter, parse_filter
from events.recordings.owners import one_line
from events.redaction import KINDS
from events.store.wakeups import announce

_TOKEN_BYTES: Final = 32  # 256 bits: it cannot be guessed
_LONGEST_LABEL: Final = 100


class NoSuchShare(LookupError):
    """No link has this token."""


class ShareOver(LookupError):
    """The link was revoked or has expired."""


class TooManyShares(ValueError):
    """The recording has as many links as it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRequest:
    """The settings of a new link, which shows one event (``seq``), those of a filter (``query``), or all.

    ``masked`` are the kinds of personal values to mask; ``days`` the days until the link expires, 0 for the
    default.
    """

    seq: int | None = None
    query: str = ""
    masked: Iterable[str] = KINDS
    days: int = 0
    password: str = ""
    label: str = ""


def draft_share(recording: Recording, asked: ShareRequest) -> Share:
    """A share for a preview: not saved, without a token. Raises InvalidFilter."""
    masked = frozenset(asked.masked)
    days = min(max(asked.days, 1), settings.MAX_SHARE_DAYS) if asked.days else settings.SHARE_DAYS
    return Share(
        recording=recording,
        label=one_line(asked.label)[:_LONGEST_LABEL],
        seq=asked.seq,
        query="" if asked.seq is not None else parse_filter(asked.query).query_string(),
        masked=orjson.dumps([kind for kind in KINDS if kind in masked]).decode(),
        expires_at=timezone.now() + timedelta(days=days),
    )


def create_share(recording: Recording, asked: ShareRequest) -> tuple[Share, str]:
    """Create a link; return it with its token, which is not stored.

    Raises TooManyShares and InvalidFilter.
    """
    if recording.shares.count() >= settings.MAX_SHARES:
        raise TooManyShares
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    share = draft_share(recording, asked)
    share.digest = _digest(token)
    share.password = make_password(asked.password) if asked.password else ""
    share.save()
    return share, token


def find_share(token: str) -> Share:
    """The link with this token. Raises NoSuchShare, and ShareOver for one that has ended."""
    # The search is by hash, so that the time of the comparison reveals nothing about the token.
    share = _shares().filter(digest=_digest(token)).first()
    if share is None:
        raise NoSuchShare
    return _open(share)


def reread(share: int) -> Share:
    """Read the link with this primary key. Raises ShareOver."""
    found = _shares().filter(pk=share).first()
    if found is None:
        raise ShareOver
    return _open(found)


def is_over(share: Share, now: datetime | None = None) -> bool:
    """True where the link was revoked or has expired."""
    return share.revoked_at is not None or share.expires_at <= (now or timezone.now())


def shared_events(share: Share) -> Filter:
    """The events that a link shows, as a filter."""
    if share.seq is not None:
        return Filter(seq=share.seq)
    try:
        return parse_filter(share.query)
    except InvalidFilter:  # versions before 0.2 could cut a long filter off inside a word
        return Filter(seq=0)  # selects no event; the recording as a whole was not shared


def masked_kinds(share: Share) -> list[str]:
    """The kinds of personal values that the link masks."""
    kinds: list[str] = orjson.loads(share.masked)
    return kinds


def right_password(share: Share, password: str) -> bool:
    """True where ``password`` is the link's password."""
    return check_password(password, share.password)


def count_view(share: Share) -> None:
    """Count one more viewer of the link."""
    Share.objects.filter(pk=share.pk).update(views=F("views") + 1, last_viewed_at=timezone.now())


def revoke_share(recording: Recording, share: int) -> None:
    """End a link at once, also for viewers that are connected."""
    if recording.shares.filter(pk=share, revoked_at=None).update(revoked_at=timezone.now()):
        announce(recording.pk)


def delete_share(recording: Recording, share: int) -> None:
    """Delete a link that has ended."""
    for found in recording.shares.filter(pk=share):
        if is_over(found):
            found.delete()


def _shares() -> QuerySet[Share]:
    """The links of recordings that are not deleted, each with its recording."""
    return Share.objects.select_related("recording").filter(recording__deleted_at=None)


def _open(share: Share) -> Share:
    if is_over(share):
        raise ShareOver
    return share


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
