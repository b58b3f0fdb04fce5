"""Ages of stages against labels: figures, worst films, and sets without a bone finder."""

from __future__ import annotations

from functools import cache

import pytest

from openboneage.batch.executor import InProcess
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.stages import StageAnswer, age_table, stage_answers, worst_table
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import toy_assessor, toy_bone_assessor


class Films:
    """Three films of a hand and one without; the last cannot be read."""

    films = tuple(Film(str(number), Sex.MALE, 100.0 + 20 * number, Split.VALIDATION) for number in range(4))

    def radiograph(self, film: Film) -> Radiograph:
        return read(hands.not_hand("noise") if film.id == "3" else hands.film("7043", 300 + 40 * int(film.id)))


@cache
def answers() -> list[StageAnswer]:
    source = Films()
    return stage_answers(source, source.films, toy_bone_assessor, InProcess())  # type: ignore[arg-type]


def test_films_are_assessed_and_refused_ones_left_out() -> None:
    assert [each.film.id for each in answers()] == ["0", "1", "2"]
    for each in answers():
        whole, own = each.ages["whole hand"][0], each.ages["mean of the bones' own ages"][0]
        assert each.ages["mean of whole hand and bones"][0] == pytest.approx((whole + own) / 2)
        low, high = each.ages["TW3"][1:]
        assert low <= each.ages["TW3"][0] <= high


def test_the_table_has_a_row_for_each_age() -> None:
    table = age_table(answers())

    assert table.count("\n| ") == 6
    assert "Bones of a film, median: " in table


def test_the_worst_film_comes_first() -> None:
    worst = max(answers(), key=lambda each: abs(each.ages["TW3"][0] - each.film.label_months))

    assert worst_table(answers()).splitlines()[2].startswith(f"| {worst.film.id} |")


def test_models_without_a_bone_finder_are_an_error() -> None:
    source = Films()
    with pytest.raises(InputError, match="bone-finder"):
        stage_answers(source, source.films, toy_assessor, InProcess())  # type: ignore[arg-type]
