"""Accuracy tables of the hand finder, on the tiny folder: columns match their headers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from openboneage.batch.choice import executor_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.evaluate.hand_finder import mask_table, polarity_table, pose_table, quality_table
from openboneage.weights.registry import ModelSet

FINDER = ModelSet.find().card("hand-finder")
NOT_HANDS = "not_hands/mednist-64px.zip"
HERE = executor_of(1)
TABLES: dict[str, tuple[int, Callable[[Path], str]]] = {
    "polarity": (2, lambda shared: polarity_table(RsnaFilms(shared / "rsna"), FINDER, HERE)),
    "mask": (3, lambda shared: mask_table(RsnaFilms(shared / "rsna"), FINDER)),
    "pose": (9, lambda shared: pose_table(RsnaFilms(shared / "rsna"), FINDER, HERE)),
    "quality": (
        2,
        lambda shared: quality_table(RsnaFilms(shared / "rsna"), shared / NOT_HANDS, FINDER, executor_of(1)),
    ),
}


@pytest.fixture(scope="module")
def tables(tiny_shared: Path) -> dict[str, list[list[str]]]:
    """The cells of each table, head and rule first."""
    made = {name: make(tiny_shared) for name, (_, make) in TABLES.items()}
    return {name: [[cell.strip() for cell in line.strip("|").split("|")] for line in made[name].splitlines()] for name in made}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_markdown(tables: dict[str, list[list[str]]], name: str) -> None:
    head, rule, *rows = tables[name]

    assert len(rows) == TABLES[name][0]
    assert set(rule) == {"---"}
    assert {len(row) for row in (head, rule, *rows)} == {len(head)}


def test_the_program_recognises_polarity(tables: dict[str, list[list[str]]]) -> None:
    assert tables["polarity"][-1] == ["the program", "0.0 %", "0.0 %", "0.0 %"]


def test_masks_agree_with_rough_outlines(tables: dict[str, list[list[str]]]) -> None:
    head, _, *rows = tables["mask"]

    assert head[0].startswith("15 "), "validation, held-out and native films alone"
    assert float(rows[0][1]) > 0.7
    assert len(rows[0][3].split(", ")) == 3
    assert len(rows) == 3
    assert all(float(row[1]) != float(rows[0][1]) for row in rows[1:]), "a cut film is another film"


def test_pose_is_recovered(tables: dict[str, list[list[str]]]) -> None:
    for name, median, _, wrong in tables["pose"][2:]:
        assert name.startswith("rotated by ")
        assert float(median.removesuffix("°")) < 10
        assert wrong == "0.0 %"


def test_every_image_gets_one_verdict(tables: dict[str, list[list[str]]]) -> None:
    for _, count, *verdicts, _ in tables["quality"][2:]:
        assert int(count) == sum(map(int, verdicts)) > 0


def test_the_masks_of_native_films_agree_with_their_outlines(real_rsna: Path) -> None:
    """Native films without background lie in another frame than the outlines: their reductions are measured."""
    _, _, unchanged, *_ = mask_table(RsnaFilms(real_rsna), FINDER).splitlines()

    _, mean, _, worst = (cell.strip() for cell in unchanged.strip("| ").split("|"))
    assert float(mean) > 0.96
    assert float(worst.split(", ")[0]) > 0.9
