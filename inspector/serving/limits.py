"""Declares every limit with its unit and its reason: Django settings, and rows of /help/configuration/."""

from inspector.serving.environment import ENVIRONMENT

MAX_EVENT_BYTES = ENVIRONMENT.limit(
    "MAX_EVENT_BYTES",
    32_000,
    "bytes",
    "The vendor's own limit for an event. A larger event is stored as unreadable.",
)
MAX_JSON_DEPTH = ENVIRONMENT.limit(
    "MAX_JSON_DEPTH",
    64,
    "levels",
    "Far beyond real events. A deeper event is cut there and stored as unreadable.",
)
MAX_FINDINGS_PER_EVENT = ENVIRONMENT.limit(
    "MAX_FINDINGS_PER_EVENT", 500, "findings", "More than a person reads. The gravest are kept."
)
MAX_REQUEST_BYTES = ENVIRONMENT.limit(
    "MAX_REQUEST_BYTES", 500_000, "bytes", "The vendor's own limit for a batch. A larger request gets 413."
)
MAX_EVENTS_PER_REQUEST = ENVIRONMENT.limit(
    "MAX_EVENTS_PER_REQUEST",
    100,
    "events",
    "Bounds the time that one request holds the judge and the writer. More events get 413.",
)
MAX_REQUEST_SECONDS = ENVIRONMENT.limit(
    "MAX_REQUEST_SECONDS",
    30,
    "seconds",
    "Until a request is whole; then the connection is closed. Slow clients must not use up all connections.",
    variable=True,
)
MIN_BYTES_A_SECOND = ENVIRONMENT.limit(
    "MIN_BYTES_A_SECOND", 10_000, "bytes", "A large request gets one second more for each so many bytes."
)
MAX_OPEN_FILES = ENVIRONMENT.limit(
    "MAX_OPEN_FILES",
    65_536,
    "files",
    "Connections and files at once, where the system allows it: idle clients must not exhaust them.",
)
MAX_IMPORT_BYTES = ENVIRONMENT.limit(
    "MAX_IMPORT_BYTES",
    200_000_000,
    "bytes",
    "A day's HAR with all bodies. A text with events is held to MAX_REQUEST_BYTES.",
    variable=True,
)
MAX_TAGS = ENVIRONMENT.limit(
    "MAX_TAGS", 20, "tags", "Of one recording. Each tag is a chip in the list of recordings."
)
MAX_ROWS_IN_PAGE = ENVIRONMENT.limit(
    "MAX_ROWS_IN_PAGE",
    500,
    "rows",
    "In the dashboard, so that the browser stays fast. Older rows load on scroll.",
)
MAX_ROWS_PER_FRAME = ENVIRONMENT.limit(
    "MAX_ROWS_PER_FRAME", 500, "rows", "Keeps a frame of the live socket well under 1 MiB."
)
MAX_FRAMES_UNACKNOWLEDGED = ENVIRONMENT.limit(
    "MAX_FRAMES_UNACKNOWLEDGED",
    8,
    "frames",
    "After so many frames without an acknowledgement, the server waits for the page.",
)
FRAME_INTERVAL_MS = ENVIRONMENT.limit(
    "FRAME_INTERVAL_MS",
    12,
    "ms",
    "At most one frame for each viewer in this time: a screen shows no more than that.",
)
MAX_EVENTS_COMPARED = ENVIRONMENT.limit(
    "MAX_EVENTS_COMPARED",
    5_000,
    "events",
    "Of each recording in a comparison. The page says where a recording has more.",
)
MAX_BYTES_COMPARED = ENVIRONMENT.limit(
    "MAX_BYTES_COMPARED", 20_000_000, "bytes", "Of each recording in a comparison, for large events."
)
MAX_STRIP_BYTES = ENVIRONMENT.limit(
    "MAX_STRIP_BYTES",
    50_000_000,
    "bytes",
    "Compressed replay of one recording: it must not fill the disk.",
    variable=True,
)
MAX_STRIP_BYTES_PER_PAGE = ENVIRONMENT.limit(
    "MAX_STRIP_BYTES_PER_PAGE",
    3_000_000,
    "bytes",
    "Compressed replay of one page load, minutes of a busy page. Then its replay ends and the page goes on.",
    variable=True,
)
MAX_STRIP_SECONDS = ENVIRONMENT.limit(
    "MAX_STRIP_SECONDS",
    600,
    "seconds",
    "Replay of one page load: a page that is left open all night is of no use.",
    variable=True,
)
MAX_STRIP_PART_BYTES = ENVIRONMENT.limit(
    "MAX_STRIP_PART_BYTES",
    8_000_000,
    "bytes",
    "A part of a replay, uncompressed, which bounds the memory. A larger part gets 413.",
)
SHARE_DAYS = ENVIRONMENT.limit(
    "SHARE_DAYS",
    30,
    "days",
    "A share link works so long by default: a forgotten link must not work for ever.",
    variable=True,
)
MAX_SHARE_DAYS = ENVIRONMENT.limit(
    "MAX_SHARE_DAYS", 365, "days", "The longest time that a person can choose for a share link."
)
MAX_SHARES = ENVIRONMENT.limit("MAX_SHARES", 100, "links", "Of one recording: more than a person oversees.")
MAX_PASSWORD_TRIES = ENVIRONMENT.limit(
    "MAX_PASSWORD_TRIES",
    10,
    "tries",
    "Of one client at one link's password in 15 minutes. Other clients are not locked out.",
)
SHARE_ACCESS_SECONDS = ENVIRONMENT.limit(
    "SHARE_ACCESS_SECONDS",
    14_400,
    "seconds",
    "After this time a browser is asked for a link's password again.",
)
MAX_SEARCH_SECONDS = ENVIRONMENT.limit(
    "MAX_SEARCH_SECONDS",
    10,
    "seconds",
    "Of one request that looks for events; then the page says how far it looked, and offers to look further.",
)
MAX_MASKED_SEARCH_SECONDS = ENVIRONMENT.limit(
    "MAX_MASKED_SEARCH_SECONDS",
    2,
    "seconds",
    "The same in a masked share, where each event is masked before it is searched.",
)
RETENTION_DAYS = ENVIRONMENT.limit(
    "RETENTION_DAYS",
    30,
    "days",
    "A recording holds personal data: unless pinned, it is deleted so long after its last event.",
    variable=True,
)
MAX_LOGIN_TRIES = ENVIRONMENT.limit(
    "MAX_LOGIN_TRIES",
    10,
    "tries",
    "Wrong passwords for one account from one address in a window: slips pass, guessing does not. Then 429.",
)
MAX_LOGIN_TRIES_PER_ADDRESS = ENVIRONMENT.limit(
    "MAX_LOGIN_TRIES_PER_ADDRESS",
    50,
    "tries",
    "Wrong passwords from one address for all accounts: an office has one address, so has a guesser.",
)
LOGIN_WINDOW_SECONDS = ENVIRONMENT.limit(
    "LOGIN_WINDOW_SECONDS", 900, "seconds", "The window begins with the first wrong password."
)
MAX_TOKENS = ENVIRONMENT.limit("MAX_TOKENS", 50, "tokens", "API tokens of one account.")
SESSION_DAYS = ENVIRONMENT.limit(
    "SESSION_DAYS", 14, "days", "Without a visit; then the login is asked for again."
)
