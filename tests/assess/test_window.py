"""DICOM films whose window cuts the hand's grey levels off although the stored values hold them."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.assess.assessment import Assessment
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests import hands
from tests.reading.films import film_file

FULL = 4095
MONTHS = 6


def assessed(name: str, centre: float, width: float, *, dark_bones: bool = False) -> Assessment:
    """An example film of 12 bits, with a window given in shares of its range."""
    stored = hands.film(name).astype(np.uint16) * 16
    photometric = "MONOCHROME1" if dark_bones else "MONOCHROME2"
    stored, centre = (FULL - stored, 1 - centre) if dark_bones else (stored, centre)
    window = {"WindowCenter": round(centre * FULL), "WindowWidth": round(width * FULL)}
    data = film_file(stored, PhotometricInterpretation=photometric, PixelSpacing=None, **window)
    return hands.shipped().assess(data, Sex(hands.SEXES[name]), None)


@pytest.mark.parametrize("dark_bones", [False, True], ids=["bright bones", "dark bones"])
@pytest.mark.parametrize(("centre", "width"), [(0.15, 0.3), (0.5, 0.1), (0.9, 0.2)])
@pytest.mark.parametrize("name", ["7038", "14750", "7041"])
def test_a_window_that_cuts_the_hand_changes_little(name: str, centre: float, width: float, dark_bones: bool) -> None:
    plain, cut = assessed(name, 0.5, 1.0), assessed(name, centre, width, dark_bones=dark_bones)
    assert "window-cuts-hand" not in hands.codes(plain)
    assert "window-cuts-hand" in hands.codes(cut)
    assert cut.verdict is Verdict.ACCEPT_WITH_FINDINGS
    assert hands.bone_age(cut).mean_months == pytest.approx(hands.bone_age(plain).mean_months, abs=MONTHS)


@pytest.mark.parametrize("kind", ["clouds", "noise"])
def test_a_window_on_an_image_without_a_hand_is_unchanged(kind: str) -> None:
    stored = hands.not_hand(kind).astype(np.uint16) * 16
    codes = hands.codes(hands.shipped().assess(film_file(stored, WindowCenter=600, WindowWidth=400), Sex.FEMALE))
    assert "window-cuts-hand" not in codes


def test_a_film_that_is_saturated_itself_is_refused() -> None:
    bright = np.minimum(hands.film("14750").astype(int) * 4, 255).astype(np.uint8)
    refused = hands.shipped().assess(hands.png(bright), Sex.FEMALE)
    assert refused.verdict is Verdict.REJECT
    assert "saturated" in hands.codes(refused)
    assert "window-cuts-hand" not in hands.codes(refused)
