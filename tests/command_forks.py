"""Runs ``manage.py`` commands in forks of one process that has Django loaded; ``tests.commands`` starts it.

Each line of standard input is a JSON object: ``arguments``, ``environment``, and the paths ``stdin``,
``stdout`` and ``stderr``. Each line of standard output is the exit code of one command. The process ends when
its standard input ends.

A fork runs ``manage.py`` from its first line and ends as an interpreter does, so exit code, output and
traceback are those of a new process. The settings are those of this process's own environment.
"""

import gc
import json
import os
import runpy
import sys
import threading
from typing import Any


def main() -> None:
    """Load Django, then fork for each request; the fork returns and runs the end of the module."""
    sys.path[0] = os.getcwd()  # noqa: PTH109  # the folder of manage.py, as when it is run; not that of this file
    _load()
    gc.freeze()  # loaded objects are not collected: forks share their memory, and end sooner
    while line := sys.stdin.readline():
        assert threading.active_count() == 1, "a fork has only one of its parent's threads"
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
            return
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _load() -> None:
    """Import what commands import: the applications, and by the system checks the URL configuration."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    from django.core import checks
    from django.core.management import get_commands, load_command_class

    checks.run_checks()
    for name, application in get_commands().items():
        if application in ("events", "inspector"):
            load_command_class(application, name)


def _become(request: dict[str, Any]) -> None:
    """Replace the streams, the environment and the arguments by those of the command."""
    for number, (name, flags) in enumerate(
        (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY))
    ):
        opened = os.open(request[name], flags)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.update(request["environment"])
    sys.argv = ["manage.py", *request["arguments"]]
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main()
