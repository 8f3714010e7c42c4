"""Logistic regression with a ridge: Newton's method, and the covariance that goes with it.

scikit-learn's has one penalty for all columns and no covariance; here a ridge may differ by column,
and covariances, clustered ones too, are what intervals and tests are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from segkit.errors import DataError

__all__ = ["Logit", "fit_logit", "score_statistics"]

Floats = NDArray[np.float64]

_MOST_STEPS = 60
_CLOSE = 1e-10


@dataclass(frozen=True)
class Logit:
    """A fitted logistic regression; the intercept comes first.

    Attributes
    ----------
    coefficients : array of shape (features + 1,)
    covariance : array of shape (features + 1, features + 1)
        Inverse of the penalised information (le Cessie & van Houwelingen 1992), or the sandwich.
    log_likelihood : float
        Without the penalty.
    """

    coefficients: Floats
    covariance: Floats
    log_likelihood: float

    def log_odds(self, X: Floats) -> Floats:
        """Give intercept + X b."""
        return np.asarray(self.coefficients[0] + X @ self.coefficients[1:])


def fit_logit(
    X: Floats, y: Floats, ridge: float | Floats = 0.0, groups: NDArray[Any] | None = None
) -> Logit:
    """Maximise log likelihood - ridge b.b / 2; the intercept is free.

    Parameters
    ----------
    X : array of shape (n, features)
    y : array of shape (n,)
        0 or 1.
    ridge : float or array of shape (features,)
        1 is a normal prior of log odds with deviation 1.
    groups : array of shape (n,), optional
        Codes of rows that belong together, such as deals of one account: the covariance becomes
        the sandwich over groups (Huber 1967; Liang & Zeger 1986).

    Raises
    ------
    DataError
        If no maximum is found.

    Examples
    --------
    >>> X, y = np.array([[0.0], [0.0], [0.0], [1.0], [1.0], [1.0]]), np.array([0.0, 0, 1, 0, 1, 1])
    >>> fit_logit(X, y).coefficients.round(3).tolist()
    [-0.693, 1.386]
    """
    design = np.column_stack([np.ones(len(X)), X])
    penalty = np.r_[1e-9, np.broadcast_to(np.asarray(ridge, dtype=np.float64), X.shape[1:]) + 1e-9]
    share = np.clip(y.mean(), 1e-6, 1 - 1e-6)
    b = np.r_[np.log(share / (1 - share)), np.zeros(X.shape[1])]
    value = _penalised(design, y, penalty, b)
    for _ in range(_MOST_STEPS):
        p = expit(design @ b)
        gradient = design.T @ (y - p) - penalty * b
        hessian = (design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while (moved := _penalised(design, y, penalty, b + size * step)) < value - 1e-9:
            size /= 2
        b, gain, value = b + size * step, moved - value, moved
        if abs(gain) < _CLOSE * (1 + abs(value)) and np.abs(size * step).max() < 1e-6:
            break
    else:
        raise DataError(
            "The logistic regression finds no maximum: some column may part yes from no without "
            "exception. Leave it out, or take a larger ridge."
        )
    p = expit(design @ b)
    bread = np.linalg.inv((design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty))
    covariance = bread if groups is None else _sandwich(bread, design * (y - p)[:, None], groups)
    likelihood = value + float(penalty @ (b * b)) / 2
    return Logit(b, covariance, likelihood)


def _penalised(design: Floats, y: Floats, penalty: Floats, b: Floats) -> float:
    eta = design @ b
    return float(y @ eta - np.logaddexp(0.0, eta).sum() - penalty @ (b * b) / 2)


def _sandwich(bread: Floats, scores: Floats, groups: NDArray[Any]) -> Floats:
    codes = np.unique(groups, return_inverse=True)[1]
    summed = np.zeros((codes.max() + 1, scores.shape[1]))
    np.add.at(summed, codes, scores)
    few = len(summed) / max(len(summed) - 1, 1)
    return np.asarray(bread @ (few * summed.T @ summed) @ bread)


def score_statistics(
    fit: Logit, X: Floats, y: Floats, added: Floats, ridge: float | Floats
) -> Floats:
    """Test each further column alone by Rao's score statistic, chi-squared with 1 degree.

    Parameters
    ----------
    fit : Logit
        Fitted to X.
    added : array of shape (n, candidates)
    """
    design = np.column_stack([np.ones(len(X)), X])
    p = expit(fit.log_odds(X))
    w = p * (1 - p)
    penalty = np.r_[1e-9, np.broadcast_to(np.asarray(ridge, dtype=np.float64), X.shape[1:]) + 1e-9]
    inner = np.linalg.inv((design * w[:, None]).T @ design + np.diag(penalty))
    cross = (added * w[:, None]).T @ design
    variance = (w @ (added * added)) - np.einsum("ij,jk,ik->i", cross, inner, cross)
    gradient = added.T @ (y - p)
    return np.where(variance > 1e-9, gradient**2 / np.maximum(variance, 1e-9), 0.0)
