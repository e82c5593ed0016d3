"""``manage.py serve``: check the deployment, prepare the database, and serve with Daphne in one process."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from events.db.disk import SMALL_FILE_BYTES, can_shrink, database_bytes, make_shrinkable
from events.recordings import newest_recording
from events.recordings.restatement import restating
from events.recordings.retention import tidying
from events.recordings.settling import settling
from inspector.serving import deployment, tls
from inspector.serving.addresses import base_url
from inspector.serving.daphne_extensions import install, require_extension_points
from inspector.serving.migrate import migrate_if_needed


class Command(BaseCommand):
    """Prepare the database, print the addresses, and serve until Ctrl-C."""

    help = "Serve on $HOST:$PORT (127.0.0.1:8000), with the database ready."

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        secure = tls.require_certificate(settings.TLS_CERT, settings.TLS_KEY)
        _require(require_extension_points)
        _require(deployment.require_safe_settings)
        _require_free(host, port)
        _require_database()
        migrate_if_needed(accounts=settings.LOGIN)
        _require(deployment.require_account)
        _let_it_shrink()
        recording = newest_recording()
        connection.close()  # serving uses other threads
        base = base_url(host, port, secure=secure)

        def ready() -> None:
            for warning in deployment.warnings():
                self.stdout.write(warning)
            self.stdout.write(
                "Cact Inspector is ready.\n"
                f"  dashboard  {base}/recordings/{recording.key}/\n"
                f"  demo shop  {base}/demo/\n"
                "Ctrl-C ends it."
            )

        from inspector.asgi import application  # late: its import sets Django up and checks the settings

        server = install()
        tidying.wake()
        restating.wake()
        settling.wake()
        endpoints = build_endpoint_description_strings(host=host, port=port)
        if secure:
            endpoints = [tls.tls_endpoint(plain, settings.TLS_CERT, settings.TLS_KEY) for plain in endpoints]
        server(application, endpoints, ready_callable=ready, verbosity=0).run()


def _require(condition: Callable[[], None]) -> None:
    """Raises CommandError, without a traceback, where a condition of the deployment is not met."""
    try:
        condition()
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from None


def _require_free(host: str, port: int) -> None:
    """Raises CommandError where the server cannot listen on the address, before any other work."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except (OSError, OverflowError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (while")[0]
        raise CommandError(
            f"Cannot listen on {host}:{port} ({reason}). "
            "Stop what runs there, or choose another port: PORT=8001 make run"
        ) from None


def _require_database() -> None:
    """Raises CommandError where the database is unreachable; the pool would retry and hide the reason."""
    backend: Any = connection  # of any vendor: its driver is a DB-API module
    try:
        backend.Database.connect(**backend.get_connection_params()).close()
    except backend.Database.Error as error:
        raise CommandError(f"The database cannot be used: {error}") from None


def _let_it_shrink() -> None:
    """Rewrite a small SQLite file without ``auto_vacuum``; a large one needs ``prune --vacuum``."""
    if not can_shrink() and database_bytes() < SMALL_FILE_BYTES:
        with suppress(OperationalError):  # another process writes: the next start tries again
            make_shrinkable()
