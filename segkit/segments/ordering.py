"""Numbers of segments: in the order of their value, or those of the model before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segkit.errors import DataError
from segkit.segments.agreement import cross_table, matched
from segkit.segments.clustering import Labels, Numbers

__all__ = ["by_before", "by_value", "check_distinct"]


def by_value(labels: Labels, centres: Numbers, value: NDArray[np.float64] | None) -> Labels:
    """Order segments by mean value, then size, then place."""
    k = len(centres)
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    worth = np.zeros(k) if value is None else _means(value, labels, k)
    return np.lexsort((*centres.T, -sizes, -worth))


def by_before(before: Labels, labels: Labels, k: int) -> Labels:
    """Order segments by those of the k before that share most rows."""
    both = (before >= 0) & (labels >= 0)
    return np.argsort(matched(cross_table(before[both], labels[both], k)))


def _means(value: NDArray[np.float64], labels: Labels, k: int) -> NDArray[np.float64]:
    """Give the mean value of each segment, -inf where none is known."""
    known = (labels >= 0) & ~np.isnan(value)
    counts = np.bincount(labels[known], minlength=k)
    sums = np.bincount(labels[known], weights=value[known], minlength=k)
    return np.where(counts > 0, sums / np.maximum(counts, 1), -np.inf)


def check_distinct(rows: Numbers, k: int) -> None:
    """Refuse more segments than there are different rows."""
    # The first rows nearly always settle it, and sorting a million is slow.
    distinct = len(np.unique(rows[:10_000], axis=0))
    if distinct < k and len(rows) > 10_000:
        distinct = len(np.unique(rows, axis=0))
    if distinct < k:
        raise DataError(
            f"k = {k} segments need at least {k} different rows; there are {distinct} among "
            f"{len(rows)} (n_samples={len(rows)}). Take fewer segments or more columns."
        )
