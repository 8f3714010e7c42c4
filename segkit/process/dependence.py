"""What a score does to the chance of winning: averaged over all deals, and seller by seller."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, expit, ndtr, ndtri

from segkit.intervals import mean_interval
from segkit.logistic import Logit
from segkit.process.visits import Floats, Ints

__all__ = ["by_rep", "partial_dependence"]

Flags = NDArray[np.bool_]

_SCORES = range(4)
_LEAST = 5  # won and lost deals each, without which a seller is compared with nobody
_HOLD = 0.1
_NOTHING = 1e-12
_STEPS = 25
_CLOSE = 1e-8


def partial_dependence(
    model: Logit, X: Floats, dimensions: Sequence[str], confidence: float
) -> pd.DataFrame:
    """Give the mean chance of all deals if a dimension had each score (Friedman 2001).

    Parameters
    ----------
    model : Logit
        Fitted to `X`: scores of the dimensions, and after them flags of what is unknown.
    X : ndarray, shape (n_deals, 2 x n_dimensions)
    dimensions : sequence of str
    confidence : float

    Returns
    -------
    DataFrame
        `dimension, score, chance, low, high`, by the delta method.
    """
    k, reach = len(dimensions), float(ndtri((1 + confidence) / 2))
    rows = []
    for at, name in enumerate(dimensions):
        for score in _SCORES:
            changed = np.column_stack([np.ones(len(X)), X])
            changed[:, 1 + at], changed[:, 1 + k + at] = score, 0.0
            p = expit(changed @ model.coefficients)
            slope = (p * (1 - p)) @ changed / len(p)
            spread = reach * float(np.sqrt(max(slope @ model.covariance @ slope, 0.0)))
            chance = float(p.mean())
            ends = {"low": max(chance - spread, 0.0), "high": min(chance + spread, 1.0)}
            rows.append({"dimension": name, "score": score, "chance": chance} | ends)
    return pd.DataFrame(rows)


def by_rep(
    X: Floats,
    won: Flags,
    rep: Ints,
    dimensions: Sequence[str],
    pooled: Logit,
    confidence: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Ask whether a point is worth more with one seller than with another.

    Of each seller's deals alone a constant and the slope of one dimension are estimated, all other
    weights as pooled. The slopes :math:`b_r` with information :math:`I_r` are alike if
    :math:`Q = \sum I_r (b_r - \bar b)^2` is no more than chi-squared (Cochran 1954).

    Parameters
    ----------
    X : ndarray, shape (n_deals, 2 x n_dimensions)
        As in `partial_dependence`, of decided deals.
    won : array of bool
    rep : array of int
        Number of who sold each deal; sellers with fewer than five won or lost deals stay out.
    dimensions : sequence of str
    pooled : Logit
        Fitted to all sellers together.
    confidence : float

    Returns
    -------
    sellers : DataFrame
        `dimension, rep, deals`, the `mean` score of known ones with its interval `mean_low,
        mean_high`, the `weight` of a point with its interval `low, high`, and `z` and `p` of its
        difference from the others.
    tests : DataFrame
        `dimension, reps, statistic, df, p`.
    """
    wins, deals = np.bincount(rep, won), np.bincount(rep)
    kept = np.flatnonzero(np.minimum(wins, deals - wins) >= _LEAST)
    inside = np.isin(rep, kept)
    if len(kept) < 2:
        return pd.DataFrame(), pd.DataFrame()
    code, X, won = np.searchsorted(kept, rep[inside]), X[inside], won[inside]
    expected = pooled.log_odds(X)
    k, reach = len(dimensions), float(ndtri((1 + confidence) / 2))
    sellers, tests = [], []
    for at, name in enumerate(dimensions):
        delta, information = _slopes(X[:, at], won, expected, code)
        away = delta - (information @ delta) / information.sum()
        z = away / np.sqrt(np.maximum(1 / information - 1 / information.sum(), _NOTHING))
        weight, error = pooled.coefficients[1 + at] + delta, reach / np.sqrt(information)
        known = X[:, k + at] == 0
        part = {"dimension": name, "rep": kept, "deals": np.bincount(code)}
        part |= _means(X[known, at], code[known], len(kept), confidence)
        part |= {"weight": weight, "low": weight - error, "high": weight + error}
        sellers.append(pd.DataFrame(part | {"z": z, "p": 2 * ndtr(-np.abs(z))}))
        q, df = float(information @ away**2), len(kept) - 1
        row = {"dimension": name, "reps": len(kept), "statistic": q, "df": df}
        tests.append(row | {"p": float(chdtrc(df, q))})
    return pd.concat(sellers, ignore_index=True), pd.DataFrame(tests)


def _slopes(x: Floats, won: Flags, expected: Floats, code: Ints) -> tuple[Floats, Floats]:
    """Fit a constant and a slope to each seller's deals; give the slopes and their information."""
    x = x - x.mean()
    constant: Floats = np.zeros(int(code.max()) + 1)
    slope = constant
    for _ in range(_STEPS):
        p = expit(expected + constant[code] + slope[code] * x)
        w, residual = p * (1 - p), won - p
        # A weak prior holds slopes of sellers whose won and lost deals a score parts cleanly.
        s1 = np.bincount(code, w * x)
        s0, s2 = np.bincount(code, w) + _HOLD, np.bincount(code, w * x**2) + _HOLD
        u0 = np.bincount(code, residual) - _HOLD * constant
        u1 = np.bincount(code, residual * x) - _HOLD * slope
        determinant = s0 * s2 - s1**2
        constant = constant + (s2 * u0 - s1 * u1) / determinant
        step = (s0 * u1 - s1 * u0) / determinant
        slope = slope + step
        if np.abs(step).max() < _CLOSE:
            break
    return slope, np.asarray(s2 - s1**2 / s0)


def _means(scores: Floats, code: Ints, size: int, confidence: float) -> dict[str, Floats]:
    """Average the known scores of each seller."""
    by_seller = pd.Series(scores).groupby(code)
    mean, deviation, count = (
        by_seller.agg(how).reindex(range(size)).to_numpy(float) for how in ("mean", "std", "count")
    )
    low, high = mean_interval(mean, deviation, count, confidence)
    return {"mean": mean, "mean_low": low, "mean_high": high}
