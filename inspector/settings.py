"""Everything that can be set, with its reason. Values come from the environment; see the README's table."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import dj_database_url
from django.core.management.utils import get_random_secret_key

from inspector.serving.addresses import is_loopback, lan_addresses, listens_everywhere

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret_key() -> str:
    """The secret key of this installation: made at the first start, readable by its owner alone."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        with NamedTemporaryFile("w", dir=DATA_DIR) as file, suppress(FileExistsError):
            file.write(get_random_secret_key())
            file.flush()
            os.link(file.name, path)  # appears whole, and only once if two processes start together
    return path.read_text()


HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
CHROMIUM = os.environ.get("CHROMIUM", "")  # the browser of `manage.py open`; else the first one on PATH
RRWEB_DIR = Path(os.environ.get("RRWEB_DIR") or BASE_DIR / ".rrweb").resolve()  # what `make strip` brings
TLS_CERT = os.environ.get("TLS_CERT", "")  # both name PEM files: then it serves https, else http
TLS_KEY = os.environ.get("TLS_KEY", "")
TRUST_PROXY = os.environ.get("TRUST_PROXY") == "1"
# Whoever sits at the machine may do everything; whoever comes over a network logs in. What it is bound to
# decides; LOGIN=1 is for a proxy on this machine, which others reach and which reaches us on loopback.
LOGIN = not is_loopback(HOST) or os.environ.get("LOGIN") == "1"
_LOGIN_OVER_HTTPS = LOGIN and (TRUST_PROXY or bool(TLS_CERT))
SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret_key()
DEBUG = os.environ.get("DEBUG") == "1"

# Only these names may be in the address bar: a foreign page that points its own name at this machine
# (DNS rebinding) is refused. The capture addresses take any host, since they ask for a key.
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    # Its own addresses are no names that somebody else could point here.
    *(lan_addresses() if listens_everywhere(HOST) else [HOST]),
    *filter(None, os.environ.get("ALLOWED_HOSTS", "").split(",")),
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
    "django.middleware.security.SecurityMiddleware",
    "inspector.serving.headers.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["django.contrib.sessions.middleware.SessionMiddleware"] if LOGIN else []),
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    *(["django.contrib.auth.middleware.AuthenticationMiddleware"] if LOGIN else []),
    *(["inspector.auth.middleware.LoginMiddleware"] if LOGIN else []),
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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

