"""Django's settings with their reasons. ``inspector.serving.limits`` declares the limits.

``ENVIRONMENT`` declares each environment variable once; /help/configuration/ lists them.
"""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from events.reference import DEFAULT as FIRST_EDITION
from events.reference import editions
from inspector.serving.addresses import is_loopback, lan_addresses, listens_everywhere
from inspector.serving.environment import ENVIRONMENT
from inspector.serving.limits import *  # noqa: F403  # Django reads its settings from one module: this one
from inspector.serving.limits import MAX_REQUEST_BYTES, SESSION_DAYS

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = ENVIRONMENT.text(
    "HOST", "127.0.0.1", "The address to listen on. Any but this machine's own asks for a login."
)
PORT = ENVIRONMENT.number("PORT", 8000, "The port to listen on.")
DATA_DIR = Path(
    ENVIRONMENT.text(
        "DATA_DIR",
        str(BASE_DIR / ".data"),
        "The folder of the SQLite database, the secret key and the browsers that `open` starts.",
        shown=".data",
    )
).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
_DATABASE_URL = ENVIRONMENT.text(
    "DATABASE_URL",
    "",
    "The database, as `postgres://user@host/name`. Several server processes need PostgreSQL.",
    shown="SQLite in DATA_DIR",
)
_REDIS_URL = ENVIRONMENT.text(
    "REDIS_URL",
    "",
    "The channel layer and the counts of failed logins, as `redis://host/0`, for several server processes.",
    shown="in memory",
)
# A server that is bound to loopback needs no login; one that other machines can reach does. LOGIN=1 is for a
# server on loopback behind a proxy that other machines can reach.
LOGIN = ENVIRONMENT.switch(
    "LOGIN",
    "`1` asks for a login on this machine's own address too: for a proxy on the same machine.",
    shown="by HOST",
) or not is_loopback(HOST)
TRUST_PROXY = ENVIRONMENT.switch(
    "TRUST_PROXY",
    "`1` behind a proxy that ends TLS and always sets `X-Forwarded-Proto` and `X-Forwarded-For` itself.",
)
_FURTHER_HOSTS = ENVIRONMENT.text(
    "ALLOWED_HOSTS",
    "",
    "Further host names for the pages, separated by commas.",
    shown="localhost, 127.0.0.1, [::1] and HOST",
)
TLS_CERT = ENVIRONMENT.text(
    "TLS_CERT", "", "The certificate as a PEM file: with TLS_KEY the server speaks https.", shown="none: http"
)
TLS_KEY = ENVIRONMENT.text(
    "TLS_KEY", "", "The certificate's key as a PEM file without a password.", shown="none: http"
)
_LOGIN_OVER_HTTPS = LOGIN and (TRUST_PROXY or bool(TLS_CERT))
CHROMIUM = ENVIRONMENT.text(
    "CHROMIUM", "", "The browser that `./manage.py open` starts.", shown="the first one on PATH"
)
EDITION = ENVIRONMENT.text(
    "EDITION",
    FIRST_EDITION,
    "The edition of the events reference by which new recordings are judged, where nobody chooses one.",
)
if EDITION not in editions():
    raise ImproperlyConfigured(f"EDITION={EDITION} is no edition: there is {', '.join(editions())}.")
RRWEB_DIR = Path(
    ENVIRONMENT.text(
        "RRWEB_DIR",
        str(BASE_DIR / ".rrweb"),
        "The folder of the library that records what is on screen; `make replay` fills it.",
        shown=".rrweb",
    )
).resolve()
DEBUG = ENVIRONMENT.switch("DEBUG", "`1` shows tracebacks: for work on the inspector itself.")


