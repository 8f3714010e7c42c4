"""Ridge logit for few columns: weights, their intervals, and chances out of fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from segkit.process.visits import Floats

__all__ = ["RidgeLogit", "fit_ridge", "out_of_fold"]

_STEPS = 50
_CLOSE = 1e-10


@dataclass(frozen=True)
class RidgeLogit:
    """Weights on the scale of the columns given; the first is the constant."""

    weights: Floats
    covariance: Floats


def fit_ridge(X: Floats, won: NDArray[np.bool_], ridge: float) -> RidgeLogit:
    """Fit a logit whose standardised weights are drawn to 0.

    `ridge` is the precision of a normal prior of each standardised weight; the constant has none.
    Newton's method; the covariance is that of the posterior at its mode.
    """
    centre, scale = X.mean(axis=0), X.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    Z = np.column_stack([np.ones(len(X)), (X - centre) / scale])
    penalty = np.diag(np.append([0.0], np.full(X.shape[1], ridge)))
    beta = np.zeros(Z.shape[1])
    # With everybody of one kind the constant would run away; half a row of each holds it.
    share = (won.sum() + 0.5) / (len(won) + 1)
    beta[0] = np.log(share / (1 - share))
    for _ in range(_STEPS):
        p = expit(Z @ beta)
        hessian = (Z * (p * (1 - p))[:, None]).T @ Z + penalty
        step = np.linalg.solve(hessian, Z.T @ (won - p) - penalty @ beta)
        beta = beta + step
        if np.abs(step).max() < _CLOSE:
            break
    back = np.diag(np.append([1.0], 1 / scale))
    back[0, 1:] = -centre / scale
    return RidgeLogit(back @ beta, back @ np.linalg.inv(hessian) @ back.T)


def out_of_fold(
    X: Floats, won: NDArray[np.bool_], ridge: float, folds: NDArray[np.int64]
) -> Floats:
    """Foretell each row by a model that has not seen its fold."""
    chance = np.empty(len(X))
    for fold in np.unique(folds):
        unseen = folds == fold
        model = fit_ridge(X[~unseen], won[~unseen], ridge)
        chance[unseen] = expit(model.weights[0] + X[unseen] @ model.weights[1:])
    return chance
