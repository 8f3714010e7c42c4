"""Theil-Sen slopes and Mann-Kendall tests of many series at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

__all__ = ["LEAST_PERIODS", "slopes"]

Numbers = NDArray[np.float64]
BLOCK = 2_048
LEAST_PERIODS = 8  # of a test whose p-value comes from a normal
LEVEL = 0.9
DIGITS = 9  # of the greatest value; what lies below is rounding, not a rise or fall


def slopes(series: Numbers, first: NDArray[np.intp]) -> pd.DataFrame:
    """Estimate the slope of each series from its first period on, and test it.

    Parameters
    ----------
    series : array of shape (n, periods)
    first : array of int, shape (n,)
        Where each series begins.

    Returns
    -------
    pandas.DataFrame
        `slope, slope_low, slope_high` (a period, with Sen's 90 % interval) and the two-sided `p`
        of Mann and Kendall; NaN for series of fewer than 8 periods.
    """
    found = np.full((len(series), 4), np.nan)
    for start in np.unique(first[first <= series.shape[1] - LEAST_PERIODS]):
        rows = np.flatnonzero(first == start)
        for block in range(0, len(rows), BLOCK):
            part = rows[block : block + BLOCK]
            found[part] = _dense(series[part, start:])
    return pd.DataFrame(found, columns=["slope", "slope_low", "slope_high", "p"])


def _dense(series: Numbers) -> Numbers:
    unit = np.abs(series).max(axis=1, keepdims=True)
    unit[unit == 0] = 1.0
    scaled = np.round(series / unit, DIGITS)
    earlier, later = np.triu_indices(series.shape[1], 1)
    rise = scaled[:, later] - scaled[:, earlier]
    s = np.sign(rise).sum(axis=1)
    deviation = np.sqrt(_variance(scaled))
    z = np.divide(s - np.sign(s), deviation, out=np.zeros_like(s), where=deviation > 0)
    steep = np.sort(rise / (later - earlier), axis=1)
    reach = float(ndtri((1 + LEVEL) / 2)) * deviation
    pairs = steep.shape[1]
    middle = np.full(len(steep), (pairs - 1) / 2)
    ends = (np.round((pairs - reach) / 2) - 1, np.round((pairs + reach) / 2))
    estimates = np.column_stack([_at(steep, place) for place in (middle, *ends)])
    return np.column_stack([estimates * unit, 2 * ndtr(-np.abs(z))])


def _variance(series: Numbers) -> Numbers:
    """Give the variance of S without a trend: ``[n(n-1)(2n+5) - sum t(t-1)(2t+5)] / 18``."""
    n = series.shape[1]
    ranked = np.sort(series, axis=1)
    places = np.broadcast_to(np.arange(n), ranked.shape)
    changed = ranked[:, 1:] != ranked[:, :-1]
    edge = np.ones((len(ranked), 1), dtype=bool)
    begin = np.maximum.accumulate(np.where(np.hstack([edge, changed]), places, 0), axis=1)
    end = np.where(np.hstack([changed, edge]), places, n)[:, ::-1]
    ties = np.minimum.accumulate(end, axis=1)[:, ::-1] - begin + 1
    # Each of t tied values gives its share of t(t-1)(2t+5).
    tied = ((ties - 1) * (2 * ties + 5)).sum(axis=1)
    return np.asarray((n * (n - 1) * (2 * n + 5) - tied) / 18, dtype=np.float64)


def _at(ranked: Numbers, place: Numbers) -> Numbers:
    """Interpolate between order statistics, the outermost ones beyond them."""
    place = np.clip(place, 0, ranked.shape[1] - 1)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, ranked.shape[1] - 1)
    rows = np.arange(len(ranked))
    share = place - below
    return np.asarray(ranked[rows, below] * (1 - share) + ranked[rows, above] * share)
