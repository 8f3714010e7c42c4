"""How well scores tell two groups apart: the area under the ROC curve, with its covariance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from segkit.intervals import auc_interval
from segkit.process.visits import Floats

__all__ = ["auc_interval", "delong"]


def delong(scores: ArrayLike, positive: ArrayLike) -> tuple[Floats, Floats]:
    """Estimate the AUC of several scores of the same rows, and their covariance.

    DeLong, DeLong & Clarke-Pearson (1988), computed by ranks (Sun & Xu 2014).

    Parameters
    ----------
    scores : array-like, shape (n_scores, n_rows)
    positive : array-like of bool, shape (n_rows,)
        Rows that should score higher; at least two of them, and two others.

    Returns
    -------
    auc : ndarray, shape (n_scores,)
    covariance : ndarray, shape (n_scores, n_scores)

    Examples
    --------
    >>> auc, covariance = delong([[1, 2, 3, 4]], [False, True, False, True])
    >>> auc.tolist(), covariance.tolist()
    ([0.75], [[0.125]])
    """
    values, flags = np.atleast_2d(np.asarray(scores, dtype=np.float64)), np.asarray(positive, bool)
    m, n = int(flags.sum()), int((~flags).sum())
    ranks = rankdata(values, axis=1)
    above = (ranks[:, flags] - rankdata(values[:, flags], axis=1)) / n
    below = 1 - (ranks[:, ~flags] - rankdata(values[:, ~flags], axis=1)) / m
    covariance = np.atleast_2d(np.cov(above)) / m + np.atleast_2d(np.cov(below)) / n
    return above.mean(axis=1), covariance
