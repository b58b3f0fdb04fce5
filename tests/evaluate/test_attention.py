"""What estimators look at: counted on a film with a marker, and on films of the tiny packs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from openboneage.assess.distribution import UNCALIBRATED, AgeDistribution, describe
from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import Film, FilmFiles
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.attention import (
    PATCHES,
    FilmAttention,
    Shares,
    Stage,
    attention_report,
    attention_shares,
    films_by_stage,
    look,
    mean_shares,
    outside_hand,
    stage_of,
)
from openboneage.evaluate.faithfulness import SHARES, Curves, Faithfulness
from openboneage.evaluate.film_regions import Region, region_map
from openboneage.explain.occlusion import film_occlusion_map
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from tests import hands
from tests.estimators import Regressor, bell, load_assessor
from tests.evaluate.drawn import MARKER, NATIVE_SIZE_PX, drawn_regions, hand, named_regions

HAND = hand()
REGIONS = region_map(HAND, named_regions(), NATIVE_SIZE_PX)
EPIPHYSIS = slice(266, 290), slice(262, 286)
"""Rows and columns of the drawn epiphysis."""


class Looker(Regressor):
    """Estimates the age from the brightness of one place of the film."""

    name: ClassVar[str] = "looker"

    def __init__(self, place: tuple[slice, slice]) -> None:
        self.place = place

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:  # noqa: ARG002
        return describe(bell(60 + 100 * float(hand.film[self.place].mean()) / 255, 5), UNCALIBRATED)


def shares_of(place: tuple[slice, slice]) -> dict[Region, Shares]:
    attention = film_occlusion_map(HAND, Sex.FEMALE, Looker(place), PATCHES)
    return dict(attention_shares(attention.on_film(HAND), REGIONS))


def film_of(shares: dict[Region, Shares], stage: Stage = Stage.LATE) -> FilmAttention:
    flat = Curves(np.full(len(SHARES), 4.0), np.full(len(SHARES), 2.0))
    steep = Curves(np.full(len(SHARES), 8.0), np.full(len(SHARES), 1.0))
    return FilmAttention(stage, shares, Faithfulness(steep, flat))


def test_an_estimator_that_reads_the_marker_is_found_out() -> None:
    shares = shares_of(MARKER)

    assert outside_hand(shares) > 0.8
    assert shares[Region.MARKER].attention > 5 * shares[Region.MARKER].area
    assert "of the attention lies outside the hand; the estimator may read markers" in attention_report([film_of(shares)])


def test_an_estimator_that_looks_at_an_epiphysis_is_not() -> None:
    shares = shares_of(EPIPHYSIS)

    assert outside_hand(shares) < 0.01
    assert shares[Region.EPIPHYSES].attention > 5 * shares[Region.EPIPHYSES].area
    assert "Warning" not in attention_report([film_of(shares)])


def test_shares_by_hand() -> None:
    regions = np.array([[0, 0, 2, 5]], np.uint8)
    shares = attention_shares(np.array([[0, 1, -1, 2]], np.float32), regions)

    assert shares[Region.BACKGROUND] == Shares(0.25, 0.5)
    assert shares[Region.SOFT_TISSUE] == Shares(0.25, 0.25)
    assert shares[Region.EPIPHYSES] == Shares(0.5, 0.25)
    assert shares[Region.CARPALS] == Shares(0, 0)
    assert attention_shares(np.zeros((1, 4), np.float32), regions)[Region.BACKGROUND] == Shares(0.5, 0.5)


def test_means_over_films() -> None:
    first, second = ({region: Shares(value, value) for region in Region} for value in (0.2, 0.4))

    assert mean_shares([first, second])[Region.MARKER].attention == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("sex", "years", "stage"),
    [
        (Sex.FEMALE, 1.9, None),
        (Sex.FEMALE, 2, Stage.PREPUBERTY),
        (Sex.FEMALE, 7, Stage.EARLY_AND_MID),
        (Sex.FEMALE, 14, Stage.LATE),
        (Sex.FEMALE, 15, Stage.POSTPUBERTY),
        (Sex.MALE, 2.5, None),
        (Sex.MALE, 8.9, Stage.PREPUBERTY),
        (Sex.MALE, 14, Stage.LATE),
        (Sex.MALE, 16, Stage.POSTPUBERTY),
        (Sex.UNKNOWN, 10, None),
    ],
)
def test_stages(sex: Sex, years: float, stage: Stage | None) -> None:
    assert stage_of(sex, 12 * years) is stage


def test_report_has_a_row_for_each_stage_and_for_all() -> None:
    shares = {region: Shares(1 / 6, 1 / 6) for region in Region}
    first, second = attention_report([film_of(shares), film_of(shares, Stage.PREPUBERTY)]).split("\n\n")[:2]

    assert first.splitlines()[0].startswith("| attention (area) | films | epiphyses | carpals |")
    assert [line.split(" | ")[0] for line in first.splitlines()[2:]] == ["| prepuberty", "| late puberty", "| all"]
    assert second.splitlines()[-1] == "| all | 8.0 | 4.0 | 1.0 | 2.0 |"


def test_no_film_is_refused() -> None:
    with pytest.raises(InputError, match="found none"):
        attention_report([])


LABEL_MONTHS = Regressor().estimate(HAND, Sex.FEMALE).mean_months
FILMS = (
    Film("right", Sex.FEMALE, LABEL_MONTHS, Split.HELD_OUT),
    Film("wrong", Sex.FEMALE, LABEL_MONTHS + 40, Split.HELD_OUT),
    Film("other", Sex.FEMALE, LABEL_MONTHS, Split.HELD_OUT),
    Film("learned", Sex.FEMALE, LABEL_MONTHS, Split.TRAIN),
    Film("infant", Sex.FEMALE, 6.0, Split.HELD_OUT),
    Film("unlabelled", Sex.FEMALE, None, Split.HELD_OUT),
)
DRAWN = {film.id: drawn_regions() for film in FILMS}


@pytest.fixture
def source(tmp_path: Path) -> FilmFiles:
    path = tmp_path / "film.png"
    path.write_bytes(hands.png(hands.film("7043")))
    return FilmFiles("mine", "files", FILMS, {film.id: path for film in FILMS}, frozenset({Split.TRAIN}))


def test_films_are_the_first_of_each_stage_that_nothing_learned(source: FilmFiles) -> None:
    assert [film.id for film in films_by_stage(source, DRAWN, 2)] == ["right", "other", "wrong"]
    assert [film.id for film in films_by_stage(source, DRAWN, 1)] == ["right", "wrong"]
    with pytest.raises(InputError, match="films of mine with drawn regions"):
        films_by_stage(source, {}, 1)


def test_films_that_are_estimated_correctly_are_looked_at(source: FilmFiles) -> None:
    films = look(source, FILMS[:2], DRAWN, partial(load_assessor, Regressor), executor_of(1))

    assert [film.stage for film in films] == [stage_of(Sex.FEMALE, LABEL_MONTHS)]
    assert outside_hand(films[0].shares) < 0.02
    assert films[0].curves.of_map.deletion_months > films[0].curves.of_chance.deletion_months
