"""Guessing passwords is slowed down: a number of failures from an address, then a wait.

Counted for an account from an address, and for an address alone, so that nobody can lock out somebody who
comes from elsewhere. A window begins with its first failure; its end is kept, so that whoever has to wait can
be told for how long.
"""

import hashlib
import time
from contextlib import suppress
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


class TooManyTries(Exception):
    """Come back after ``wait`` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait

    @property
    def minutes(self) -> int:
        """The same for people."""
        return -(-self.wait // 60)


class Try:
    """One try at a password, counted before it is looked at, so that many at once count as many.

    Raises TooManyTries, whether or not there is such an account, and whether or not its password is right.
    """

    def __init__(self, request: HttpRequest, account: str) -> None:
        address = client_of(request)
        self._pair, self._address = _key("pair", account, address), _key("address", address)
        # The account first: what is refused there does not use up what others at the address have left.
        for key, most in (
            (self._pair, settings.MAX_LOGIN_TRIES),
            (self._address, settings.MAX_LOGIN_TRIES_PER_ADDRESS),
        ):
            if count(key) > most:
                raise TooManyTries(_seconds_left(key))

    def succeeded(self) -> None:
        """It was right: it does not count, nor do this person's slips before it."""
        cache.delete(self._pair)
        with suppress(ValueError):  # its window has ended meanwhile
            cache.decr(self._address)


def client_of(request: HttpRequest) -> str:
    """Where the request comes from: behind a proxy what the proxy saw, the last one in its list."""
    text = str(request.META.get("REMOTE_ADDR") or "")
    if settings.TRUST_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        text = forwarded or text
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):  # one person has a whole network of these
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return text


def _key(*parts: str) -> str:
    """A cache key that is as long as any other, whatever somebody typed."""
    return f"login:{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"


def count(key: str) -> int:
    """Which try in its window this is; the first one opens it."""
    window = settings.LOGIN_WINDOW_SECONDS
    cache.add(f"{key}:end", time.time() + window, window)
    cache.add(key, 0, window)
    try:
        return cache.incr(key)
    except ValueError:  # the window ended between the two
        return 1


def _seconds_left(key: str) -> int:
    return max(1, int(cache.get(f"{key}:end", 0) - time.time()) + 1)
