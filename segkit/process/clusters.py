"""Shares of rows that belong together in clusters, such as attempts of the same user."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtr

from segkit.process.visits import Floats, Ints

__all__ = ["clustered_error", "clustered_p", "effective_trials"]


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


def _codes(cluster: ArrayLike) -> Ints:
    """Turn clusters into numbers; a row without a name is a cluster of its own."""
    code, names = pd.factorize(pd.Series(np.asarray(cluster)))
    nameless = code < 0
    code[nameless] = len(names) + np.arange(nameless.sum())
    return np.asarray(code, dtype=np.int64)
