"""The Mann-Kendall test and Sen's slope, for series with or without seasons."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult

__all__ = ["MannKendall", "mann_kendall_test"]

Floats = NDArray[np.float64]

_LEAST_VALUES = 8
# Lags beyond this bound count: 5 %, as Hamed & Rao propose.
_LAG_BOUND = float(ndtri(0.975))


@dataclass(frozen=True)
class MannKendall(JsonResult):
    """Result of a Mann-Kendall test.

    Attributes
    ----------
    n : int
        Values used.
    s : float
        Pairs that rise less pairs that fall.
    variance : float
        Variance of `s` without a trend, corrected for autocorrelation where asked.
    correction : float
        Factor of that correction; 1 without it.
    z, p : float
        Standardised `s` and its two-sided p-value.
    slope : float
        Sen's slope per period: the median of the slopes of all pairs.
    interval : tuple of float
        Its interval.
    """

    n: int
    s: float
    variance: float
    correction: float
    z: float
    p: float
    slope: float
    interval: tuple[float, float]


def mann_kendall_test(
    values: ArrayLike, *, period: int = 1, autocorrelated: bool = False, confidence: float = 0.9
) -> MannKendall:
    r"""Test for a rise or fall of any shape, and estimate its slope.

    :math:`S = \sum_{i<j} \mathrm{sign}(x_j - x_i)`,
    :math:`Var = [n(n-1)(2n+5) - \sum t(t-1)(2t+5)] / 18` with t the sizes of ties, and
    :math:`Z = (S - \mathrm{sign} S) / \sqrt{Var}` (Mann 1945; Kendall 1975). With seasons only
    values of the same season are compared, and S and Var are summed over them (Hirsch, Slack &
    Smith 1982). The interval of the slope is Sen's (1968).

    Parameters
    ----------
    values : array-like, shape (n_steps,)
        A series with even steps; NaN where a value is missing.
    period : int
        Steps of a full cycle of seasons: 12 for months, 1 for none. The slope is per period.
    autocorrelated : bool
        Correct the variance for autocorrelation (Hamed & Rao 1998): by the significant
        autocorrelations of the ranks of what trend and seasons leave.
    confidence : float
        Confidence of the interval, in (0, 1).

    Raises
    ------
    DataError
        If there are fewer than 8 values, or no season holds two.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = mann_kendall_test([3, 4, 4, 6, 5, 7, 9, 8, 11])
    >>> found.s, round(found.z, 3), found.slope
    (31.0, 3.145, 1.0)
    """
    series = _checked(values, period, confidence)
    parts = [season[~np.isnan(season)] for season in (series[k::period] for k in range(period))]
    s, variance = (sum(part) for part in zip(*map(_score, parts), strict=True))
    slopes = np.sort(np.concatenate([_slopes(series[k::period]) for k in range(period)]))
    if len(slopes) == 0:
        raise DataError(f"No season of {period} holds two values: there is nothing to compare.")
    slope = float(np.median(slopes))
    correction = _correction(series, period, slope) if autocorrelated else 1.0
    variance *= correction
    z = (s - np.sign(s)) / math.sqrt(variance) if variance > 0 else 0.0
    return MannKendall(
        n=int(sum(map(len, parts))),
        s=float(s),
        variance=float(variance),
        correction=correction,
        z=float(z),
        p=float(2 * ndtr(-abs(z))),
        slope=slope,
        interval=_interval(slopes, variance, confidence),
    )


def _checked(values: ArrayLike, period: int, confidence: float) -> Floats:
    if not isinstance(period, int | np.integer) or period < 1:
        raise ParameterError("period", "mann_kendall_test", "an int in the range [1, inf)", period)
    if not 0 < confidence < 1:
        raise ParameterError("confidence", "mann_kendall_test", "a number in (0, 1)", confidence)
    series = np.asarray(values, dtype=float).ravel()
    n = int(np.isfinite(series).sum())
    if np.isinf(series).any() or n < _LEAST_VALUES:
        raise DataError(f"A trend needs at least {_LEAST_VALUES} finite values. Got {n}.")
    return series


def _score(x: Floats) -> tuple[float, float]:
    """Compute S and its variance without a trend, for one season."""
    n = len(x)
    s = float(np.triu(np.sign(x[None, :] - x[:, None]), 1).sum())
    _, ties = np.unique(x, return_counts=True)
    tied = float((ties * (ties - 1) * (2 * ties + 5)).sum())
    return s, (n * (n - 1) * (2 * n + 5) - tied) / 18


def _slopes(season: Floats) -> Floats:
    at = np.flatnonzero(~np.isnan(season))
    first, second = (at[part] for part in np.triu_indices(len(at), 1))
    return np.asarray((season[second] - season[first]) / (second - first))


def _interval(slopes: Floats, variance: float, confidence: float) -> tuple[float, float]:
    """Take Sen's interval: the order statistics of the slopes that S without a trend may reach."""
    reach = float(ndtri((1 + confidence) / 2)) * math.sqrt(max(variance, 0.0))
    ranks = (len(slopes) - reach) / 2 - 1, (len(slopes) + reach) / 2
    low, high = np.interp(ranks, np.arange(len(slopes)), slopes)
    return float(low), float(high)


def _correction(series: Floats, period: int, slope: float) -> float:
    """Compute Hamed & Rao's factor from the ranks of what trend and seasons leave."""
    left = series - slope * np.arange(len(series)) / period
    for season in range(period if period > 1 else 0):
        left[season::period] -= np.nanmedian(left[season::period])
    left = left[~np.isnan(left)]
    n = len(left)
    ranks = rankdata(left) - (n + 1) / 2
    if not ranks.any():
        return 1.0
    lag = np.arange(1, n)
    correlation = np.correlate(ranks, ranks, "full")[n:] / (ranks**2).sum()
    counted = np.where(np.abs(correlation) > _LAG_BOUND / math.sqrt(n), correlation, 0.0)
    weight = (n - lag) * (n - lag - 1) * (n - lag - 2)
    factor = 1 + 2 * float((weight * counted).sum()) / (n * (n - 1) * (n - 2))
    # A sum of many negative autocorrelations may exceed what a variance allows.
    return factor if factor > 0 else 1.0
