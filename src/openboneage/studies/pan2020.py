"""Pan et al. 2020: features of off-the-shelf networks, kernel regression, and ensembles of it.

Source: Pan X, Zhao Y, Chen H, et al. "Fully automated bone age assessment on large-scale hand X-ray dataset", International
Journal of Biomedical Imaging 2020. `FULL` has the printed sizes, `SMALL` is planned for an hour on two cores, which was not
measured.

As printed: VGG-16, VGG-19, ResNet-50, Inception-v3, Inception-ResNet-v2 and Xception as extractors, global average pooling of
their last maps; two components by incremental and by kernel PCA (linear, RBF, polynomial, sigmoid) against the age (Fig. 4);
ages scaled from 0-228 months to 0-1; SVR (linear, C 1, tolerance 1e-3) and kernel ridge regression (linear and cubic, alpha
1), for all, boys and girls, with five-fold cross-validation (Table 2); Bagging and AdaBoost of kernel ridge regression with 1
to 30 estimators (Fig. 8, Table 3); films balanced by bone age.

Deviations:

- Hand: the shipped hand finder segments, not a U-Net of active learning; contrast is normalised within the hand, not by CLAHE.
- Weights: ImageNet in the paper. Here a network starts from a file in the folder `--weights`, from `imagenet` (a download), or
  from random weights, as the tables say. MobileNetV2 is a seventh network, since its ImageNet weights are at hand.
- The networks are not fine-tuned. The text says in one place that they are, without saying how.
- "The kernel is linear, the coefficient is 3, which leads to a cubic function": both kernels are measured.
- VGG has 512 features after pooling and Inception-ResNet-v2 has 1,536; the text has 4,096 and 2,048, which are those of other
  layers.
- Films are balanced by year of bone age: many months have no film. A film that is drawn twice counts twice, and stays in one
  fold.
- Over `EXACT_FILMS` films, kernel ridge regression is approximated (Nystroem); a table says what that costs on a sample where
  both can be solved.
- Cross-validation gives the table of the training films; the figures beside it are those of held-out films, which the paper
  calls test films without saying how they were chosen.
- Kernel PCA with polynomial and sigmoid kernels gets centred, scaled features: the kernels overflow or are constant otherwise.
- The model for `boneage assess` is Bagging of linear kernel ridge regression, the paper's best, with its numbers of
  estimators. It is linear, so it is exported as one layer.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn

from openboneage.datasets.cohort import balanced_by_age
from openboneage.datasets.splits import Split
from openboneage.evaluate.metrics import Ages, agreement, root_mean_squared_error, to_markdown
from openboneage.learn.features import Features, features_of
from openboneage.learn.kernel_regression import (
    Ensemble,
    Regressor,
    cross_validated,
    fitted,
    linear_weights,
    two_components,
    variance_explained,
)
from openboneage.learn.networks.feature_nets import IMAGENET, MOBILENET, TIMM_NAMES, Pooled, Start, feature_maps
from openboneage.learn.networks.study_model import MonthsReadout, StudyModel
from openboneage.learn.pictures import Pictures
from openboneage.studies.estimator_run import GROUPS, EstimatorRun, StudyExport, of_group, square_padding

NAME = "pan-2020"
LAST_MONTH = 228
REGRESSORS = (Regressor("svr"), Regressor("krr"), Regressor("krr", "cubic"))
LINEAR_KRR = Regressor("krr")
BAGGED = {"both": 21, "boys": 14, "girls": 19}
"""Estimators of the best MAE (Table 3)."""
PRINTED = {
    ("SVR (linear)", "both"): (14.22, 18.08, 0.714),
    ("SVR (linear)", "boys"): (11.74, 14.84, 0.642),
    ("SVR (linear)", "girls"): (13.01, 17.38, 0.637),
    ("KRR (linear)", "both"): (13.94, 14.84, 0.729),
    ("KRR (linear)", "boys"): (11.93, 12.82, 0.656),
    ("KRR (linear)", "girls"): (12.77, 11.93, 0.647),
}
"""MAE, RMSE and CCC with Inception-ResNet-v2 (Table 2)."""
PRINTED_ENSEMBLES = {
    ("Bagging", "both"): (8.59, 0.94),
    ("Bagging", "boys"): (6.96, 0.97),
    ("Bagging", "girls"): (7.35, 0.97),
    ("AdaBoost", "both"): (9.31, 0.94),
    ("AdaBoost", "boys"): (7.62, 0.94),
    ("AdaBoost", "girls"): (7.60, 0.95),
}
"""Least MAE and greatest CCC over the numbers of estimators (Table 3)."""


@dataclass(frozen=True)
class PanStudy:
    """Settings.

    Attributes:
        networks: The extractors.
        side_px: Side of the pictures.
        training: Training films at most; None takes all.
        others: Films of every other split at most.
        estimators: Estimators of the ensembles.
        landmarks: Films of the Nystroem approximations that are compared with the exact solution.
    """

    networks: tuple[str, ...] = (MOBILENET, *TIMM_NAMES)
    side_px: int = 299
    training: int | None = None
    others: int | None = None
    estimators: int = 30
    landmarks: tuple[int, ...] = (100, 200, 500)


FULL = PanStudy()
SMALL = replace(FULL, side_px=160, training=1000, others=200)


@dataclass(frozen=True, eq=False)
class Split2:
    """Features and scaled ages of training and held-out films of one group; a balanced sample has some films several times."""

    ids: Sequence[str]
    features: Features
    ages: Ages
    test_features: Features
    test_ages: Ages

    def errors(self, estimated: Ages) -> tuple[float, float, float]:
        """MAE and RMSE in months, and CCC, on the held-out films."""
        return _errors(self.test_ages, estimated)


def _errors(read: Ages, estimated: Ages) -> tuple[float, float, float]:
    f = agreement(read * LAST_MONTH, estimated * LAST_MONTH)
    return f.mae, f.rmse, f.ccc


@dataclass(frozen=True, eq=False)
class Extracted:
    """What one network gives.

    Attributes:
        name: The network.
        start: What it starts from.
        network: From pictures to features.
        training: Training pictures, balanced.
        features: Their features.
        held_out: Held-out pictures.
        test_features: Their features.
    """

    name: str
    start: Start
    network: nn.Module
    training: Pictures
    features: Features
    held_out: Pictures
    test_features: Features

    def group(self, group: str) -> Split2:
        """The films of one group."""
        of_group(self.training, group)
        of_group(self.held_out, group)
        ours, theirs = (np.isin(each.sex, GROUPS[group]) for each in (self.training, self.held_out))
        ages, test = (each.age_months.astype(float) / LAST_MONTH for each in (self.training, self.held_out))
        return Split2(self.training.chosen(ours).ids, self.features[ours], ages[ours], self.test_features[theirs], test[theirs])


def start_of(name: str, weights: str | None, backbone: Path | None) -> Start:
    """What a network starts from: `imagenet`, or a file `<network>.pt` in a folder; MobileNetV2 from its TFLite file."""
    if name == MOBILENET:
        return Start(str(backbone) if backbone else None)
    if weights is None or weights == IMAGENET:
        return Start(weights)
    file = Path(weights) / f"{name}.pt"
    return Start(str(file) if file.is_file() else None)


def extract(study: PanStudy, run: EstimatorRun, name: str, backbone: Path | None) -> Extracted:
    """Features of the training and held-out films from a network."""
    balanced, held_out = _balanced(run, study.side_px), run.pictures(Split.HELD_OUT, study.side_px)
    start = start_of(name, run.weights, backbone)
    torch.manual_seed(0)
    images = torch.from_numpy(held_out.pixels[:16, None] / np.float32(255))
    network, cache = Pooled(feature_maps(name, start, images)[0]).eval(), run.folder / "features"
    found = (features_of(network, each, cache) for each in (balanced, held_out))
    return Extracted(name, start, network, balanced, next(found), held_out, next(found))


def _balanced(run: EstimatorRun, side_px: int) -> Pictures:
    """Training pictures, as many of each year of bone age."""
    pictures, films = run.pictures(Split.TRAIN, side_px), run.chosen(Split.TRAIN)
    years = len({int(film.label_months // 12) for film in films})
    places = {film_id: number for number, film_id in enumerate(pictures.ids)}
    drawn = balanced_by_age(films, max(len(films) // years, 1), seed=0, width_months=12)
    return pictures.chosen([places[film.id] for film in drawn])


def report(study: PanStudy, run: EstimatorRun, backbone: Path | None = None) -> str:
    """Fig. 4, Table 2, Fig. 8, Table 3 and the error of the approximation; the best model goes to `boneage assess`."""
    components, rows, least = [], [], (np.inf, "")
    for name in study.networks:
        extracted = extract(study, run, name, backbone)
        components.append([_named(extracted), *_figure4(extracted, run.folder)])
        table = _table2(extracted)
        rows += table
        least = min(least, (min(float(row[3]) for row in table if row[2] == "both"), name))
    best = extract(study, run, least[1], backbone)
    ensembles, curves = _ensembles(best, study.estimators)
    _write_curves(run.folder / "figure8.csv", curves)
    publish(study, run, best)
    size = f"{len(best.training)} balanced training films, {len(best.held_out)} held-out films, {study.side_px} px"
    return "\n\n".join(
        (
            f"{size}. Variance of the bone age that two components explain (Fig. 4, pictures beside this table):",
            to_markdown(("network", *two_components(best.features[:8])), components),
            "Regression (Table 2; printed: Inception-ResNet-v2 with ImageNet weights):",
            to_markdown(("network", "regression", "films", "cross-validated MAE", "MAE", "RMSE", "CCC", "printed"), rows),
            f"Ensembles of linear KRR on {_named(best)}, 1 to {study.estimators} estimators (Fig. 8, Table 3):",
            to_markdown(("ensemble", "films", "least MAE (estimators)", "greatest CCC (estimators)", "printed"), ensembles),
            "Kernel ridge regression, exact and approximated (Nystroem), all films:",
            to_markdown(("regression", "MAE", "RMSE", "CCC"), _approximations(best, study.landmarks)),
        )
    )


def _named(extracted: Extracted) -> str:
    return f"{extracted.name}, {extracted.start.words}"


def _figure4(extracted: Extracted, folder: Path) -> list[str]:
    """Draw the two components of each method, coloured by age, and say how much of the age they explain."""
    found, ages = two_components(extracted.features), extracted.training.age_months.astype(float)
    figure = Figure(figsize=(3 * len(found), 3), layout="constrained")
    subplots = np.ravel(figure.subplots(1, len(found)))
    for axes, (name, values) in zip(subplots, found.items(), strict=True):
        axes.scatter(*values.T, c=ages, s=4, cmap="viridis")
        axes.set(title=name, xticks=[], yticks=[])
    figure.colorbar(subplots[0].collections[0], ax=subplots.tolist(), label="bone age (months)")
    figure.savefig(folder / f"figure4-{extracted.name}.png", dpi=110)
    return [f"{100 * variance_explained(values, ages):.0f} %" for values in found.values()]


def _table2(extracted: Extracted) -> list[list[str]]:
    rows = []
    for regressor in REGRESSORS:
        for group in GROUPS:
            films = extracted.group(group)
            validated = _errors(films.ages, cross_validated(regressor, films.features, films.ages, films.ids))[0]
            errors = films.errors(fitted(regressor, films.features, films.ages).predict(films.test_features))
            name = regressor.name
            printed = PRINTED.get((name, group))
            figures = f"{errors[0]:.2f}", f"{errors[1]:.2f}", f"{errors[2]:.3f}"
            rows.append([_named(extracted), name, group, f"{validated:.2f}", *figures, " / ".join(map(str, printed or ("–",)))])
    return rows


def _ensembles(best: Extracted, count: int) -> tuple[list[list[str]], list[tuple[str, str, int, float, float, float]]]:
    """Rows of Table 3, and the points of Fig. 8: ensemble, group, estimators, MAE, RMSE, CCC."""
    rows, curves = [], []
    for kind in ("AdaBoost", "Bagging"):
        for group in GROUPS:
            films = best.group(group)
            ensemble = Ensemble.fit(LINEAR_KRR, films.features, films.ages, count, bagging=kind == "Bagging")
            stages = [films.errors(estimated) for estimated in ensemble.staged(films.test_features)]
            curves += [(kind, group, number, *errors) for number, errors in enumerate(stages, 1)]
            mae, ccc = int(np.argmin([each[0] for each in stages])), int(np.argmax([each[2] for each in stages]))
            printed = PRINTED_ENSEMBLES[kind, group]
            least, greatest = f"{stages[mae][0]:.2f} ({mae + 1})", f"{stages[ccc][2]:.3f} ({ccc + 1})"
            rows.append([kind, group, least, greatest, f"{printed[0]} / {printed[1]}"])
    return rows, curves


def _write_curves(path: Path, curves: Sequence[tuple[str, str, int, float, float, float]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("ensemble", "films", "estimators", "mae_months", "rmse_months", "ccc"))
        writer.writerows([*row[:3], *(f"{value:.4f}" for value in row[3:])] for row in curves)


def _approximations(best: Extracted, landmarks: Sequence[int]) -> list[list[str]]:
    films, rows = best.group("both"), []
    for kernel in ("linear", "cubic"):
        for count in (None, *(each for each in landmarks if each < len(films.features))):
            regressor = Regressor("krr", kernel, count)
            mae, rmse, ccc = films.errors(fitted(regressor, films.features, films.ages).predict(films.test_features))
            rows.append([regressor.name, f"{mae:.2f}", f"{rmse:.2f}", f"{ccc:.3f}"])
    return rows


def publish(study: PanStudy, run: EstimatorRun, best: Extracted) -> None:
    """Write Bagging of linear kernel ridge regression for girls and for boys as one network."""
    heads, readouts = [], []
    for group in ("girls", "boys"):
        films = best.group(group)
        bagged = Ensemble.fit(LINEAR_KRR, films.features, films.ages, BAGGED[group], bagging=True)
        weights, intercept = linear_weights(bagged.estimator, films.features.shape[1])
        head = nn.Linear(len(weights), 1)
        head.load_state_dict({"weight": torch.from_numpy(weights)[None], "bias": torch.tensor([intercept])})
        estimated = cross_validated(LINEAR_KRR, films.features, films.ages, films.ids)
        error = LAST_MONTH * float(root_mean_squared_error(films.ages, estimated))
        heads.append(head)
        readouts.append(MonthsReadout(0.0, LAST_MONTH, error))
    network = StudyModel(heads, readouts, square_padding(study.side_px), trunk=best.network)
    settings = {"size": f"{len(best.training)} balanced training films, {study.side_px} px", "network": _named(best)}
    task = "Pan et al. 2020: kernel ridge regression on features of a network, bagged."
    run.publish(StudyExport(NAME, network, study.side_px, task, settings, in_bytes=False))
