"""HTTPS with a certificate that is made at the start of a sandbox, and the CA by which clients verify it."""

import re
import socket
import ssl
from pathlib import Path

import trustme

_HOST_NAME = re.compile(r"[A-Za-z0-9.-]+")  # others exist, but no certificate can have them


def server_context(host: str, ca_file: Path) -> ssl.SSLContext:
    """Return what a server needs for HTTPS under a host and the names of this machine, and write its CA to a file.

    The key of the CA is never written, so that nobody can make another certificate which its clients accept.
    """
    ca, context, own = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), socket.gethostname()
    names = ["localhost", "127.0.0.1", "::1", host, *([own] if _HOST_NAME.fullmatch(own) else [])]
    ca.issue_cert(*dict.fromkeys(names)).configure_cert(context)
    ca.cert_pem.write_to_path(str(ca_file))
    return context
