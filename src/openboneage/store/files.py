"""Files of the store, named by the checksum of their content."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from openboneage.errors import UnreadableError


@dataclass(frozen=True)
class FileFolder:
    """A folder of files. A file never changes; the same content is stored once."""

    path: Path

    def path_of(self, sha256: str) -> Path:
        """Path of the file with that checksum."""
        return self.path / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Store bytes and return their checksum when they are safe on disk, even if the power fails afterwards."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path_of(sha256)
        if target.exists():
            _sync(target.parent)  # another process may have renamed it and not yet synced the folder
            return sha256
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync(self.path)
        part = target.with_name(f".{sha256}.{uuid4().hex}.part")
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        _sync(target.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes with that checksum.

        Raises:
            UnreadableError: The file is missing or has changed.
        """
        try:
            data = self.path_of(sha256).read_bytes()
        except FileNotFoundError:
            raise UnreadableError(f"The stored file {sha256[:12]} is missing; restore it from the backup.") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise UnreadableError(f"The stored file {sha256[:12]} is damaged; restore it from the backup.")
        return data

    def remove(self, sha256: str) -> None:
        """Remove a file; one that does not exist is no error."""
        self.path_of(sha256).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Write a folder's entries to disk; Windows does that by itself and cannot open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
