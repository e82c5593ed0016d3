"""Wakes the background task that brings findings across events up to date: ``recordings.settling``."""

from collections.abc import Callable
from typing import Final

from django.db import transaction

#: What is called after the commit of a transaction that leaves findings to the background task.
listeners: Final[list[Callable[[], None]]] = []


def wake_settling() -> None:
    """Wake the task once the current transaction is committed."""
    transaction.on_commit(lambda: [listener() for listener in listeners])
