"""Pseudonyms: the same identifier gets the same replacement as long as the same secret is used."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from openboneage.errors import InputError

_BYTES = 32
_CODE_DIGITS = 12


@dataclass(frozen=True, repr=False)
class Pseudonyms:
    """Replacements that follow from a secret by HMAC-SHA-256; without it, nobody can compute them or undo them.

    Attributes:
        secret: 32 random bytes.
    """

    secret: bytes

    def uid(self, uid: str) -> str:
        """A UID of the form 2.25 (PS3.5 B.2) instead of another."""
        value = uuid.UUID(bytes=self._digest("uid", uid)[:16], version=5)
        return f"2.25.{value.int}"

    def patient(self, patient_id: str, issuer: str, birth_date: str) -> str:
        """A code instead of a patient's identifier; the same child gets the same."""
        return f"OBA-{self._digest('patient', patient_id, issuer, birth_date).hex()[:_CODE_DIGITS].upper()}"

    def film(self, sha256: str) -> str:
        """A code instead of the name of a file, from its checksum."""
        return self._digest("film", sha256).hex()[:_CODE_DIGITS]

    def _digest(self, *words: str) -> bytes:
        return hmac.digest(self.secret, "\0".join(words).encode(), hashlib.sha256)


def open_pseudonyms(path: Path | None) -> Pseudonyms:
    """Pseudonyms with the secret of a file, which is made if it does not exist; without a file, with a new secret.

    Raises:
        InputError: The file holds no secret.
    """
    if path is None:
        return Pseudonyms(secrets.token_bytes(_BYTES))
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        secret = secrets.token_bytes(_BYTES)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(f"{secret.hex()}\n", encoding="ascii")
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise InputError(
            f"Expected a file with a secret of {_BYTES} bytes in hexadecimal digits; name one that does not exist."
        )
    return Pseudonyms(secret)
