"""Shares of rows that belong together in clusters, such as attempts of the same user."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

__all__ = ["effective_trials"]


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
    code, names = pd.factorize(pd.Series(np.asarray(cluster, dtype=object)), use_na_sentinel=False)
    if len(names) < 2:
        return 1.0
    excess = np.bincount(code, weights=x - p)
    variance = float((excess**2).sum()) / n**2 * len(names) / (len(names) - 1)
    return min(n, p * (1 - p) / variance) if variance > 0 else n
