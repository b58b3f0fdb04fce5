"""Studies and the shipped model in one table, on the same films."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import boneage
from tests.toy_model import network, toy_card, write_toy

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.studies.compare_studies import PRINTED

OUTPUT = {"sexes": ["female", "male"], "months": [0, 228], "unit": "logits", "mirrored": False}


def write_study(folder: Path, name: str) -> Path:
    folder.mkdir()
    write_toy(folder)
    content = network()
    (folder / f"{name}.onnx").write_bytes(content)
    card = toy_card(content, name=name, file=f"{name}.onnx", output=OUTPUT, training={"size": "9 films"})
    card.write(folder / f"{name}.json")
    return folder


def test_every_model_is_measured_on_the_same_films(tiny_shared: Path, tmp_path: Path) -> None:
    runs = [write_study(tmp_path / name, name) for name in ("lee-2017", "pan-2020")]

    run = boneage("study", "compare", *runs, "--data", tiny_shared / "rsna", "--films", "3", "--jobs", "1")

    assert run.code == 0, run.err
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in run.out.splitlines()[2:]]
    assert [row[:3] for row in rows] == [
        [split, name, "3"] for split in ("held-out", "native") for name in ("whole-hand", "lee-2017", "pan-2020")
    ]
    assert rows[1][-2:] == ["9 films", PRINTED["lee-2017"]]
    assert rows[0][-1] == "–"
    assert rows[1][4:11] == rows[2][4:11], "both are the same toy"


def test_folders_without_a_study_are_refused(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("study", "compare", tmp_path, "--data", tiny_shared / "rsna")

    assert run.code == 2
    assert "Expected a trained study in" in run.err
