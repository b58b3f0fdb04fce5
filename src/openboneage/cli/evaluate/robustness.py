"""`boneage evaluate stress`, `damage`, `repeat` and `resolution`: bone ages of films that were changed."""

from __future__ import annotations

from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.choice import executor_of
from openboneage.cli.evaluate.shared import Every, OneSplit, announced, every_nth, loader_of
from openboneage.cli.film_sets import Columns, Data, Films, Labels, PixelKind, open_films
from openboneage.cli.options import Dask, Estimator, Jobs, Models
from openboneage.cli.output import out


def stress(
    films: Films = None,
    split: OneSplit = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
    every: Every = None,
) -> None:
    """Bone ages of films that were rotated, flipped, blurred, reduced or changed in tone, compared with the unchanged films."""
    from openboneage.evaluate import stress as study
    from openboneage.evaluate.sample import sample_of

    load = loader_of(models, estimator)
    sample = announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.stress_table(sample.every(every or every_nth(sample)), load, executor_of(jobs, dask)))


def damage(
    films: Films = None,
    split: OneSplit = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
    every: Every = None,
) -> None:
    """Answers, findings and refusals on films with two hands or half a hand, and on stretched, filtered and cropped films."""
    from openboneage.evaluate import damage as study
    from openboneage.evaluate.sample import sample_of

    load = loader_of(models, estimator)
    sample = announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.damage_table(sample.every(every or every_nth(sample)), load, executor_of(jobs, dask)))


def repeat(
    films: Films = None,
    split: OneSplit = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
    every: Every = None,
) -> None:
    """Spread of a film's bone age under small, harmless changes."""
    from openboneage.evaluate import repeat as study
    from openboneage.evaluate.sample import sample_of

    load = loader_of(models, estimator)
    sample = announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.repeat_table(sample.every(every or every_nth(sample)), load, executor_of(jobs, dask)))


def resolution(
    films: Films = None,
    split: OneSplit = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
    every: Every = None,
) -> None:
    """Bone ages of films at full size and reduced to 600, 299, 150 and 100 px."""
    from openboneage.evaluate import resolution as study
    from openboneage.evaluate.sample import sample_of

    load = loader_of(models, estimator)
    sample = announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.resolution_table(sample.every(every or every_nth(sample)), load, executor_of(jobs, dask)))
