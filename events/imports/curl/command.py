"""curl commands, as people write them and as browsers copy them -> what they request. Pure."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import quote

from events.imports.curl.shell import Filled, read_words

_SHOWN: Final = 60  # characters of a file's name that a reason repeats

#: Options that a value follows, as curl 8 lists them: what follows them is no address.
_LONG_WITH_VALUE: Final = """
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout
    connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary
    data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url
    dump-header ech egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account
    ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip
    header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key
    key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize
    max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max parallel-max-host pass
    pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
    proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
    proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword
    proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target
    resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5
    socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond
    tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket
    upload-file url url-query user user-agent variable vlan-priority write-out
"""
_WITH_VALUE: Final = frozenset(f"--{name}" for name in _LONG_WITH_VALUE.split())
#: The short ones that matter here, and all others that a value follows.
_SHORT: Final = {"d": "--data", "F": "--form", "G": "--get", "K": "--config", "T": "--upload-file"}
_SHORT_WITH_VALUE: Final = frozenset("AbcCdDeEFHKmoPQrtTuUwxXyYz")


class Command(NamedTuple):
    """A request; ``missing`` says why it cannot be read, and is "" where it can."""

    line: int
    address: str
    body: str
    missing: str


def read_commands(text: str) -> list[Command]:
    """The requests that ``text`` holds, in their order; other commands only where they speak of an event."""
    commands = []
    for line, words in read_words(text):
        at = next((at for at, word in enumerate(words) if _is_curl(word)), None)
        if at is not None:
            commands += [_Request(request).command(line) for request in _requests(words[at + 1 :])]
        elif any("{" in word or "event" in word for word in words):
            commands.append(Command(line, "", "", "this is no curl command"))
    return commands


def _is_curl(word: str) -> bool:
    """Whether it is curl, perhaps with its folder, or behind the prompt of cmd."""
    return re.split(r"[/\\>]", word)[-1] in ("curl", "curl.exe")


def _requests(words: list[str]) -> Iterator[list[str]]:
    """The words of each request of a command: ``--next`` begins another."""
    start = 0
    for at, word in enumerate(words):
        if word in ("--next", "-:"):
            yield words[start:at]
            start = at + 1
    yield words[start:]


class _Request:
    """What the words behind ``curl`` add up to."""

    def __init__(self, words: list[str]) -> None:
        self._address, self._missing = "", ""
        self._data: list[str] = []
        self._query: list[str] = []
        self._get = False
        for option, value in _options(iter(words)):
            self._take(option, value)

    def command(self, line: int) -> Command:
        """The request, its data in the query where curl puts them there."""
        body = "".join(self._data)
        query = [*self._query, body] if self._get and body else self._query
        address = "&".join([self._address, *query])
        if query and "?" not in self._address:
            address = address.replace("&", "?", 1)
        return Command(line, address, "" if self._get else body, self._missing)

    def _take(self, option: str, value: str) -> None:
        if isinstance(value, Filled) and option.startswith(("--data", "--form", "--json")):
            self._missing = f"only the shell knows what it puts into {value[:_SHOWN]}"
        match option:
            case "--url":
                self._address = self._address or value
            case "--get":
                self._get = True
            case "--url-query":
                self._query.append(self._encoded(value.removeprefix("+")))
            case "--data-raw":
                self._add(value)
            case "--data" | "--data-ascii" | "--data-binary" | "--json":
                if value.startswith("@"):
                    self._lacks(value)
                else:
                    self._add(value, "" if option == "--json" else "&")
            case "--data-urlencode":
                self._add(self._encoded(value))
            case "--form" | "--form-string":
                self._add(self._field(value, literal=option == "--form-string"))
            case "--upload-file" | "--config":
                self._lacks(f"@{value}")

    def _add(self, data: str, joint: str = "&") -> None:
        self._data += [joint, data] if self._data else [data]

    def _lacks(self, file: str) -> None:
        where = "comes from another command" if file == "@-" else "lies in a file that is not here"
        self._missing = f"what this command sends {where} ({file[:_SHOWN]})"

    def _encoded(self, value: str) -> str:
        """``name=value`` and ``=value`` with the value encoded; ``name@file`` is not here."""
        name, equals, content = value.partition("=")
        if equals:
            return f"{name}={quote(content, safe='')}" if name else quote(content, safe="")
        if "@" in value:
            self._lacks(value[value.index("@") :])
        return quote(value, safe="")

    def _field(self, value: str, *, literal: bool) -> str:
        """A form's ``name=value``, without the type that may follow it; ``name=@file`` is not here."""
        name, _, content = value.partition("=")
        if not literal:
            if content.startswith(("@", "<")):
                self._lacks(f"@{content[1:]}")
            content = content.partition(";type=")[0]
            if len(content) > 1 and content[0] == content[-1] == '"':
                content = content[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        return f"{quote(name, safe='[]')}={quote(content, safe='')}"


def _options(words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The options by their long names, each with its value or ""; an address is the value of ``--url``."""
    for word in words:
        if word.startswith("--"):
            option, equals, value = word.partition("=")
            takes = option in _WITH_VALUE
            yield option, value if equals or not takes else next(words, "")
        elif word.startswith("-"):
            yield from _short_options(word[1:], words)
        elif word:
            yield "--url", word


def _short_options(letters: str, words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """``sSXPOST``: letters without values, then perhaps one whose value is the rest or the next word."""
    for at, letter in enumerate(letters, 1):
        option = _SHORT.get(letter, "")
        if letter in _SHORT_WITH_VALUE:
            yield option, letters[at:] or next(words, "")
            return
        yield option, ""
