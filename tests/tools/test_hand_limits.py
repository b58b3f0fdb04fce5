"""The limits of the hand, derived on the tiny folder; the shipped numbers against the boxes of the challenge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.hand.frame import LEFT, TOP
from tests import hands
from tests.tiny_rsna import example_film
from tools.hand_limits import canvas_table, cut, exposure_table, fingertips, outline_share, shares_when_cut

HAND = {
    "Radius": [(0.5, 0.9)],
    "MCP": [(0.3, 0.55), (0.42, 0.5), (0.5, 0.5), (0.58, 0.5), (0.8, 0.7)],
    "PIP": [(0.25, 0.4), (0.42, 0.3), (0.5, 0.3), (0.58, 0.3), (0.9, 0.6)],
    "DIP": [(0.25, 0.3), (0.42, 0.2), (0.5, 0.2), (0.58, 0.2)],
}


def test_fingertips_lie_beyond_the_last_joint() -> None:
    tips = fingertips(HAND, aspect=1.0)
    assert tips is not None
    assert tips[2] == pytest.approx([0, (0.2 - 0.8 * 0.1 - 0.5) / 0.4]), "the middle finger points away from the radius"
    assert tips[4] == pytest.approx([(0.9 + 0.8 * 0.1 - 0.5) / 0.4, (0.6 - 0.8 * 0.1 - 0.5) / 0.4]), "the thumb comes last"
    assert fingertips({**HAND, "DIP": HAND["DIP"][1:]}, aspect=1.0) is None
    assert fingertips({**HAND, "Radius": []}, aspect=1.0) is None


def test_the_canvas_is_that_of_the_training_films(real_rsna: Path) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in canvas_table(RsnaFilms(real_rsna)).splitlines()[2:]
    ]
    little, tips, _ = (float(row[2]) for row in rows)
    assert (little, tips) == (pytest.approx(LEFT, abs=0.01), pytest.approx(TOP, abs=0.01))
    assert [row[4] for row in rows] == ["267"] * 3


def test_a_cut_film_has_less_of_an_outline() -> None:
    whole = [hands.examined(name).hand.radiograph for name in ("7043", "7041")]
    shares = shares_when_cut(whole, hands.shipped().finder)
    plain, *cuts = shares.values()
    assert all(share is not None and share > 0.9 for share in plain)
    assert min((share for each in cuts for share in each if share is not None), default=0) < 0.83


def test_a_film_is_cut_at_the_row() -> None:
    hand = hands.examined("7043").hand
    shorter = cut(hand, 0.0)
    assert shorter is not None
    assert np.array_equal(shorter.display, hand.radiograph.display[-len(shorter.display) :])
    assert 0.2 < 1 - len(shorter.display) / len(hand.radiograph.display) < 0.6
    assert cut(hand, -9.0) is None


def test_a_film_that_is_refused_anyway_has_no_share() -> None:
    assert outline_share(hands.hand_on(hands.not_hand("noise")).radiograph, hands.shipped().finder) is None
    assert outline_share(hands.hand_on(example_film("7038")).radiograph, hands.shipped().finder) is not None


def test_exposure_is_held_against_its_limits(tiny_shared: Path) -> None:
    lines = exposure_table(tiny_shared / "rsna", hands.shipped().finder).splitlines()[2:]
    white, black, detail = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    assert (white[0], white[-2], white[-1]) == ("white", "0.10 and 0.30", "0.0 % and 0.0 %")
    assert (black[0], black[-2]) == ("black", "0.06")
    median, worst = float(detail[2]), float(detail[3])
    assert 0.6 < worst <= median < 1
