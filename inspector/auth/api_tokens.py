"""API tokens: creates, looks up and revokes them. Only their hashes are stored."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from events.recordings.owners import one_line
from inspector.models import LABEL_LENGTH, AccessToken

#: Begins each token, so that people and secret scanners recognise it.
PREFIX: Final = "cact_"
_BYTES: Final = 32
_LONGEST: Final = 200  # characters; a longer text is no token
_USED_EVERY: Final = timedelta(minutes=1)


class TooManyTokens(Exception):
    """The account has MAX_TOKENS already."""


def make_token(owner: User, label: str) -> str:
    """Create a token and return it: it cannot be read again. Raises TooManyTokens."""
    if owner.tokens.count() >= settings.MAX_TOKENS:
        raise TooManyTokens
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    clean = one_line(label)[:LABEL_LENGTH].strip() or "no label"
    AccessToken.objects.create(owner=owner, label=clean, digest=_digest(token))
    return token


def owner_of(token: str) -> User | None:
    """The owner of a token, whose time of use is stored; None for an unknown, revoked or inactive one."""
    if len(token) > _LONGEST:
        return None
    found = AccessToken.objects.select_related("owner").filter(digest=_digest(token)).first()
    if found is None or not found.owner.is_active:
        return None
    now = timezone.now()
    if found.used_at is None or found.used_at < now - _USED_EVERY:
        AccessToken.objects.filter(
            Q(used_at__isnull=True) | Q(used_at__lt=now - _USED_EVERY), pk=found.pk
        ).update(used_at=now)
    return found.owner


def revoke(owner: User, pk: int) -> None:
    """Revoke a token at once; does nothing where the owner has no such token."""
    owner.tokens.filter(pk=pk).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
