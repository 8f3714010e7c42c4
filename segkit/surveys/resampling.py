"""What other samples of the same respondents would have said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "bounds", "picked_means", "picks"]

Floats = NDArray[np.float64]


def picks(respondents: int, resamples: int, seed: int) -> Floats:
    """Draw how often each respondent is in each sample, shape (resamples, respondents).

    Examples
    --------
    >>> picks(5, 2, seed=0).sum(axis=1).tolist()
    [5.0, 5.0]
    """
    rng = np.random.default_rng(seed)
    chance = np.full(respondents, 1 / respondents)
    return rng.multinomial(respondents, chance, size=resamples).astype(np.float64)


def picked_means(drawn: Floats, values: Floats) -> Floats:
    """Give the mean of each column in each sample; unknown values are left out.

    Examples
    --------
    >>> picked_means(np.array([[2.0, 0.0]]), np.array([[1.0, np.nan], [3.0, 4.0]])).tolist()
    [[1.0, 4.0]]
    """
    known = ~np.isnan(values)
    total, counts = drawn @ np.where(known, values, 0.0), drawn @ known.astype(np.float64)
    # A sample that holds no answer on a column keeps the mean of all.
    usual = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(counts > 0, total / np.maximum(counts, 1), usual)


def bounds(draws: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Give the ends of the middle part of each column."""
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return low, high
