#!/usr/bin/env python3
"""Django's command line for Cact Inspector: ``./manage.py`` runs with the interpreter in ``.venv``."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

VENV = Path(__file__).resolve().parent / ".venv"


def require_packages() -> None:
    """Start again with the interpreter in ``.venv`` where this interpreter lacks the server's packages.

    Written for any Python 3: the system's interpreter may be older than the one that ``.venv`` was made from.
    """
    if find_spec("channels"):
        return
    python = VENV / "bin" / "python"
    if not python.exists() or VENV.samefile(sys.prefix):
        sys.exit("Cact Inspector is not installed yet: run `make run` first, which installs it into .venv.")
    os.execv(python, [str(python), *sys.argv])  # noqa: S606  # this project's own interpreter


def main() -> None:
    """Run the command that the arguments name."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a wrong environment variable: its sentence says which
        sys.exit(str(error))
    except KeyboardInterrupt:  # Ctrl-C is no fault that needs a traceback, however early it comes
        sys.exit(130)


if __name__ == "__main__":
    require_packages()
    main()
