from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from openboneage.clinical.greulich_pyle import normal_range
from openboneage.clinical.growth import assess_growth
from openboneage.clinical.stature import height_at_sds
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


def test_every_axis_spans_the_ages_in_years() -> None:
    for axes in growth_figure(assess_growth(GIRL)).axes:
        assert axes.get_xlim() == pytest.approx((5, 11))
        assert axes.get_xlabel() == "Age (years)"


@pytest.mark.parametrize(("bone_age", "hollow"), [(110, 0), (112, 1)])
def test_a_prediction_that_does_not_count_is_hollow(bone_age: float, hollow: int) -> None:
    child = Child(Sex.FEMALE, (Visit(86, bone_age, height_cm=132.0),))  # Bayley-Pinneau counts up to two years ahead

    axes = growth_figure(assess_growth(child)).axes[1]

    assert sum(line.get_markerfacecolor() == "white" for line in axes.lines) == hollow


def test_heights_stand_at_age_and_at_bone_age_in_years() -> None:
    axes = growth_figure(assess_growth(GIRL)).axes[2]

    lines = {line.get_label(): np.asarray(line.get_xydata()) for line in axes.lines}

    assert lines["at chronological age"] == pytest.approx(np.array([[74 / 12, 124.5], [86 / 12, 132.0]]))
    assert lines["at bone age"] == pytest.approx(np.array([[94 / 12, 124.5], [112 / 12, 132.0]]))
    (median,) = [
        np.asarray(line.get_xydata()) for line in axes.lines if line.get_linewidth() == 1.6 and line.get_marker() != "o"
    ]
    assert median[[0, -1], 0] == pytest.approx([5, 11])
    assert median[12, 1] == pytest.approx(height_at_sds(Sex.FEMALE, 72.0, 0.0))


def test_the_normal_band_is_drawn_in_years() -> None:
    axes = growth_figure(assess_growth(GIRL)).axes[0]

    (mean,) = [np.asarray(line.get_xydata()) for line in axes.lines if line.get_label() == "mean of healthy children"]
    two_sd = np.asarray(axes.collections[0].get_paths()[0].vertices)

    normal = normal_range(Sex.FEMALE, 72.0)
    assert mean[12] == pytest.approx([6.0, normal.mean_months / 12])
    at_six = two_sd[np.isclose(two_sd[:, 0], 6.0), 1]
    assert at_six == pytest.approx(
        np.array([normal.mean_months - 2 * normal.sd_months, normal.mean_months + 2 * normal.sd_months]) / 12
    )


def test_predictions_stand_at_the_visits() -> None:
    growth = assess_growth(GIRL)
    axes = growth_figure(growth).axes[1]

    (consensus,) = [np.asarray(line.get_xydata()) for line in axes.lines if line.get_label() == "median of the methods"]

    medians = [
        item.adult_height.consensus.median_cm for item in growth.visits if item.adult_height and item.adult_height.consensus
    ]
    assert consensus == pytest.approx(np.array([[74 / 12, medians[0]], [86 / 12, medians[1]]]))
    methods = [line for line in axes.lines if str(line.get_label()) in ("Bayley-Pinneau", "RWT 1975", "Khamis-Roche 1995")]
    assert methods
    for line in methods:
        assert np.asarray(line.get_xdata()) == pytest.approx(np.array([74, 86]) / 12, abs=0.5), "side by side"


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
def test_missing_values_do_not_break_the_figure(tmp_path: Path, visits: tuple[Visit, ...]) -> None:
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


def test_a_full_disk_leaves_the_earlier_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(_: Figure, path: Path, **options: object) -> None:
        del options
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", half)
    path = tmp_path / "growth.png"
    path.write_bytes(b"earlier")

    with pytest.raises(InputError, match="could not be written"):
        save_growth_figure(assess_growth(GIRL), path)

    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("growth.png", b"earlier")]
