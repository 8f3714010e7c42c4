"""Intervals of shares and means, for whole columns at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

__all__ = ["mean_interval", "wilson"]

Numbers = NDArray[np.float64]
LEVEL = 0.9


def wilson(counts: ArrayLike, totals: ArrayLike, level: float = LEVEL) -> tuple[Numbers, Numbers]:
    """Bound shares by Wilson's score interval (Wilson 1927, JASA 22); (0, 1) without rows.

    Examples
    --------
    >>> low, high = wilson([81], [263], 0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.2553, 0.3662)
    """
    n = np.maximum(np.asarray(totals, dtype=np.float64), 1e-12)
    share = np.asarray(counts, dtype=np.float64) / n
    z = float(ndtri((1 + level) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def mean_interval(
    means: ArrayLike, deviations: ArrayLike, counts: ArrayLike, level: float = LEVEL
) -> tuple[Numbers, Numbers]:
    """Bound means by Student's t; NaN where fewer than two values are known.

    Examples
    --------
    >>> low, high = mean_interval([10.0], [2.0], [4])
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (7.647, 12.353)
    """
    n = np.asarray(counts, dtype=np.float64)
    known = np.where(n > 1, n, np.nan)
    half = stdtrit(known - 1, (1 + level) / 2) * np.asarray(deviations) / np.sqrt(known)
    return np.asarray(means) - half, np.asarray(means) + half
