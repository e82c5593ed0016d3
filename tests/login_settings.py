"""The inspector's settings with a password hash that costs nothing, for servers at which tests log in.

One PBKDF2 hash takes a core a quarter of a second, by intention. ``tests.serving.test_behind_nginx`` logs in
with the inspector's own settings.
"""

from inspector.settings import *  # noqa: F403  # as Django documents for settings that differ in a few names

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
