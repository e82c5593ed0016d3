"""An app behind mitmproxy: the proxy with the script that copies requests, and the vendor's doubles."""

import os
import signal
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from tests import services
from tests.ports import free_port, taken
from tests.shim_host import Answer, Host
from tests.waiting import wait_for

_HERE: Final = Path(__file__).parent
SCRIPT: Final = _HERE.parent.parent / "static" / "help" / "mitmproxy_copy.py"
#: Names in the certificate of the vendor's double.
HOSTS: Final = ("collect.commander1.com", "metrics.shop.example", "other.example")
VENDOR: Final = "https://collect.commander1.com"


class Certificate(NamedTuple):
    """A certificate's file and its key's."""

    path: Path
    key: Path


class Seen(NamedTuple):
    """One request that a double received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Double(Host):
    """A server that keeps what it receives and answers with ``answer``; over TLS with a certificate."""

    def __init__(self, certificate: Certificate | None = None) -> None:
        self.seen: list[Seen] = []
        self.answer = Answer(200, '{"from": "the double"}', {"X-From": "double"})
        self._certificate = certificate
        super().__init__()

    def up(self) -> None:
        super().up()
        if self._certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.seen.append(Seen(method, path, headers, body))
        return self.answer


class Vendor(NamedTuple):
    """The doubles of the servers that the app talks to, by scheme."""

    http: Double
    https: Double
    certificate: Certificate

    @property
    def seen(self) -> list[Seen]:
        """What both received."""
        return self.http.seen + self.https.seen


class Phone:
    """A client whose requests go through mitmproxy, and that trusts the proxy's certificate."""

    def __init__(self, folder: Path, vendor: Vendor, options: Sequence[str], script: Path = SCRIPT) -> None:
        self._log = folder / "mitmdump.log"
        self._before = 0
        self._port = free_port()
        certificate = folder / "conf" / "mitmproxy-ca-cert.pem"
        settings = {
            "confdir": folder / "conf",
            "double_http": vendor.http.port,
            "double_https": vendor.https.port,
            "ssl_verify_upstream_trusted_ca": vendor.certificate.path,
        }
        arguments = [f"{name}={value}" for name, value in settings.items()]
        arguments += options
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(services.mitmdump(), "--listen-host", "127.0.0.1", "--listen-port", str(self._port)),
                    *("-s", _HERE / "send_to_doubles.py", "-s", script, "--set", "flow_detail=4"),
                    *(part for argument in arguments for part in ("--set", argument)),
                ],
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for("mitmproxy", lambda: self._process.poll() is not None or taken(self._port))
        self.running = self._process.poll() is None
        if self.running:
            self.client = httpx.Client(
                proxy=f"http://127.0.0.1:{self._port}",
                verify=ssl.create_default_context(cafile=str(certificate)),
                trust_env=False,
                timeout=30,
            )

    def begin(self) -> None:
        """From now on ``log`` leaves out what the proxy printed already: several tests may use it in turn."""
        self._before = self._log.stat().st_size

    @property
    def log(self) -> str:
        """What the proxy printed since ``begin``, with the requests that passed it."""
        return self._log.read_bytes()[self._before :].decode()

    def told(self, problem: str) -> int:
        """How often the script logged this."""
        return sum("Cact Inspector: " in line and problem in line for line in self.log.splitlines())

    def wait_until_told(self, problem: str) -> None:
        wait_for(f"the log to say {problem!r}", lambda: self.told(problem))

    def exit_code(self) -> int:
        """Wait until the proxy ends by itself."""
        return self._process.wait(timeout=60)

    def end(self) -> None:
        """End the proxy as Ctrl-C does."""
        if self.running:
            self.client.close()
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=30)
        finally:
            self._process.kill()


@contextmanager
def vendor_doubles(folder: Path) -> Iterator[Vendor]:
    """The vendor's doubles for both schemes."""
    certificate = self_signed(folder, *(f"DNS:{host}" for host in HOSTS))
    vendor = Vendor(Double(), Double(certificate), certificate)
    yield vendor
    for double in (vendor.http, vendor.https):
        double.down()


def self_signed(folder: Path, *names: str) -> Certificate:
    """A new certificate for these names, such as ``DNS:localhost``."""
    certificate = Certificate(folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=double",
            ),
            *("-addext", f"subjectAltName={','.join(names)}"),
            *("-out", certificate.path, "-keyout", certificate.key),
        ],
        check=True,
        capture_output=True,
    )
    return certificate
