"""Active learning with a person: a queue, proposals, and the next round after outlining."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")

from openboneage.datasets.drawing_files import read_drawings, write_coco
from openboneage.datasets.drawings import HAND, Drawing, Outline
from openboneage.errors import InputError
from openboneage.learn.mask_batches import MaskInput
from openboneage.studies import pan2020_segmentation as pan
from openboneage.studies.pan2020_asking import FIRST_REASON, PROPOSALS, QUEUE, Asking

TINY = replace(pan.SMALL, widths=(4, 8), how=MaskInput(32), members=(2,), batch_size=2)
PALM = Outline(HAND, np.array([[30, 40], [70, 40], [70, 99], [30, 99]], float))


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Six films of a palm, and a file that is no film."""
    folder = tmp_path / "films"
    folder.mkdir()
    for number in range(6):
        film = np.random.default_rng(number).integers(20, 40, (100, 100), np.uint8)
        film[40:, 30:70] += np.uint8(20 * number + 20)
        cv2.imwrite(str(folder / f"hand-{number}.png"), film)
    (folder / "notes.txt").write_text("seen")
    return folder


def outlined(path: Path, names: list[str]) -> Path:
    write_coco(path, [Drawing(name, (100, 100), (PALM,)) for name in names])
    return path


def test_the_first_films_come_in_a_fixed_order(films: Path, tmp_path: Path) -> None:
    first, again = (Asking(films, None, tmp_path / name, steps=2).next(TINY, 3) for name in ("a", "b"))

    assert first == again
    assert [each.reason for each in first] == [FIRST_REASON] * 3
    with (tmp_path / "a" / QUEUE).open(newline="") as table:
        assert [row["file"] for row in csv.DictReader(table)] == [each.file.name for each in first]
    assert not (tmp_path / "a" / PROPOSALS).exists()


def test_the_committee_asks_after_outlining(films: Path, tmp_path: Path) -> None:
    drawn = outlined(tmp_path / "drawn.json", ["hand-0.png", "hand-3.png"])

    asked = Asking(films, drawn, tmp_path / "run", steps=40).next(TINY, 3)

    values = [float(each.reason.split()[-1]) for each in asked]
    assert not {"hand-0", "hand-3"} & {each.file.stem for each in asked}
    assert values == sorted(values)
    proposals = read_drawings(tmp_path / "run" / PROPOSALS)
    assert list(proposals) == [each.file.stem for each in asked]
    found = proposals[asked[0].file.stem].mask() > 0
    truth = Drawing("", (100, 100), (PALM,)).mask() > 0
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.7, "a start that saves work"


def test_a_corrected_outline_is_learned_anew(films: Path, tmp_path: Path) -> None:
    for corner in (60.0, 70.0):
        shape = Outline(HAND, np.array([[30, 40], [corner, 40], [corner, 99], [30, 99]]))
        write_coco(tmp_path / "drawn.json", [Drawing(f"hand-{number}", (100, 100), (shape,)) for number in range(2)])
        Asking(films, tmp_path / "drawn.json", tmp_path / "run", steps=2).next(TINY, 1)

    assert len(list((tmp_path / "run").glob("2-outlines-*"))) == 2


def test_when_all_is_outlined_there_is_nothing_to_ask(films: Path, tmp_path: Path) -> None:
    drawn = outlined(tmp_path / "drawn.json", [f"hand-{number}.png" for number in range(6)])

    with pytest.raises(InputError, match="all 6 are outlined"):
        Asking(films, drawn, tmp_path / "run").next(TINY, 1)


def test_a_folder_without_films_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"films in the folder .*, found none"):
        Asking(tmp_path / "none", None, tmp_path / "run").next(TINY, 1)
