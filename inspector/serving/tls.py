"""TLS: checks the certificate's files, computes its fingerprint, makes Twisted's endpoint.

The vendor's container posts events to https addresses alone.
"""

import base64
import hashlib
import ssl
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from django.core.management.base import CommandError
from twisted.internet.endpoints import quoteStringArgument


def require_certificate(cert: str, key: str) -> bool:
    """True where ``cert`` and ``key`` name usable PEM files, False where neither is set.

    Raises CommandError where one is missing, or a file is unreadable or no certificate with its key.
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
        # With an empty password: else OpenSSL would ask for an encrypted key's password on the terminal.
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
    """The fingerprint of the certificate's public key for Chromium: base64 of the SHA-256 of its DER form."""
    key = load_pem_x509_certificate(Path(cert).read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def tls_endpoint(endpoint: str, cert: str, key: str) -> str:
    """Twisted's endpoint description ``tcp:…`` as the same endpoint over TLS, ``ssl:…``."""
    key, cert = map(quoteStringArgument, (key, cert))
    files = f"privateKey={key}:certKey={cert}"
    return f"ssl:{endpoint.removeprefix('tcp:')}:{files}"
