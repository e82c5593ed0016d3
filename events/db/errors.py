"""Exceptions that mean "database unreachable or locked", in contrast to a rejected statement."""

from typing import Final

from django.db import InterfaceError, OperationalError

DATABASE_UNAVAILABLE: Final = (OperationalError, InterfaceError)
