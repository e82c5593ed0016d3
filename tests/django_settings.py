"""Sets Django up in the tests' process: default settings, and a temporary folder for the database."""

import os
from collections.abc import Callable
from tempfile import TemporaryDirectory

import django


def set_up() -> Callable[[], None]:
    """Set Django up, and return the temporary folder's object. Test modules may import models from now on.

    The developer's environment variables, such as DATABASE_URL, are ignored.
    """
    folder = TemporaryDirectory(prefix="cact-tests-")
    for variable in ("DATABASE_URL", "DEBUG", "HOST", "LOGIN", "REDIS_URL", "SECRET_KEY"):
        os.environ.pop(variable, None)
    os.environ["DATA_DIR"] = folder.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "inspector.settings"
    django.setup()
    return folder.cleanup
