from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from openboneage.clinical.growth import assess_growth
from openboneage.clinical.visits import Child, Visit
from openboneage.errors import InputError
from openboneage.report.growth_figure import growth_figure, save_growth_figure
from openboneage.subject import Sex

GIRL = Child(
    Sex.FEMALE,
    (Visit(74, 94, 86, 102, height_cm=124.5, weight_kg=25), Visit(86, 112, 103, 121, height_cm=132.0, weight_kg=29)),
    mother_height_cm=164,
    father_height_cm=178,
)


def labels(child: Child) -> list[list[str]]:
    return [axes.get_legend_handles_labels()[1] for axes in growth_figure(assess_growth(child)).axes]


def test_the_figure_shows_the_band_the_child_and_the_predictions() -> None:
    bone_age, adult_height, height = labels(GIRL)

    assert {"±2 SD, Brush Foundation", "mean of healthy children", "the child"} <= set(bone_age)
    assert {"target range of the parents", "Bayley-Pinneau", "median of the methods"} <= set(adult_height)
    assert height == ["at chronological age", "at bone age"]


def test_the_childs_points_stand_at_age_and_bone_age() -> None:
    axes = growth_figure(assess_growth(GIRL)).axes[0]

    (child,) = [line for line in axes.lines if line.get_label() == "the child"]

    assert np.asarray(child.get_xydata()) == pytest.approx(np.array([[74, 94], [86, 112]]) / 12)
    assert "×1.5" in [text.get_text() for text in axes.texts]


def test_the_notice_is_on_the_figure() -> None:
    figure = growth_figure(assess_growth(GIRL))

    assert "Not a medical device" in figure.get_supxlabel()


@pytest.mark.parametrize(
    "visits",
    [
        (Visit(100),),
        (Visit(100, 96),),
        (Visit(100, height_cm=128),),
        (Visit(2, 2, height_cm=58), Visit(14, 12, height_cm=77)),
        (Visit(300, 228, height_cm=170),),
        (Visit(100, 98), Visit(102, 99)),
    ],
)
def test_what_is_missing_does_not_break_the_figure(tmp_path: Path, visits: tuple[Visit, ...]) -> None:
    path = tmp_path / "growth.png"

    save_growth_figure(assess_growth(Child(Sex.MALE, visits)), path)

    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["growth.docx", "none/growth.png"])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="could not be written to growth"):
        save_growth_figure(assess_growth(GIRL), tmp_path / name)


def test_matplotlib_waits_for_a_figure() -> None:
    code = "import sys, openboneage.report.growth_figure; sys.exit('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
