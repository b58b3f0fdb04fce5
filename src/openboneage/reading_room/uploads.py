"""Uploads: single films, and ZIP archives of films with limits."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from openboneage.errors import BoneAgeError, UnreadableError
from openboneage.reading_room.settings import Settings
from openboneage.store import films
from openboneage.store.films import QueueFullError, Reception
from openboneage.store.store import Store

MAX_ENTRIES = 2000
MAX_EXPANSION = 20
"""An archive may unpack to this many times the largest upload."""
ZIP_BEGIN = b"PK\x03\x04"
_SKIPPED_NAMES = ("DICOMDIR", "Thumbs.db")
_SKIPPED_FOLDERS = ("__MACOSX",)


@dataclass(frozen=True)
class Uploaded:
    """A film of an upload.

    Attributes:
        name: Name of its file.
        film_id: Number of the film; None where it was refused.
        is_new: False where the film was there already.
        error: Why it was refused; empty where it was not.
    """

    name: str
    film_id: int | None = None
    is_new: bool = False
    error: str = ""


def take_upload(store: Store, settings: Settings, file: BinaryIO, how: Reception) -> list[Uploaded]:
    """Receive a film, or the films of a ZIP archive.

    Raises:
        UnreadableError: The archive is damaged, encrypted, or too large.
        QueueFullError: Too many films wait.
    """
    begin = file.read(len(ZIP_BEGIN))
    file.seek(0)
    if begin != ZIP_BEGIN:
        return [_received(store, file.read(), how)]
    return [
        _received(store, data, Reception(how.source, how.actor, name, how.sex, how.age_months))
        for name, data in _unpacked(file, settings.upload_bytes)
    ]


def _received(store: Store, data: bytes, how: Reception) -> Uploaded:
    try:
        received = films.receive(store, data, how)
    except QueueFullError:
        raise
    except BoneAgeError as error:
        return Uploaded(how.name, error=str(error))
    return Uploaded(how.name, received.film_id, received.is_new)


def _unpacked(file: BinaryIO, file_bytes: int) -> Iterator[tuple[str, bytes]]:
    """The files of an archive: name and content. Sizes are counted while unpacking, since an archive can lie about them."""
    total = 0
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            if len(entries) > MAX_ENTRIES:
                raise UnreadableError(f"Expected an archive of at most {MAX_ENTRIES} files, got {len(entries)}; split it.")
            for entry in entries:
                with archive.open(entry) as unpacked:
                    data = unpacked.read(file_bytes + 1)
                total += len(data)
                if len(data) > file_bytes or total > MAX_EXPANSION * file_bytes:
                    raise UnreadableError("The archive unpacks to more than is allowed; send fewer or smaller films.")
                yield PurePosixPath(entry.filename).name, data
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise UnreadableError("The ZIP archive is damaged, encrypted or of an unknown kind; pack it again.") from None


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    is_hidden = path.name.startswith(".") or path.name in _SKIPPED_NAMES
    return not (entry.is_dir() or is_hidden or any(part in _SKIPPED_FOLDERS for part in path.parts))
