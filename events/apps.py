"""The lower room as a Django app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers the checks: a broken reference fails at ``manage.py check``, not at the first event."""

    name = "events"

    def ready(self) -> None:
        """Import for its side effect: the check registers itself."""
        from events import checks  # noqa: F401  # Django wants this import only once apps are loading
