"""Configures the lower room as a Django app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers the checks: a broken reference fails at ``manage.py check``, not at the first event."""

    name = "events"

    def ready(self) -> None:
        from events import checks  # noqa: F401  # registers the checks; needs loaded models
