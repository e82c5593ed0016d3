"""What says that the database or Redis cannot be reached, not that we did something wrong."""

from typing import Final

from redis import RedisError

from events.db.errors import DATABASE_UNAVAILABLE

AWAY: Final = (*DATABASE_UNAVAILABLE, RedisError)
