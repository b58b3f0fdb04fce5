"""Damaged films, through the whole program, on the tiny folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from openboneage.assess.assessor import Assessor
from openboneage.batch.choice import executor_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.evaluate.damage import PLAIN, Row, damage_table, damages
from openboneage.evaluate.sample import sample_of
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests import hands
from tests.evaluate.made import reading


def test_errors_count_among_answers() -> None:
    cases = [
        (Verdict.ACCEPT, 126),
        (Verdict.ACCEPT, 77),
        (Verdict.ACCEPT_WITH_FINDINGS, 70),
        (Verdict.REJECT, 190),
    ]
    readings = [reading("1", 100, Sex.FEMALE, estimated, verdict=verdict) for verdict, estimated in cases]
    assert Row.of(readings) == Row(clean=2, found=1, refused=1, far_off=2)


def test_every_damage_changes_the_film_and_leaves_the_original() -> None:
    film, hand = hands.film("7043"), hands.examined("7043").hand
    before = film.copy()
    made = {name: change(film) for name, change in damages(hand, hands.film("7041")).items()}
    np.testing.assert_array_equal(film, before)
    np.testing.assert_array_equal(made.pop(PLAIN), before)
    assert len(made) == 21
    assert len({(pixels.shape, pixels.tobytes()) for pixels in made.values()} - {(film.shape, before.tobytes())}) == len(made)


def test_a_hand_that_lies_askew_is_not_cropped() -> None:
    askew = hands.hand_on(hands.turned(hands.film("7043"), 45))
    assert not any(name.startswith("cropped") for name in damages(askew, hands.film("7041")))


def test_the_table_has_a_row_a_damage(tiny_shared: Path) -> None:
    sample = sample_of(RsnaFilms(tiny_shared / "rsna"), Split.NATIVE)
    table = damage_table(sample, partial(Assessor.load, None, 1), executor_of(1))
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    assert head[0] == "native films"
    assert rows[0] == [PLAIN, "3", "3", "0", "0", "0"]
    counts = {name: tuple(map(int, cells)) for name, *cells in rows}
    assert all(clean + found + refused == films for films, clean, found, refused, _ in counts.values())
    assert counts["two hands, the same one above itself"][3] == 3
    assert counts["left half and its mirror image"][3] == 3
