"""A PostgreSQL server of Debian's packages for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.programs import program


@contextmanager
def postgres_server() -> Iterator[str]:
    """A running server with an empty database, reached through a socket in a temporary folder.

    Yields:
        Its URL. The server does not run as root, so root starts it as the user `postgres`.
    """
    initdb = program("initdb", "postgresql", Path("/usr/lib/postgresql").glob("*/bin"))
    with TemporaryDirectory(prefix="pg-") as name:  # a socket's path must be short
        folder = Path(name)
        if _is_root():
            shutil.chown(folder, "postgres")
        data, control = folder / "data", Path(initdb).with_name("pg_ctl")
        _run(folder, initdb, "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run(folder, control, "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run(folder, control, "-D", data, "-m", "immediate", "-w", "stop")


def _is_root() -> bool:
    return os.name != "nt" and os.geteuid() == 0


def _run(folder: Path, *command: str | Path) -> None:
    user = "postgres" if _is_root() else None
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user)
