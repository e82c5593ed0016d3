"""Parses curl commands, written by hand or copied from a browser, into requests. Pure."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import quote

from events.imports.curl.shell import ExpandedWord, read_words

_SHOWN: Final = 60  # characters of a file's name that a message quotes

#: Options of curl 8 that a value follows: the next word is no URL.
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
#: Long names of the short options that are read here; then all short options that a value follows.
_SHORT: Final = {"d": "--data", "F": "--form", "G": "--get", "K": "--config", "T": "--upload-file"}
_SHORT_WITH_VALUE: Final = frozenset("AbcCdDeEFHKmoPQrtTuUwxXyYz")


class CurlRequest(NamedTuple):
    """One request of a curl command in ``line``; ``missing`` says why it cannot be read, "" where it can."""

    line: int
    address: str
    body: str
    missing: str


def read_commands(text: str) -> list[CurlRequest]:
    """The requests in ``text``, in order. Other commands are unreadable requests if they mention an event."""
    commands = []
    for line, words in read_words(text):
        at = next((at for at, word in enumerate(words) if _is_curl(word)), None)
        if at is not None:
            commands += [_RequestBuilder(request).command(line) for request in _requests(words[at + 1 :])]
        elif any("{" in word or "event" in word for word in words):
            commands.append(CurlRequest(line, "", "", "this is no curl command"))
    return commands


def _is_curl(word: str) -> bool:
    """Whether the word is curl, also with a folder, or after the prompt of cmd."""
    return re.split(r"[/\\>]", word)[-1] in ("curl", "curl.exe")


def _requests(words: list[str]) -> Iterator[list[str]]:
    """Yield the words of each request of a command: ``--next`` begins another request."""
    start = 0
    for at, word in enumerate(words):
        if word in ("--next", "-:"):
            yield words[start:at]
            start = at + 1
    yield words[start:]


class _RequestBuilder:
    """Builds one request from the words after ``curl``."""

    def __init__(self, words: list[str]) -> None:
        self._address, self._missing = "", ""
        self._data: list[str] = []
        self._query: list[str] = []
        self._get = False
        for option, value in _options(iter(words)):
            self._apply(option, value)

    def command(self, line: int) -> CurlRequest:
        """The request; with ``--get`` its data are in the URL's query."""
        body = "".join(self._data)
        query = [*self._query, body] if self._get and body else self._query
        address = "&".join([self._address, *query])
        if query and "?" not in self._address:
            address = address.replace("&", "?", 1)
        return CurlRequest(line, address, "" if self._get else body, self._missing)

    def _apply(self, option: str, value: str) -> None:
        if isinstance(value, ExpandedWord) and option.startswith(("--data", "--form", "--json")):
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
                    self._note_missing(value)
                else:
                    self._add(value, "" if option == "--json" else "&")
            case "--data-urlencode":
                self._add(self._encoded(value))
            case "--form" | "--form-string":
                self._add(self._field(value, literal=option == "--form-string"))
            case "--upload-file" | "--config":
                self._note_missing(f"@{value}")

    def _add(self, data: str, joint: str = "&") -> None:
        self._data += [joint, data] if self._data else [data]

    def _note_missing(self, file: str) -> None:
        where = "comes from another command" if file == "@-" else "lies in a file that is not here"
        self._missing = f"what this command sends {where} ({file[:_SHOWN]})"

    def _encoded(self, value: str) -> str:
        """``name=value`` or ``=value`` with the value percent-encoded; ``name@file`` makes it unreadable."""
        name, equals, content = value.partition("=")
        if equals:
            return f"{name}={quote(content, safe='')}" if name else quote(content, safe="")
        if "@" in value:
            self._note_missing(value[value.index("@") :])
        return quote(value, safe="")

    def _field(self, value: str, *, literal: bool) -> str:
        """A form's ``name=value`` without its ``;type=``; ``name=@file`` makes the request unreadable."""
        name, _, content = value.partition("=")
        if not literal:
            if content.startswith(("@", "<")):
                self._note_missing(f"@{content[1:]}")
            content = content.partition(";type=")[0]
            if len(content) > 1 and content[0] == content[-1] == '"':
                content = content[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        return f"{quote(name, safe='[]')}={quote(content, safe='')}"


def _options(words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield each option's long name with its value or ""; a URL is yielded as the value of ``--url``."""
    for word in words:
        if word.startswith("--"):
            option, equals, value = word.partition("=")
            has_value = option in _WITH_VALUE
            yield option, value if equals or not has_value else next(words, "")
        elif word.startswith("-"):
            yield from _short_options(word[1:], words)
        elif word:
            yield "--url", word


def _short_options(letters: str, words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the options in a word such as ``sSXPOST``; the last one's value is the rest, or the next word."""
    for at, letter in enumerate(letters, 1):
        option = _SHORT.get(letter, "")
        if letter in _SHORT_WITH_VALUE:
            yield option, letters[at:] or next(words, "")
            return
        yield option, ""
