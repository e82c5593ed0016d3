"""What says that the database cannot be reached or is locked, not that it refused something."""

from typing import Final

from django.db import InterfaceError, OperationalError

AWAY: Final = (OperationalError, InterfaceError)
