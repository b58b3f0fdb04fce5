"""Keys for tests of encryption, made by OpenSSL."""

from __future__ import annotations

import subprocess
from pathlib import Path

from openboneage.node.settings import Tls
from tests.programs import program


def keys(folder: Path, name: str) -> Tls:
    """A self-signed certificate for this computer, which is its own authority."""
    folder.mkdir(exist_ok=True)
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [program("openssl", "openssl"), "req", "-x509", *options, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return Tls(certificate=certificate, key=key, authorities=certificate)
