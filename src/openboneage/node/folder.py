"""Watched folders: films that a device or a person copies there."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from openboneage.errors import BoneAgeError, UnreadableError
from openboneage.node.inbox import Inbox
from openboneage.node.log import LOG
from openboneage.node.settings import Folder
from openboneage.reading.bounds import MAX_FILE_BYTES

TAKEN, REFUSED = "taken", "refused"
SENDER = "folder"


def scan(folder: Folder, inbox: Inbox) -> int:
    """Take the complete files of a folder and its subfolders.

    A file that is taken moves to `taken`. A file that does not count or cannot be read moves to `refused`, with its reason in a
    text file. If the node has no room, a file stays, and is tried again at the next scan.

    Returns:
        Number of files that were moved.
    """
    return sum(_take(path, folder.path, inbox) for path in _complete(folder))


def _complete(folder: Folder) -> Iterator[Path]:
    """Files that have not changed for some time; hidden ones are being written by most programs."""
    now = time.time()
    for root, names, files in os.walk(folder.path):
        if Path(root) == folder.path:
            names[:] = [name for name in names if name not in (TAKEN, REFUSED)]
        names[:] = sorted(name for name in names if not name.startswith("."))
        for path in (Path(root) / name for name in sorted(files) if not name.startswith(".")):
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode) and now - status.st_mtime >= folder.settle_seconds:
                yield path


def _take(path: Path, root: Path, inbox: Inbox) -> bool:
    try:
        reason = inbox.receive(_content(path), SENDER)
    except (UnreadableError, OSError) as error:
        reason = str(error) if isinstance(error, UnreadableError) else "The file cannot be read."
    except BoneAgeError as error:
        if error.http_status >= 500:
            LOG.warning("Folder: a file stays, and will be tried again: %s", error)
            return False
        reason = str(error)
    target = _free(root / (REFUSED if reason else TAKEN) / path.relative_to(root))
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    if reason:
        target.with_name(f"{target.name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8")
    LOG.info("Folder: %s", f"a file is not kept, because {reason}" if reason else "a film is kept")
    return True


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"Expected a file of at most {MAX_FILE_BYTES // 2**20} MiB.")
    return data


def _free(path: Path) -> Path:
    """The path, or one with a number if there is such a file."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
