"""Serving over https by ourselves: containers post to nothing else."""

import base64
import hashlib
import ssl
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from django.core.management.base import CommandError
from twisted.internet.endpoints import quoteStringArgument


def expect_certificate(cert: str, key: str) -> bool:
    """True where ``cert`` and ``key`` name files to serve https with, False where neither is set.

    Raises CommandError where they do not serve.
    """
    if not cert and not key:
        return False
    if not cert or not key:
        raise CommandError("TLS_CERT and TLS_KEY belong together: set both for https, or neither for http.")
    for variable, path in (("TLS_CERT", cert), ("TLS_KEY", key)):
        if not Path(path).is_file():
            raise CommandError(
                f"{variable}={path}: there is no such file. "
                "Start without TLS_CERT and TLS_KEY: /help/connect/#https shows how to make one."
            )
    try:
        # An empty password, else a key that is locked by one would be asked for on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password="")
    except ssl.SSLError:
        raise CommandError(
            f"TLS_CERT={cert} and TLS_KEY={key} must be a certificate and its key, "
            "as PEM and without a password."
        ) from None
    except OSError as error:
        raise CommandError(f"TLS_CERT={cert} and TLS_KEY={key} cannot be read: {error.strerror}.") from None
    return True


def fingerprint(cert: str) -> str:
    """The certificate's public key as Chromium names it: the SHA-256 of its form in DER, in base 64."""
    key = load_pem_x509_certificate(Path(cert).read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def secured(endpoint: str, cert: str, key: str) -> str:
    """The plain ``tcp:…`` endpoint of Twisted's, served over TLS."""
    key, cert = map(quoteStringArgument, (key, cert))
    files = f"privateKey={key}:certKey={cert}"
    return f"ssl:{endpoint.removeprefix('tcp:')}:{files}"
