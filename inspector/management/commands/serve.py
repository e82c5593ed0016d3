"""``manage.py serve``: everything that ``make run`` starts, in one process."""

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
from events.recordings.retention import tidying
from inspector.serving import deployment, tls
from inspector.serving.addresses import base_url
from inspector.serving.daphne_extensions import install, require_extension_points
from inspector.serving.migrate import migrate_if_needed


class Command(BaseCommand):
    """Prepare the database, say where everything is, and serve until somebody presses Ctrl-C."""

    help = "Serve on $HOST:$PORT (127.0.0.1:8000), with the database ready."

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        secure = tls.expect_certificate(settings.TLS_CERT, settings.TLS_KEY)
        _expect(require_extension_points)
        _expect(deployment.expect_safe_settings)
        _expect_free(host, port)
        _expect_database()
        migrate_if_needed(accounts=settings.LOGIN)
        _expect(deployment.expect_account)
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

        from inspector.asgi import application  # here, since it sets Django up, which manage.py has done

        server = install()
        tidying.wake()
        endpoints = build_endpoint_description_strings(host=host, port=port)
        if secure:
            endpoints = [tls.secured(plain, settings.TLS_CERT, settings.TLS_KEY) for plain in endpoints]
        server(application, endpoints, ready_callable=ready, verbosity=0).run()


def _expect(condition: Callable[[], None]) -> None:
    """Raise CommandError where a condition of the deployment is not met: one sentence, no traceback."""
    try:
        condition()
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from None


def _expect_free(host: str, port: int) -> None:
    """Raise CommandError where the address cannot be had, before anything else is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except (OSError, OverflowError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (while")[0]
        raise CommandError(
            f"Cannot listen on {host}:{port} ({reason}). "
            "Stop what runs there, or choose another port: PORT=8001 make run"
        ) from None


def _expect_database() -> None:
    """Raise CommandError where the database cannot be had; the pool would try for long, and not say why."""
    backend: Any = connection  # whichever it is, its driver is a DB-API module
    try:
        backend.Database.connect(**backend.get_connection_params()).close()
    except backend.Database.Error as error:
        raise CommandError(f"The database cannot be used: {error}") from None


def _let_it_shrink() -> None:
    """Rewrite a small file from before files could shrink; a large one waits for ``prune --vacuum``."""
    if not can_shrink() and database_bytes() < SMALL_FILE_BYTES:
        with suppress(OperationalError):  # another process writes: then another time
            make_shrinkable()
