"""The exceptions that mean "database or Redis unavailable", in contrast to a bug."""

from typing import Final

from redis import RedisError

from events.db.errors import DATABASE_UNAVAILABLE

UNAVAILABLE: Final = (*DATABASE_UNAVAILABLE, RedisError)