# Nothing to install but Python: SQLite. IMMEDIATE because every write transaction reads a counter first;
# WAL so that dashboards read while events are stored; NORMAL because WAL then still survives a crash.
# Nothing that writes may stand here (auto_vacuum does, and is kept in the file): each thread's first query
# would wait for whoever writes. The server makes a new file shrinkable, `prune --vacuum` a large old one.
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
_DATABASE_URL = os.environ.get("DATABASE_URL")
DATABASES: dict[str, Any] = {
    "default": dict(dj_database_url.parse(_DATABASE_URL, conn_health_checks=True))
    if _DATABASE_URL
    else _SQLITE
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Opening a connection costs more than most of our queries. The pool is shared by all threads: under ASGI
    # each request has a thread of its own, so connections that live as long as their thread would pile up.
    # While the server is away a request waits 5 s for one. Between its tries to connect the pool pauses for
    # ever longer: given up after 2 s and begun anew by the next request, it is back as soon as the server is.
    _OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
    _OPTIONS["pool"] = {"min_size": 1, "max_size": 10, "timeout": 5, "reconnect_timeout": 2}
    _OPTIONS.setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The channel layer carries wake-ups only, so a full or restarted one loses no event.
_REDIS_URL = os.environ.get("REDIS_URL")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # The layer waits up to 5 s for a message; redis-py gives up on a silent connection just then.
        "CONFIG": {"hosts": [{"address": _REDIS_URL, "socket_timeout": 30, "socket_connect_timeout": 3}]},
    }
    if _REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# Counts tries at passwords: with several server processes in Redis, where all of them see them.
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
        },  # with few, many made-up names would push each other's counts out
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from where the files lie, also those inside Python packages: no collecting step, works offline.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False  # only the capture addresses answer pages from elsewhere
WHITENOISE_MAX_AGE = 0  # browsers ask each time: after an update no page runs half on old scripts

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# Limits. Each is in the README; tests hold the two together.
MAX_REQUEST_BYTES = 500_000  # the vendor's own limit for a batch: what passes here passes there
# From a request's first line on; a larger one gets a second more for each so many bytes of it. Who sends byte
# by byte holds a connection: thousands of such clients would keep others out.
MAX_REQUEST_SECONDS = int(os.environ.get("MAX_REQUEST_SECONDS", "30"))
MIN_BYTES_A_SECOND = 10_000  # slower than any network that an upload would be started on
MAX_OPEN_FILES = (
    65_536  # asked of the system, whose own limit is often 1,024: so many may wait and do no harm
)
MAX_EVENT_BYTES = 32_000  # the vendor's own limit for an event: larger ones are stored as unreadable
MAX_EVENTS_PER_REQUEST = 100  # bounds the time that one request may hold the judge and the writer
# A day's HAR with all bodies; it lies on disk once more while it is read.
MAX_IMPORT_BYTES = int(os.environ.get("MAX_IMPORT_BYTES", "200000000"))
MAX_JSON_DEPTH = 64  # far beyond real events, far below what recursion could not take
MAX_FINDINGS_PER_EVENT = 500  # more than a person reads; without it a hostile event grows thirtyfold
MAX_TAGS = 20  # of one recording: more tell nothing apart, and each is a chip in the list
MAX_ROWS_IN_PAGE = 500  # rows in the dashboard's DOM: keeps the browser fast; older ones load on scroll
MAX_ROWS_PER_FRAME = 500  # one socket frame stays well under Daphne's 1 MiB
MAX_FRAMES_UNACKNOWLEDGED = 8  # a page that does not keep up is waited for, not buffered for without bound
FRAME_INTERVAL_MS = 12  # at most one frame per viewer in this time: a screen shows no more than that
MAX_EVENTS_COMPARED = 5_000  # of one recording, beside another one: some seconds, and what memory bears
MAX_BYTES_COMPARED = 20_000_000  # the same limit for large events
# Strips of what was on screen: packed bytes of one recording and of one page load, the seconds of a page load
# (one left open all night is of no use), and what a part may grow to unpacked, which bounds the memory.
MAX_STRIP_BYTES = int(os.environ.get("MAX_STRIP_BYTES", "50000000"))
MAX_STRIP_BYTES_PER_PAGE = int(os.environ.get("MAX_STRIP_BYTES_PER_PAGE", "3000000"))
MAX_STRIP_SECONDS = int(os.environ.get("MAX_STRIP_SECONDS", "600"))
MAX_STRIP_PART_BYTES = 8_000_000
SHARE_DAYS = int(os.environ.get("SHARE_DAYS", "30"))  # a link that nobody remembers should not work for ever
MAX_SHARE_DAYS = 365  # the longest that somebody may choose
MAX_SHARES = 100  # links of one recording: more than a person oversees, and each is a way in
MAX_PASSWORD_TRIES = 10  # of one client at one share's password in 15 minutes: too few to guess one
SHARE_ACCESS_SECONDS = 4 * 60 * 60  # for so long a browser need not be told a share's password again
MAX_EVENTS_SEARCHED = 2_000  # of a masked share, the latest: each has to be masked before it can be searched
RETENTION_DAYS = int(os.environ.get("RETENTION_DAYS", "30"))  # recordings hold personal data: not for ever

MAX_LOGIN_TRIES = 10  # at one account from one address in a window: slips pass, guessing does not
MAX_LOGIN_TRIES_PER_ADDRESS = 50  # from one address at any: an office has one address, and so has a guesser
LOGIN_WINDOW_SECONDS = 900  # so 1,000 guesses a day at most, against passwords that common lists do not hold
MAX_TOKENS = 50  # of one account: more are not tended by anybody
SESSION_DAYS = 14  # without a visit: then whoever finds the browser open has to log in

# Where TLS ends at a proxy, only this header says that the page is on https, and forms are refused without
# it. Believed only when asked to, since whoever reaches us directly could send it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "inspector.pages.errors.stale_form"

# Lax where people log in: a link in a ticket leads to the page, not to the login.
LOGIN_URL = "login"
SESSION_COOKIE_AGE = SESSION_DAYS * 86_400
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax" if LOGIN else "Strict"
# Names that browsers only take from this very host over https: no other name beside it can plant them.
SESSION_COOKIE_NAME = "__Host-cact_session" if _LOGIN_OVER_HTTPS else "cact_session"
CSRF_COOKIE_NAME = "__Host-csrftoken" if _LOGIN_OVER_HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _LOGIN_OVER_HTTPS
# Whoever looks after the server asks without https; pages under test may load the script without it.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^shim/"]
# A month: long enough to protect, short enough to go back. Never on loopback, where it would reach every
# other server of this machine, whatever its port.
SECURE_HSTS_SECONDS = 30 * 86_400 if _LOGIN_OVER_HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # names below ours are not ours: what they serve without https must go on
    "security.W021",  # a browser's built-in list is for the domain's owner to join, and hard to leave
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_REQUEST_BYTES
# What is imported goes to disk as it arrives, whatever its size: reading it jumps about in a real file.
FILE_UPLOAD_HANDLERS = ["inspector.serving.uploads.BoundedUpload"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "inspector.serving.log_filter.WithoutKeys",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Requests that a client got wrong are answered and shown, not logged: their paths hold capture keys.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "daphne.http_protocol": {"level": "WARNING"},
    },
}
