"""Prediction strength: how well the groups of one sample foretell those of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array

from segkit.errors import ParameterError
from segkit.frames import JsonResult
from segkit.segments.agreement import cross_table
from segkit.segments.clustering import ROUGH, Labels, Numbers, assign, centroids, one_thread

__all__ = ["PredictionStrength", "kept_together", "prediction_strength"]


@dataclass(frozen=True)
class PredictionStrength(JsonResult):
    """Prediction strength of one number of segments.

    Attributes
    ----------
    k : int
    mean, standard_error : float
        Over the splits; each split counts both ways round.
    values : tuple of 2 * splits floats
    """

    k: int
    mean: float
    standard_error: float
    values: tuple[float, ...]


def prediction_strength(
    X: ArrayLike, k: int, *, splits: int = 10, random_state: int = 0
) -> PredictionStrength:
    """Measure how well the k-means groups of one half of the rows predict those of the other.

    Parameters
    ----------
    X : array of shape (n, columns)
        Prepared numbers on comparable scales.
    k : int
        Number of segments, 1 <= k <= n / 4.
    splits : int
        Random halvings; each is used both ways round.
    random_state : int

    Raises
    ------
    ParameterError
        If `k` or `splits` is out of range.

    Notes
    -----
    Tibshirani & Walther (2005), "Cluster validation by prediction strength", Journal of
    Computational and Graphical Statistics 14. For each segment of the test half: the share of
    pairs of its members that the training half's centres also put together; the smallest
    share counts. 0.8 or more speaks for `k` groups. A segment of one row counts as 0.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.normal(centre, 1, (50, 2)) for centre in (0, 10, 20)])
    >>> prediction_strength(X, 3).mean
    1.0
    """
    table = check_array(X, dtype=np.float64)
    if not 1 <= k <= len(table) // 4:
        top = len(table) // 4
        raise ParameterError("k", "prediction_strength", f"an int in the range [1, {top}]", k)
    if splits < 1:
        raise ParameterError("splits", "prediction_strength", "an int >= 1", splits)
    with one_thread():
        rng = np.random.default_rng(random_state)
        halvings = list(halves(len(table), splits, rng))
        values = np.concatenate(
            [
                [
                    kept_together(assign(test, ours), assign(test, theirs), k)
                    for test, ours, theirs in half
                ]
                for half in (
                    both_ways(table, halving, k, seed) for seed, halving in enumerate(halvings)
                )
            ]
        )
    return summarise(k, values)


def summarise(k: int, values: NDArray[np.float64]) -> PredictionStrength:
    """Average the values; the standard error takes the splits as independent."""
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    return PredictionStrength(k, float(values.mean()), error, tuple(values.tolist()))


def halves(rows: int, splits: int, rng: np.random.Generator) -> Iterator[tuple[Labels, Labels]]:
    """Halve the row numbers at random, `splits` times."""
    for _ in range(splits):
        order = rng.permutation(rows)
        yield order[: rows // 2], order[rows // 2 :]


def both_ways(
    X: Numbers, halving: tuple[Labels, Labels], k: int, seed: int
) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Give (test rows, their own centres, the other half's centres), both ways round."""
    parts = [X[rows] for rows in halving]
    fitted = [centroids(part, k, starts=2, seed=seed, tolerance=ROUGH) for part in parts]
    yield parts[0], fitted[0], fitted[1]
    yield parts[1], fitted[1], fitted[0]


def kept_together(own: Labels, predicted: Labels, k: int) -> float:
    """Give the smallest share, over own segments, of pairs that the prediction keeps together."""
    table = cross_table(own, predicted)
    sizes = np.zeros(k)
    sizes[: len(table)] = table.sum(axis=1)
    together = np.zeros(k)
    together[: len(table)] = (table * (table - 1)).sum(axis=1)
    return float((together / np.maximum(sizes * (sizes - 1), 1)).min())
