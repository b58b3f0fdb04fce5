"""`boneage node`: starting and stopping. What it does is tested in `tests/node`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.node_kills import Node
from openboneage.errors import InputError
from tests.cli.running import boneage


def test_invalid_settings_are_said(tmp_path: Path) -> None:
    settings = tmp_path / "node.toml"
    settings.write_text("port = 'x'")
    run = boneage("node", "--data", tmp_path / "data", "--settings", settings)
    assert (run.code, "port" in run.err) == (InputError.exit_code, True)


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openboneage.node.service", None)
    run = boneage("node", "--data", tmp_path)
    assert (run.code, "pip install" in run.err) == (InputError.exit_code, True)


@pytest.mark.slow
def test_node_stops_in_order(tmp_path: Path) -> None:
    node = Node(tmp_path, receiver_port=104)
    node.start()
    assert node.stop() == 0
    assert "The node stops" in node.log.read_text()
