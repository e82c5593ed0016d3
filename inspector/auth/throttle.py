"""Limits password guessing: after a number of failures, logging in from an address has to wait.

Failures are counted for each account and address, and for each address alone, so that an attacker elsewhere
cannot lock out the owner of an account. A window begins with its first failure; its end is stored, so that
the page can say how long to wait. django-axes would bring tables, signals and an admin for this one form, and
django-ratelimit does not count by account and address.
"""

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


class TooManyTries(Exception):
    """Too many failures: the next attempt is possible in ``wait`` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait

    @property
    def minutes(self) -> int:
        """The wait in minutes, rounded up."""
        return -(-self.wait // 60)


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A counted attempt to log in; ``pair`` and ``address`` are the cache keys that count it."""

    pair: str
    address: str

    def succeeded(self) -> None:
        """Take a right password off the counts, with this person's wrong ones before it."""
        cache.delete(self.pair)
        with suppress(ValueError):  # the window of the address has ended meanwhile
            cache.decr(self.address)


def count_attempt(request: HttpRequest, account: str) -> LoginAttempt:
    """Count an attempt before its password is checked, so that many at once count as many.

    Raises TooManyTries where one of the limits is passed, whether or not the account exists and the password
    is right.
    """
    client = client_of(request)
    attempt = LoginAttempt(_key("pair", account, client), _key("address", client))
    # The account first: an attempt refused there does not use up the limit of others at the address.
    for key, most in (
        (attempt.pair, settings.MAX_LOGIN_TRIES),
        (attempt.address, settings.MAX_LOGIN_TRIES_PER_ADDRESS),
    ):
        if count(key) > most:
            raise TooManyTries(_seconds_left(key))
    return attempt


def client_of(request: HttpRequest) -> str:
    """The client's address, an IPv6 one as its /64 network; behind a trusted proxy, the one that it saw."""
    text = str(request.META.get("REMOTE_ADDR") or "")
    if settings.TRUST_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        text = forwarded or text
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):  # a single client has a whole /64 network
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return text


def _key(*parts: str) -> str:
    """A cache key of fixed length, whatever the account's name is."""
    return f"login:{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"


def count(key: str) -> int:
    """Count one more under ``key``, and return how many there are in its window; the first opens it."""
    window = settings.LOGIN_WINDOW_SECONDS
    cache.add(f"{key}:end", time.time() + window, window)
    cache.add(key, 0, window)
    try:
        return cache.incr(key)
    except ValueError:  # the window ended between the two
        return 1


def _seconds_left(key: str) -> int:
    return max(1, int(cache.get(f"{key}:end", 0) - time.time()) + 1)
