"""How well scores tell two groups apart: the area under the ROC curve, and how sure it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata

from segkit.errors import check_share

__all__ = ["auc_interval", "delong"]

Floats = NDArray[np.float64]


def delong(
    scores: ArrayLike, positive: ArrayLike, groups: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Estimate the AUC of several scores of the same rows, and their covariance.

    DeLong, DeLong & Clarke-Pearson (1988), computed by ranks (Sun & Xu 2014). Equal scores count
    one half.

    Parameters
    ----------
    scores : array-like, shape (n_scores, n_rows) or (n_rows,)
    positive : array-like of bool, shape (n_rows,)
        Rows that should score higher; at least one, and one other.
    groups : array-like, shape (n_rows,), optional
        Codes of rows that belong together: the covariance is summed by group (Obuchowski 1997).

    Returns
    -------
    auc : ndarray, shape (n_scores,)
    covariance : ndarray, shape (n_scores, n_scores)
        NaN where a group has but one row: one tells nothing of how rows differ.

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
    auc = above.mean(axis=1)
    if min(m, n) < 2:
        return auc, np.full((len(values), len(values)), np.nan)
    if groups is None:
        return auc, np.atleast_2d(np.cov(above)) / m + np.atleast_2d(np.cov(below)) / n
    influence = np.empty_like(values)
    influence[:, flags] = (above - auc[:, None]) / m
    influence[:, ~flags] = (below - auc[:, None]) / n
    code = np.unique(np.asarray(groups), return_inverse=True)[1]
    summed = np.array([np.bincount(code, weights=row) for row in influence])
    return auc, summed @ summed.T * summed.shape[1] / max(summed.shape[1] - 1, 1)


def auc_interval(
    scores: ArrayLike,
    positive: ArrayLike,
    confidence: float = 0.9,
    groups: ArrayLike | None = None,
) -> tuple[float, float, float]:
    """Estimate the AUC of a score with its interval, on the logit scale: within 0 and 1.

    Scores that part the groups wholly are bounded as a share of all in the smaller group
    (Clopper & Pearson 1934).

    Parameters
    ----------
    scores, positive, groups : array-like, shape (n_rows,)
        As in `delong`.
    confidence : float

    Examples
    --------
    >>> [round(value, 3) for value in auc_interval([1, 2, 3, 4], [0, 0, 1, 1])]
    [1.0, 0.224, 1.0]
    """
    check_share("confidence", "auc_interval", confidence)
    flags = np.asarray(positive, dtype=bool)
    areas, covariance = delong(scores, flags, groups)
    auc, variance = float(areas[0]), float(covariance[0, 0])
    if 0 < auc < 1 and variance > 0:
        reach = float(ndtri((1 + confidence) / 2)) * np.sqrt(variance) / (auc * (1 - auc))
        return auc, float(expit(logit(auc) - reach)), float(expit(logit(auc) + reach))
    codes = np.arange(len(flags)) if groups is None else np.asarray(groups)
    fewest = min(len(np.unique(codes[side])) for side in (flags, ~flags))
    least = float(((1 - confidence) / 2) ** (1 / fewest))
    return (auc, least, 1.0) if auc == 1 else (auc, 0.0, 1 - least) if auc == 0 else (auc, 0.0, 1.0)
