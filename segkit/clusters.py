"""Rows that belong together in clusters, such as attempts of a user or deals of an account."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from segkit.intervals import wilson_interval

__all__ = ["clustered_error", "clustered_p", "clustered_share", "effective_trials"]

Floats = NDArray[np.float64]


def effective_trials(hits: ArrayLike, cluster: ArrayLike | None) -> float:
    """Count the independent rows that would tell as much of a share (Kish 1965).

    p q over the variance of a share of clustered rows; never more than there are rows. Without
    clusters, and where all rows are alike, every row counts.

    Examples
    --------
    Two users who always do the same count as about two, not as eight.

    >>> effective_trials([1, 1, 1, 1, 0, 0, 0, 0], list("aaaabbbb"))
    1.0
    >>> effective_trials([1, 0, 1, 0], None)
    4.0
    """
    x = np.asarray(hits, dtype=np.float64)
    p, n = float(x.mean()), float(len(x))
    if cluster is None or p in {0.0, 1.0}:
        return n
    code = _codes(cluster)
    if not code.any():
        return 1.0
    variance = clustered_error((x - p) / n, code) ** 2
    return min(n, p * (1 - p) / variance) if variance > 0 else n


def clustered_share(
    hits: ArrayLike, cluster: ArrayLike | None, confidence: float = 0.9
) -> tuple[float, float]:
    """Bound a share by Wilson's interval of as many rows as would tell as much without clusters.

    Examples
    --------
    >>> hits = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> [round(end, 2) for end in clustered_share(hits, None)]
    [0.25, 0.75]
    >>> [round(end, 2) for end in clustered_share(hits, list("aaaabbbb"))]
    [0.07, 0.93]
    """
    x = np.asarray(hits, dtype=np.float64)
    n = effective_trials(x, cluster) if len(x) else 0.0
    return wilson_interval(float(x.mean()) * n if len(x) else 0.0, n, confidence)


def clustered_error(influence: Floats, cluster: ArrayLike) -> float:
    """Give the standard error of a sum of row influences, rows of a cluster moving together.

    Examples
    --------
    >>> clustered_error(np.array([1.0, -1.0]), ["ann", "bob"])
    2.0
    """
    sums = np.bincount(_codes(cluster), weights=influence)
    return float(np.sqrt((sums**2).sum() * len(sums) / max(len(sums) - 1, 1)))


def clustered_p(hits: ArrayLike, flags: ArrayLike, cluster: ArrayLike) -> float:
    """Test whether flagged rows hit as often as the others, rows of a cluster moving together.

    The score test of a logit with variance between clusters (Rao, Scott & Skinner 1998), held
    against Student's t with one degree of freedom less than there are clusters.

    Examples
    --------
    Four users who never vary tell less than sixteen attempts seem to.

    >>> hits, flags = [1] * 8 + [0] * 8, [1] * 4 + [0] * 4 + [0] * 8
    >>> round(clustered_p(hits, flags, np.repeat(range(4), 4)), 2)
    0.39
    """
    x, flag = np.asarray(hits, dtype=np.float64), np.asarray(flags, dtype=np.float64)
    score = (x - x.mean()) * (flag - flag.mean())
    code = _codes(cluster)
    error, df = clustered_error(score, code), int(code.max())
    if error == 0 or df == 0:
        return float("nan") if df == 0 else 1.0
    return float(2 * stdtr(df, -abs(score.sum()) / error))


def _codes(cluster: ArrayLike) -> NDArray[np.int64]:
    """Turn clusters into numbers; a row without a name is a cluster of its own."""
    code, names = pd.factorize(pd.Series(np.asarray(cluster)))
    nameless = code < 0
    code[nameless] = len(names) + np.arange(nameless.sum())
    return np.asarray(code, dtype=np.int64)
