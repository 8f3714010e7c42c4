"""k-means: centroids from a table of prepared numbers, and exact assignment to them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

__all__ = ["ROUGH", "TIE", "Labels", "Numbers", "assign", "centroids", "one_thread"]

Numbers = NDArray[np.float64]
Labels = NDArray[np.intp]

BLOCK = 65_536
TIE = 1e-9

# Centres that will be compared with other samples' need not settle further than this.
ROUGH = 1e-3


@contextmanager
def one_thread() -> Iterator[None]:
    """Run many small fits on one thread and without scikit-learn's checks of each.

    On two threads they can cost forty times one thread's processor time.
    """
    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        yield


def centroids(
    X: Numbers,
    k: int,
    *,
    starts: int,
    seed: int,
    weights: Numbers | None = None,
    tolerance: float = 1e-4,
) -> Numbers:
    """Fit k-means and return its centres, shape (k, columns)."""
    model = KMeans(k, n_init=starts, random_state=seed, tol=tolerance)
    with warnings.catch_warnings():
        # A resample may hold fewer distinct rows than k; its spare centres repeat others.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, sample_weight=weights)
    return np.asarray(model.cluster_centers_, dtype=np.float64)


def assign(X: Numbers, centres: Numbers) -> Labels:
    """Label each row with its nearest centre, the first one if two are equally near.

    The nearest centre is the largest ``x.c - |c|^2 / 2``: one matrix product in blocks. Squared
    distances within `TIE` count as equal, so that rounding cannot decide, here or in SQL.
    """
    half = (centres * centres).sum(axis=1) / 2
    labels = np.empty(len(X), dtype=np.intp)
    for start in range(0, len(X), BLOCK):
        block = slice(start, start + BLOCK)
        score = X[block] @ centres.T - half
        labels[block] = (score >= score.max(axis=1, keepdims=True) - TIE / 2).argmax(axis=1)
    return labels
