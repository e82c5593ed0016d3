"""Django in the process of the tests: the default settings, and a folder of its own for the database."""

import os
from collections.abc import Callable
from tempfile import TemporaryDirectory

import django


def set_up() -> Callable[[], None]:
    """Set Django up, and return what removes its folder. Test modules may import models from now on.

    What the developer's own environment sets, as a database, is not for tests.
    """
    folder = TemporaryDirectory(prefix="cact-tests-")
    for variable in ("DATABASE_URL", "DEBUG", "HOST", "LOGIN", "REDIS_URL", "SECRET_KEY"):
        os.environ.pop(variable, None)
    os.environ["DATA_DIR"] = folder.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "inspector.settings"
    django.setup()
    return folder.cleanup
