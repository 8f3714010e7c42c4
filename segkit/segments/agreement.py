"""Agreement of two partitions: adjusted Rand index, and stability segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import entr

from segkit.errors import DataError

__all__ = ["adjusted_rand", "slsa", "slsw"]

Labels = NDArray[np.intp]
Numbers = NDArray[np.float64]


def adjusted_rand(first: ArrayLike, second: ArrayLike) -> float:
    """Measure how far two partitions of the same rows agree beyond chance.

    Parameters
    ----------
    first, second : array of shape (n,)
        Labels of any kind; only who stands with whom counts.

    Returns
    -------
    float
        1 for equal partitions, 0 on average for independent ones; can be negative.

    Notes
    -----
    Hubert & Arabie (1985), "Comparing partitions", Journal of Classification 2: with `n_ij` the
    cross table, ``(sum C(n_ij,2) - E) / ((sum C(n_i.,2) + sum C(n_.j,2)) / 2 - E)``, where
    ``E = sum C(n_i.,2) sum C(n_.j,2) / C(n,2)``.

    Examples
    --------
    >>> adjusted_rand(["a", "a", "b", "b"], [1, 1, 0, 0])
    1.0
    >>> round(adjusted_rand([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.5714
    """
    a, b = _codes(first), _codes(second)
    return _rand_of_table(cross_table(a, b))


def slsw(reference: ArrayLike, first: ArrayLike, second: ArrayLike) -> Numbers:
    """Measure the stability of each segment within one number of segments.

    Parameters
    ----------
    reference : array of shape (n,)
        The partition that is judged.
    first, second : array of shape (n,) or (n, pairs)
        Partitions of the same rows by models refitted on pairs of bootstrap samples.

    Returns
    -------
    array of shape (pairs, segments)
        One value in [0, 1] a pair and segment, segments in sorted order of their labels.

    Notes
    -----
    Dolnicar & Leisch (2017), "Using segment level stability to select target segments",
    European Journal of Operational Research 257: the best Jaccard index of the segment with any
    segment of the first refit, averaged with the same for the second.

    Examples
    --------
    >>> slsw([0, 0, 1, 1], [5, 5, 7, 7], [5, 5, 5, 7])
    array([[0.83333333, 0.75      ]])
    """
    codes = _codes(reference)
    sides = [_columns(side, codes.size) for side in (first, second)]
    if sides[0].shape != sides[1].shape:
        raise DataError(
            f"slsw needs as many partitions in 'second' as in 'first'. "
            f"Found {sides[1].shape[1]} and {sides[0].shape[1]}."
        )
    best = [
        np.array([best_jaccard(cross_table(codes, _codes(one))) for one in side.T])
        for side in sides
    ]
    return np.asarray((best[0] + best[1]) / 2)


def slsa(partitions: Sequence[ArrayLike]) -> pd.DataFrame:
    """Trace whether each segment keeps together as the number of segments grows.

    Parameters
    ----------
    partitions : sequence of arrays of shape (n,)
        Partitions of the same rows with more segments each time. Rows that are -1 in one of them,
        which is no segment, are left out of all.

    Returns
    -------
    pandas.DataFrame
        `k, segment, entropy_scaled, slsa`, one row a segment from the second partition on;
        segments are numbered from 1 after they are matched to those of the step before.

    Notes
    -----
    Dolnicar & Leisch (2017): the members of a segment come from the segments of the step before
    in shares `p`; ``SLSA = 1 - H(p) / ln(k_before)``. It is 1 if all came from one segment.

    Examples
    --------
    >>> slsa([[0, 0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 2]]).round(2)
       k  segment  entropy_scaled  slsa
    0  3        1             0.0   1.0
    1  3        2             0.0   1.0
    2  3        3             0.0   1.0
    """
    codes = [_codes(partition) for partition in _assigned(partitions)]
    steps, before = [], codes[0]
    for now in codes[1:]:
        table = cross_table(before, now)
        after = matched(table)[now]
        steps.append(_entropies(cross_table(before, after)))
        before = after
    return pd.concat(steps, ignore_index=True)


def _assigned(partitions: Sequence[ArrayLike]) -> list[NDArray[Any]]:
    """Keep the rows that each partition assigns; partitions that differ in length stay as given."""
    given = [np.asarray(partition) for partition in partitions]
    if len({one.shape for one in given}) != 1:
        return given
    held = np.all([one != -1 for one in given], axis=0)
    return [one[held] for one in given]


def cross_table(first: Labels, second: Labels, k: int = 0) -> NDArray[np.int64]:
    """Count the rows in each pair of codes 0, 1, ...; the table has at least `k` of each."""
    shape = (max(int(first.max()) + 1, k), max(int(second.max()) + 1, k))
    flat = np.bincount(first * shape[1] + second, minlength=shape[0] * shape[1])
    return flat.reshape(shape)


def best_jaccard(table: NDArray[np.int64]) -> Numbers:
    """Give each row's best Jaccard index |A n B| / |A u B| with any column."""
    union = table.sum(1)[:, None] + table.sum(0)[None, :] - table
    return np.asarray((table / np.maximum(union, 1)).max(axis=1))


def matched(table: NDArray[np.int64]) -> Labels:
    """Give each column the number of the row it shares most members with (Hungarian method).

    Columns without a partner get the numbers left over, in their own order.
    """
    rows, columns = linear_sum_assignment(-table)
    names = np.full(table.shape[1], -1, dtype=np.intp)
    names[columns] = rows
    free = np.setdiff1d(np.arange(max(table.shape)), rows)
    names[names < 0] = free[: int((names < 0).sum())]
    return names


def rand_of(first: Labels, second: Labels) -> float:
    """Give the adjusted Rand index of labels that are codes 0, 1, ... already."""
    return _rand_of_table(cross_table(first, second))


def _rand_of_table(table: NDArray[np.int64]) -> float:
    together = _pairs(table)
    rows, columns, everyone = (_pairs(table.sum(1)), _pairs(table.sum(0)), _pairs(table.sum()))
    expected = rows * columns / everyone if everyone else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def _pairs(counts: Any) -> float:
    counts = np.asarray(counts, dtype=np.float64)
    return float((counts * (counts - 1)).sum() / 2)


def _entropies(table: NDArray[np.int64]) -> pd.DataFrame:
    shares = table / table.sum(axis=0)
    scaled = entr(shares).sum(axis=0) / np.log(table.shape[0])
    k = table.shape[1]
    numbers = np.arange(1, k + 1)
    return pd.DataFrame({"k": k, "segment": numbers, "entropy_scaled": scaled, "slsa": 1 - scaled})


def _codes(labels: ArrayLike) -> Labels:
    values = np.asarray(labels)
    if values.ndim != 1 or values.size == 0:
        raise DataError(f"Labels must be one-dimensional and not empty. Found {values.shape}.")
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.intp)


def _columns(labels: ArrayLike, rows: int) -> NDArray[Any]:
    values = np.asarray(labels)
    values = values[:, None] if values.ndim == 1 else values
    if values.shape[0] != rows:
        raise DataError(f"Partitions must label the same {rows} rows. Found {values.shape[0]}.")
    return values
