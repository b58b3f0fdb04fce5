"""Regression on features: exact and approximated solutions, ensembles, components, and the cache of features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from openboneage.learn import kernel_regression
from openboneage.learn.features import features_of
from openboneage.learn.kernel_regression import (
    Ensemble,
    Regressor,
    cross_validated,
    fitted,
    linear_weights,
    two_components,
    variance_explained,
)
from tests.learn.made_pictures import made_pictures

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(60, 4))
FILMS = [str(number) for number in range(60)]
TARGETS = 0.5 + FEATURES @ [0.1, -0.05, 0.02, 0.0] + 0.02 * FEATURES[:, 0] ** 3


def test_kernel_ridge_is_its_formula() -> None:
    estimator = fitted(Regressor(), FEATURES, TARGETS)

    dual = np.linalg.solve(FEATURES @ FEATURES.T + np.eye(60), TARGETS)
    np.testing.assert_allclose(estimator.predict(FEATURES), FEATURES @ FEATURES.T @ dual, atol=1e-9)


def test_the_cubic_kernel_follows_a_cubic_function() -> None:
    apart = {
        kernel: np.abs(cross_validated(Regressor("krr", kernel), FEATURES, TARGETS, FILMS) - TARGETS).mean()
        for kernel in ("linear", "cubic")
    }

    assert apart["cubic"] < 0.5 * apart["linear"]


def test_rows_of_one_film_share_a_fold() -> None:
    noise, films = RNG.normal(size=(60, 50)), [str(number // 2) for number in range(60)]
    twice, targets = noise[np.arange(60) // 2 * 2], TARGETS[np.arange(60) // 2 * 2]

    apart = [np.abs(cross_validated(Regressor(), twice, targets, own) - targets).mean() for own in (films, FILMS)]

    assert apart[1] < 0.5 * apart[0], "a copy in another fold would be recognised"


def test_many_films_are_approximated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_regression, "EXACT_FILMS", 50)
    monkeypatch.setattr(kernel_regression, "LANDMARKS", 4)

    assert Regressor().fitting(51).name == "KRR (linear, Nystroem with 4 films)"
    assert Regressor().fitting(50) == Regressor()
    assert Regressor("svr").fitting(51) == Regressor("svr")
    exact = Regressor().build().fit(FEATURES, TARGETS).predict(FEATURES)
    np.testing.assert_allclose(fitted(Regressor(), FEATURES, TARGETS).predict(FEATURES), exact, atol=1e-6)


@pytest.mark.parametrize("bagging", [True, False])
def test_the_last_stage_is_the_ensemble(bagging: bool) -> None:
    ensemble = Ensemble.fit(Regressor(), FEATURES, TARGETS, 5, bagging)

    stages = list(ensemble.staged(FEATURES))

    assert 1 <= len(stages) <= 5
    np.testing.assert_allclose(stages[-1], ensemble.estimator.predict(FEATURES), atol=1e-9)


def test_linear_estimators_are_one_layer() -> None:
    for estimator in (
        fitted(Regressor("svr"), FEATURES, TARGETS),
        Ensemble.fit(Regressor(), FEATURES, TARGETS, 3, bagging=True).estimator,
    ):
        weights, intercept = linear_weights(estimator, 4)
        np.testing.assert_allclose(FEATURES @ weights + intercept, estimator.predict(FEATURES), atol=1e-5)


def test_two_components_of_each_method_and_what_they_explain() -> None:
    long = FEATURES * [10, 1, 1, 1]

    found = two_components(long)

    assert list(found) == ["incremental", "kernel, linear", "kernel, rbf", "kernel, poly", "kernel, sigmoid"]
    assert all(values.shape == (60, 2) and np.isfinite(values).all() for values in found.values())
    assert variance_explained(found["incremental"], long[:, 0]) > 0.99
    assert variance_explained(found["kernel, linear"], long[:, 0]) > 0.99
    assert variance_explained(RNG.normal(size=(60, 2)), long[:, 0]) < 0.3


def test_features_are_computed_once(tmp_path: Path) -> None:
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(256, 3)
            self.calls = 0

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            answer: torch.Tensor = self.linear(image.flatten(1))
            return answer

    network, pictures = Counting(), made_pictures(5)

    first, again = features_of(network, pictures, tmp_path), features_of(network, pictures, tmp_path)
    with torch.no_grad():
        network.linear.bias.add_(1)
    other = features_of(network, pictures, tmp_path)

    assert network.calls == 2
    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(other, first + 1, atol=1e-5)
    assert len(list(tmp_path.iterdir())) == 2
