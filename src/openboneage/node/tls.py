"""Encryption: both sides show a certificate that the other trusts (PS3.15 B.9, BCP 195)."""

from __future__ import annotations

import ssl

from openboneage.errors import InputError
from openboneage.node.settings import Tls


def server_context(tls: Tls) -> ssl.SSLContext:
    """Keys of the listener; a caller without a trusted certificate is not served.

    Raises:
        InputError: A file is missing, or holds no key or certificate.
    """
    return _context(ssl.PROTOCOL_TLS_SERVER, tls)


def client_context(tls: Tls) -> ssl.SSLContext:
    """Keys of a connection to a peer, whose certificate must be trusted and name its host.

    Raises:
        InputError: A file is missing, or holds no key or certificate.
    """
    return _context(ssl.PROTOCOL_TLS_CLIENT, tls)


def _context(protocol: int, tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(tls.certificate, tls.key)
        context.load_verify_locations(tls.authorities)
    except (ssl.SSLError, OSError):
        raise InputError(
            "Expected certificate, key and authorities of the node as PEM files that belong together; check the section tls."
        ) from None
    return context
