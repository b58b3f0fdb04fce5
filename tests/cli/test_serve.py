"""`boneage serve` as its user runs it, with the example client."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openboneage.store import accounts
from openboneage.store.accounts import NewAccount, Role
from openboneage.store.store import StoreSettings, open_store
from tests import hands

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """Run the server; yields what it printed until it listened."""
    command: list[str | Path] = [sys.executable, "-m", "openboneage", "serve", "--folder", folder, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout
        said = ""
        try:
            for line in server.stdout:
                said += line
                if "running on" in line:
                    break
            yield said
        finally:
            server.terminate()
            server.stdout.read()
            server.wait(60)


def integrator_token(folder: Path) -> str:
    with open_store(StoreSettings(folder)) as store:
        account = accounts.create(store, NewAccount("robot", Role.INTEGRATOR), "test")
        return accounts.create_token(store, account.id, "test", "test")


@pytest.mark.slow
def test_a_film_is_sent_by_the_example_client(tmp_path: Path) -> None:
    film, port = tmp_path / "film.png", free_port()
    film.write_bytes(hands.png(hands.film("7043", 400)))
    with served(tmp_path / "store", port) as said:
        assert re.search(r"First login: user name admin, password \S{20}", said)
        token = integrator_token(tmp_path / "store")
        client: list[str | Path] = [sys.executable, ROOT / "examples" / "client.py", f"http://127.0.0.1:{port}", film]
        environment = {**os.environ, "OPENBONEAGE_TOKEN": token}
        run = subprocess.run(client, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout)["female"]["bone_age"]["mean_months"] > 0
    with served(tmp_path / "store", port) as said:
        assert "First login" not in said


def test_an_unsafe_address_is_refused(tmp_path: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "openboneage",
        "serve",
        "--folder",
        tmp_path / "store",
        "--host",
        "0.0.0.0",
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 2
    assert "unencrypted" in run.stderr
    assert not (tmp_path / "store").exists()
