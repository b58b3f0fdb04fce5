"""`boneage evaluate polarity`, `mask`, `mask-stress`, `pose` and `quality`: accuracy of the hand finder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.batch.choice import executor_of
from openboneage.cli.film_sets import Packs, PixelKind, open_packs
from openboneage.cli.options import Dask, Jobs, Models
from openboneage.cli.output import out
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.weights.registry import ModelSet


def polarity(data: Packs = None, models: Models = None, jobs: Jobs = 2, dask: Dask = None) -> None:
    """The corner rule of Lee 2017 and the program's decision, on held-out films, unchanged and inverted."""
    from openboneage.evaluate import hand_finder as study

    out.print(study.polarity_table(open_packs(data), _finder(models), executor_of(jobs, dask)))


def mask(data: Packs = None, pixels: PixelKind = None, models: Models = None) -> None:
    """Dice of the hand mask on outlined films that the finder was not trained on."""
    from openboneage.evaluate import hand_finder as study

    out.print(study.mask_table(open_packs(data, pixels), _finder(models)))


def mask_stress(data: Packs = None, models: Models = None, jobs: Jobs = 2, dask: Dask = None) -> None:
    """Dice of the hand mask on outlined films that were turned, inverted, covered, cut or doubled, by kind of change."""
    from openboneage.datasets.outlined_films import OutlinedFilms
    from openboneage.evaluate.mask_stress import mask_stress_table

    films = OutlinedFilms(open_packs(data).root)
    out.print(mask_stress_table(films, _finder(models), executor_of(jobs, dask)))


def pose(data: Packs = None, pixels: PixelKind = None, models: Models = None, jobs: Jobs = 2, dask: Dask = None) -> None:
    """Rotation, side and position of the hand on held-out films, rotated and mirrored."""
    from openboneage.evaluate import hand_finder as study

    out.print(study.pose_table(open_packs(data, pixels), _finder(models), executor_of(jobs, dask)))


def quality(
    data: Packs = None,
    not_hands: Annotated[
        Path | None, typer.Option(help="Archive of images without a hand. Default: next to the folder of the packs.")
    ] = None,
    models: Models = None,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Refusals among 1,000 real hands, acceptances among images without a hand."""
    from openboneage.evaluate import hand_finder as study

    packs = open_packs(data)
    archive = not_hands or packs.root.parent / "not_hands" / "mednist-64px.zip"
    out.print(study.quality_table(packs, archive, _finder(models), executor_of(jobs, dask)))


def _finder(models: str | None) -> Path:
    return ModelSet.find(models).card(HAND_FINDER.name)
