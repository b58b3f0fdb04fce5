"""Regression on features, as in Pan et al. 2020, with scikit-learn: SVR, kernel ridge, and ensembles of the latter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA, IncrementalPCA, KernelPCA
from sklearn.ensemble import AdaBoostRegressor, BaggingRegressor
from sklearn.kernel_approximation import Nystroem
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVR

from openboneage.learn.features import Features

Targets = NDArray[np.float64]
EXACT_FILMS = 3000
"""With more films the matrix of kernels is approximated: its solution takes time with the cube of their number."""
LANDMARKS = 500
"""Films of a Nystroem approximation."""
DEGREES = {"linear": 1, "cubic": 3}
PCA_KERNELS = ("linear", "rbf", "poly", "sigmoid")


@dataclass(frozen=True)
class Regressor:
    """A regression of the paper.

    Attributes:
        kind: `svr` or `krr`.
        kernel: `linear` or `cubic`.
        landmarks: Films of a Nystroem approximation; None for the exact solution.
    """

    kind: str = "krr"
    kernel: str = "linear"
    landmarks: int | None = None

    @property
    def name(self) -> str:
        """For tables."""
        about = f", Nystroem with {self.landmarks} films" if self.landmarks else ""
        return f"{self.kind.upper()} ({self.kernel}{about})"

    def build(self) -> Any:
        """An estimator of scikit-learn that is not fitted: SVR with C 1 and tolerance 1e-3, KRR with alpha 1."""
        if self.kind == "svr":
            return SVR(kernel="linear", C=1.0, tol=1e-3)
        kernel = {"kernel": "linear"} if self.kernel == "linear" else {"kernel": "polynomial", "degree": DEGREES[self.kernel]}
        if self.landmarks:
            return make_pipeline(
                Nystroem(**kernel, n_components=self.landmarks, random_state=0), Ridge(1.0, fit_intercept=False)
            )
        return KernelRidge(alpha=1.0, **kernel)

    def fitting(self, films: int) -> Regressor:
        """This regression, approximated where there are too many films for the exact solution."""
        is_too_many = self.kind == "krr" and films > EXACT_FILMS
        return Regressor(self.kind, self.kernel, LANDMARKS) if is_too_many else self


def fitted(regressor: Regressor, features: Features, targets: Targets) -> Any:
    """The fitted estimator."""
    return regressor.fitting(len(features)).build().fit(features, targets)


def cross_validated(
    regressor: Regressor, features: Features, targets: Targets, films: Sequence[str], folds: int = 5
) -> Targets:
    """Predictions of each row by the estimators that were fitted without its fold, `(n,)`.

    Args:
        regressor: The regression.
        features: `(n, features)`.
        targets: `(n,)`.
        films: Film of each row; rows of one film share a fold, as a balanced sample has some films several times.
        folds: Number of folds.
    """
    order = GroupKFold(folds, shuffle=True, random_state=0)
    estimator = regressor.fitting(len(features)).build()
    return np.asarray(cross_val_predict(estimator, features, targets, groups=list(films), cv=order))


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A fitted ensemble.

    Attributes:
        estimator: The ensemble of scikit-learn.
        is_bagging: Whether it is a mean of its members, and not AdaBoost.
    """

    estimator: Any
    is_bagging: bool

    @classmethod
    def fit(cls, base: Regressor, features: Features, targets: Targets, count: int, bagging: bool) -> Ensemble:
        """Bagging (Breiman 1996) or AdaBoost.R2 (Drucker 1997) of a number of estimators."""
        kind = BaggingRegressor if bagging else AdaBoostRegressor
        ensemble = kind(base.fitting(len(features)).build(), n_estimators=count, random_state=0)
        return cls(ensemble.fit(features, targets), bagging)

    def staged(self, features: Features) -> Iterator[Targets]:
        """Predictions of the first estimator, of the first two, and so on, each `(n,)`."""
        if self.is_bagging:
            total = np.zeros(len(features))
            for count, member in enumerate(self.estimator.estimators_, 1):
                total += member.predict(features)
                yield total / count
        else:
            yield from map(np.asarray, self.estimator.staged_predict(features))


def linear_weights(estimator: Any, features: int) -> tuple[NDArray[np.float32], float]:
    """Coefficients `(features,)` and intercept of an estimator whose predictions are linear in the features."""
    intercept = float(estimator.predict(np.zeros((1, features)))[0])
    return np.asarray(estimator.predict(np.eye(features)) - intercept, np.float32), intercept


def two_components(features: Features) -> dict[str, Features]:
    """The features reduced to two components by incremental PCA and by kernel PCA, each `(n, 2)` (Fig. 4)."""
    found = {"incremental": IncrementalPCA(2, batch_size=min(256, len(features))).fit_transform(features)}
    centred = features - features.mean(axis=0)
    start = PCA(2, random_state=0).fit(centred).explained_variance_.sum()
    gamma = 1 / max(features.shape[1] * float(features.var()), 1e-12)
    for kernel in PCA_KERNELS:
        scale = centred / max(np.sqrt(start), 1e-12) if kernel in ("poly", "sigmoid") else features
        own = gamma if kernel == "rbf" else None
        found[f"kernel, {kernel}"] = KernelPCA(2, kernel=kernel, gamma=own, random_state=0).fit_transform(scale)
    return {name: np.asarray(values, np.float64) for name, values in found.items()}


def variance_explained(components: Features, targets: Targets) -> float:
    """Share of the variance of the targets that a linear function of the components explains, 0 to 1."""
    design = np.column_stack([components, np.ones(len(components))])
    rest = targets - design @ np.linalg.lstsq(design, targets, rcond=None)[0]
    return float(1 - rest.var() / targets.var())
