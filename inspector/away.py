"""What says that the database or Redis cannot be reached, not that we did something wrong."""

from typing import Final

from django.db import InterfaceError, OperationalError
from redis import RedisError

AWAY: Final = (OperationalError, InterfaceError, RedisError)
