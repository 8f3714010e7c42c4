"""Exact assignment, and a fit on a sample that loses next to nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from segkit.segments import Segmenter, segmenter
from segkit.segments.clustering import BLOCK, assign


def test_assignment_is_to_the_nearest_centre_in_every_block():
    rng = np.random.default_rng(0)
    X, centres = rng.normal(size=(BLOCK + 100, 4)), rng.normal(size=(5, 4))
    assert (assign(X, centres) == cdist(X, centres).argmin(axis=1)).all()


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0]])
def test_a_tie_goes_to_the_first_centre_whatever_the_rounding(order):
    centres = np.array([[0.1, 0.2], [0.3, 0.2], [0.2, 0.30000000000000004]])[order]
    between = (centres[0] + centres[1]) / 2 + [0, -1]
    if order == [0, 1, 2]:
        assert assign(between[None], centres).tolist() == [0]
    assert assign(np.zeros((1, 2)), np.array([[1.0, 0], [-1, 0], [0, 1]])[order]).tolist() == [0]


def test_a_sample_fit_has_nearly_the_inertia_of_the_full_fit(monkeypatch):
    rng = np.random.default_rng(0)
    X = rng.normal(scale=3, size=(6, 8))[rng.integers(6, size=40_000)]
    X = X + rng.normal(size=X.shape)

    def inertia(model):
        prepared, _ = full.preparation_.transform(as_columns(X))
        return ((prepared - model.centroids_[model.labels_]) ** 2).sum()

    full = Segmenter(k=6, pairs=2).fit(X)
    monkeypatch.setattr(segmenter, "SAMPLE", 10_000)
    sampled = Segmenter(k=6, pairs=2).fit(X)
    assert inertia(sampled) <= 1.005 * inertia(full)
    assert (sampled.labels_ == sampled.predict(X)).all()


def as_columns(X):
    import pandas as pd

    return pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
