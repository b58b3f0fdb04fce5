"""Stressed films, through the whole program, on the tiny folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import Film
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.evaluate.ages import read_films
from openboneage.evaluate.sample import sample_of
from openboneage.evaluate.stress import PLAIN, Changes, read_changed, scales_of, stress_row, stress_table, stresses
from openboneage.subject import Sex
from tests.tiny_rsna import example_film, point_sampled
from tests.toy_model import write_toy

NAN = float("nan")
FINE, COARSE = scales_of(2000), scales_of(150)
FILM = point_sampled(example_film("7043"))


def film(film_id: str = "1") -> Film:
    return Film(film_id, Sex.FEMALE, 60, Split.HELD_OUT)


def test_every_stress_changes_the_film_and_leaves_the_original() -> None:
    before = FILM.copy()

    made = {name: change(FILM) for name, change in stresses(film(), FINE).items()}

    np.testing.assert_array_equal(FILM, before)
    np.testing.assert_array_equal(made.pop(PLAIN), before)
    assert len(made) == 29
    for name, pixels in made.items():
        assert (pixels.dtype, pixels.ndim) == (np.uint8, 2), name
        if not name.startswith("blur"):  # which is less than a pixel here
            assert pixels.shape != before.shape or (pixels != before).any(), name


def test_no_two_stresses_are_the_same() -> None:
    made = [change(FILM) for name, change in stresses(film(), FINE).items() if not name.startswith("blur")]

    assert len({(pixels.shape, pixels.tobytes()) for pixels in made}) == len(made)


def test_noise_hangs_on_the_films_id() -> None:
    name = "noise, SD 5 grey levels"
    first, again, other = (stresses(film(film_id), FINE)[name](FILM) for film_id in ("1", "1", "2"))

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_small_films_are_reduced_less() -> None:
    assert {"resolution 50 %", "resolution 25 %"} < set(stresses(film(), FINE))
    assert {"resolution 75 %", "resolution 50 %"} < set(stresses(film(), COARSE))


def test_a_row_counts_errors_over_films_that_are_answered_both_ways() -> None:
    truth, plain = np.array([100.0, 100, 100, 100]), np.array([104.0, 94, 150, NAN])

    row = stress_row("stress", truth, plain, np.array([108.0, 97, NAN, 100]))

    assert row == ["stress", "3", "1", "5.50", "5.00", "+10.0 %", "3.50", "yes"]


@pytest.mark.parametrize(("changed", "met"), [([104.0, 94], "yes"), ([106.0, 94], "no"), ([NAN, NAN], "no")])
def test_a_stress_is_met_within_ten_percent(changed: list[float], met: str) -> None:
    assert stress_row("stress", np.array([100.0, 100]), np.array([104.0, 94]), np.array(changed))[-1] == met


def test_an_unchanged_film_gets_the_age_of_the_program(tiny_shared: Path) -> None:
    sample, load = sample_of(RsnaFilms(tiny_shared / "rsna")), partial(Assessor.load, None, 1)
    readings = read_films(sample.source, sample.films, load, executor_of(1))

    films, months = read_changed(sample, only_plain, load, executor_of(1))

    assert films == list(sample.films)
    assert months.shape == (6, 1)
    assert months[:, 0] == pytest.approx([each.age.mean_months if each.answered else NAN for each in readings], nan_ok=True)


def only_plain(each: Film) -> Changes:
    return {PLAIN: stresses(each, COARSE)[PLAIN]}


def test_the_table_has_a_row_a_stress(tiny_shared: Path, tmp_path: Path) -> None:
    sample = sample_of(RsnaFilms(tiny_shared / "rsna")).every(3)
    table, sentence = stress_table(sample, partial(Assessor.load, write_toy(tmp_path), 1), executor_of(2)).split("\n\n")
    head, rule, plain, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())

    assert head[0] == "2 held-out films"
    assert head[5] == "change"
    assert set(rule) == {"---"}
    assert plain[:3] == [PLAIN, "2", "0"]
    assert plain[3] == plain[4]
    assert plain[5:] == ["+0.0 %", "0.00", "yes"]
    assert [row[0] for row in rows] == list(stresses(film(), COARSE))[1:]
    assert {int(row[1]) + int(row[2]) for row in rows} == {2}
    assert f"{sum(row[-1] == 'yes' for row in rows)} of {len(rows)} stresses are met" in sentence
    assert sentence.endswith("Refusals do not count.")