def _kept_secret_key() -> str:
    """The secret key in DATA_DIR: generated at the first start, readable by the file's owner alone."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        with NamedTemporaryFile("w", dir=DATA_DIR) as file, suppress(FileExistsError):
            file.write(get_random_secret_key())
            file.flush()
            os.link(file.name, path)  # atomic: complete, and made once where two processes start together
    return path.read_text()


SECRET_KEY = (
    ENVIRONMENT.text("SECRET_KEY", "", "Django's secret key.", shown="made once and kept in DATA_DIR")
    or _kept_secret_key()
)

# Only these host names are accepted: a foreign page that points its own name at this machine (DNS rebinding)
# is refused. The capture addresses accept any host, since they require a key.
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    # This machine's own addresses are safe: DNS rebinding needs a foreign name.
    *(lan_addresses() if listens_everywhere(HOST) else [HOST]),
    *filter(None, _FURTHER_HOSTS.split(",")),
]

INSTALLED_APPS = [
    "daphne",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "ninja",
    "events",
    "inspector",  # before Django's accounts, whose createsuperuser it extends
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
MIDDLEWARE = [
    "django_htmx.middleware.HtmxMiddleware",  # first: error pages depend on request.htmx, too
    "django.middleware.security.SecurityMiddleware",
    "inspector.serving.headers.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["django.contrib.sessions.middleware.SessionMiddleware"] if LOGIN else []),
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    *(["django.contrib.auth.middleware.AuthenticationMiddleware"] if LOGIN else []),
    *(["inspector.auth.middleware.LoginMiddleware"] if LOGIN else []),
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "events.api.errors.wrong_method",
]
ROOT_URLCONF = "inspector.urls"
ASGI_APPLICATION = "inspector.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # the API's documentation page comes with django-ninja
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
            "builtins": ["inspector.templatetags.inspector"],
        },
    },
    {
        "NAME": "rows",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "inspector.jinja.environment"},
    },
]

# SQLite needs no installation. IMMEDIATE because every write transaction reads a counter first; WAL so that
# dashboards read while events are stored; NORMAL because WAL then still survives a crash. No pragma here may
# write to the file (auto_vacuum would): each thread's first query would wait for the current writer. The
# server sets auto_vacuum on a new file, `prune --vacuum` on a large old one.
_SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "inspector.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;"
        ),
    },
}


def _parse_database_url(url: str) -> dict[str, Any]:
    """Django's settings of the database at ``url``. Raises ImproperlyConfigured for another text."""
    try:
        return dict(dj_database_url.parse(url, conn_health_checks=True))
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from None


DATABASES: dict[str, Any] = {"default": _parse_database_url(_DATABASE_URL) if _DATABASE_URL else _SQLITE}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Opening a connection costs more than most queries. All threads share the pool: under ASGI each request
    # has a thread of its own, so that connections per thread would accumulate. While PostgreSQL is down, a
    # request waits 5 s for a connection. The pool lengthens the pause between its attempts to connect; it
    # gives up after 2 s and the next request starts anew, so that it reconnects once PostgreSQL is up.
    _OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
    _OPTIONS["pool"] = {"min_size": 1, "max_size": 10, "timeout": 5, "reconnect_timeout": 2}
    _OPTIONS.setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The channel layer carries only wake-ups, so that a full or restarted layer loses no event.
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # Longer than the 5 s that the layer waits for a message: else redis-py would time out just before it.
        "CONFIG": {"hosts": [{"address": _REDIS_URL, "socket_timeout": 30, "socket_connect_timeout": 3}]},
    }
    if _REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# Counts attempts at passwords; in Redis, so that several server processes share the counts.
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _REDIS_URL,
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 3},
        "KEY_PREFIX": "cact",
    }
    if _REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {
            "MAX_ENTRIES": 100_000
        },  # with fewer, attempts at many invented account names would evict each other's counts
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Serves files from their own folders, those of Python packages included: no collectstatic step.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False  # only the capture addresses are open to other origins
WHITENOISE_MAX_AGE = 0  # browsers revalidate each time: after an update no page mixes old and new scripts

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# Where TLS ends at a proxy, only this header says that the page is on https, and CSRF checks need it. It is
# trusted only with TRUST_PROXY, since a client that reaches the server directly could send it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "inspector.pages.errors.stale_form"

# Lax with a login: a link on another site leads to the page, not to the login form.
LOGIN_URL = "login"
SESSION_COOKIE_AGE = SESSION_DAYS * 86_400
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax" if LOGIN else "Strict"
# With the prefix __Host- browsers accept the cookie only from this host over https, from no sibling domain.
SESSION_COOKIE_NAME = "__Host-cact_session" if _LOGIN_OVER_HTTPS else "cact_session"
CSRF_COOKIE_NAME = "__Host-csrftoken" if _LOGIN_OVER_HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _LOGIN_OVER_HTTPS
# Monitoring requests /healthz over http, and pages under test may load the script over http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^shim/"]
# A month: long enough to protect, short enough to return to http. Never on loopback, where HSTS would apply
# to every other server on this machine, since it ignores the port.
SECURE_HSTS_SECONDS = 30 * 86_400 if _LOGIN_OVER_HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS excludes subdomains: other servers may serve them over http
    "security.W021",  # HSTS preload is for the domain's owner to decide, and slow to undo
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_REQUEST_BYTES
# Streams each uploaded file to disk, whatever its size: the import seeks in it.
FILE_UPLOAD_HANDLERS = ["inspector.serving.uploads.BoundedUpload"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "inspector.serving.log_filter.RedactingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Client errors (4xx) are not logged: their paths hold capture keys.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "daphne.http_protocol": {"level": "WARNING"},
    },
}
