"""Make the synthetic reference hands of the reading room: one for each plate of the Greulich-Pyle atlas from six months on.

Run from the root of the repository: `python -m tools.reference_hands`. Each hand has all bones at the median maturity of its
age and the same build, pose and exposure, so that hands of two ages differ by their maturity. Nothing of an atlas or of a film
is used but the ages of the plates.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.clinical.atlas import plates
from openboneage.phantom.child import Child
from openboneage.phantom.film import render
from openboneage.phantom.parameters import YOUNGEST_MONTHS, Body, Exposure, Parameters, Pose, View, draw_parameters
from openboneage.subject import Sex
from openboneage.whole_file import written_whole

FOLDER = Path(__file__).resolve().parents[1] / "src" / "openboneage" / "reading_room" / "atlas"
ABOUT = """Synthetic hands, drawn by a program: no children, and no plates of an atlas.
Each shows the median maturity of all bones at the age of a Greulich-Pyle plate.
"""
HEIGHT_PX, QUALITY = 720, 82
SEED = 1
SPREAD_DEGREES = (0.0, 5.0, 0.0, -6.0, -12.0)


def main() -> None:
    """Write the images and the table of their ages."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "about.txt").write_text(ABOUT, encoding="utf-8")
    rows = []
    for sex, months in wanted():
        name = f"{sex}-{months:03.0f}.webp"
        picture = cv2.imencode(".webp", hand(sex, months), (cv2.IMWRITE_WEBP_QUALITY, QUALITY))[1]
        (FOLDER / name).write_bytes(picture.tobytes())
        rows.append((sex, f"{months:g}", name))
    with written_whole(FOLDER / "atlas.csv") as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("sex", "age_months", "file"), *rows])
    print(f"{len(rows)} hands in {FOLDER.name}.")


def wanted() -> Iterator[tuple[Sex, float]]:
    """Sexes and ages of the plates."""
    for sex in (Sex.FEMALE, Sex.MALE):
        yield from ((sex, months) for months in plates(sex) if months >= YOUNGEST_MONTHS)


def hand(sex: Sex, months: float) -> NDArray[np.uint8]:
    """A hand of median maturity, `(HEIGHT_PX, width)`."""
    return render(parameters(sex, months)).pixels


def parameters(sex: Sex, months: float) -> Parameters:
    """What the hand is made of: nothing is drawn at random but the grain of the bones and of the film."""
    drawn = draw_parameters(SEED, HEIGHT_PX, sex, months)
    bones, nodules = (tuple(0.0 for _ in values) for values in (drawn.child.bone_months, drawn.child.nodule_months))
    return replace(
        drawn,
        child=Child(sex, months, 0.0, bones, nodules),
        body=Body(1.0, (1.0,) * 5, 1.0, 1.0, 1.0, seed=SEED),
        pose=Pose(SPREAD_DEGREES, ((0.0, 0.0),) * 5, 0.0, (1.0,) * 5),
        view=View(HEIGHT_PX, round(0.74 * HEIGHT_PX), 0.36, (0.47, 0.47), rotation_degrees=0.0, mirrored=False),
        exposure=Exposure(
            dose=6e6, scatter=0.08, blur_mm=0.1, equalisation=0.25, sharpening=0.5, background=0.02, contrast=0.75, gamma=1.0,
            inverted=False, seed=SEED,
        ),
        collimation=None,
        markers=(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
