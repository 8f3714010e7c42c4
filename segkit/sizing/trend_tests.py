"""The Mann-Kendall test and the Theil-Sen slope, for series with or without seasons."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult

__all__ = ["MannKendall", "TheilSen", "mann_kendall", "theil_sen"]

Floats = NDArray[np.float64]

_LEAST_VALUES = 8
_LEAST_POINTS = 3
_SHOWN = 5
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
        Its interval; an end is infinite where too few values bound it.
    """

    n: int
    s: float
    variance: float
    correction: float
    z: float
    p: float
    slope: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class TheilSen(JsonResult):
    """A line through points by the median of the slopes of all pairs.

    Attributes
    ----------
    n : int
        Points used.
    slope : float
        Median of the slopes.
    interval : tuple of float
        Sen's interval of the slope; an end is infinite where too few points bound it.
    intercept : float
        Median of y less slope x median of x.
    """

    n: int
    slope: float
    interval: tuple[float, float]
    intercept: float


def theil_sen(y: ArrayLike, x: ArrayLike | None = None, *, confidence: float = 0.9) -> TheilSen:
    r"""Estimate a slope that a few wild values cannot bend.

    The slope is the median of :math:`(y_j - y_i) / (x_j - x_i)` over all pairs with different x
    (Theil 1950; Sen 1968). Its interval runs from the slope of rank
    :math:`(N - z \sqrt{Var}) / 2` to that of rank :math:`(N + z \sqrt{Var}) / 2 + 1`, each rounded,
    of the N slopes; :math:`Var` is that of Kendall's score, ties in x and y considered (Sen 1968;
    Kendall 1975).

    Parameters
    ----------
    y : array-like, shape (n_points,)
        Values; NaN where one is missing.
    x : array-like, shape (n_points,), optional
        Where they stand, in any order; 0, 1, 2, ... if not given.
    confidence : float
        Confidence of the interval, in (0, 1).

    Raises
    ------
    DataError
        If lengths differ, a value is infinite or no number, fewer than 3 points are known, or all
        stand at one x.
    ParameterError
        If `confidence` is out of bounds.

    Examples
    --------
    >>> found = theil_sen([9, 15, 19, 20, 45, 55, 78], [1, 2, 3, 4, 10, 12, 18])
    >>> found.slope, found.intercept
    (4.0, 4.0)
    """
    check_share("confidence", "theil_sen", confidence)
    values = _numbers("y", y)
    places = np.arange(len(values), dtype=float) if x is None else _numbers("x", x)
    if len(values) != len(places):
        raise DataError(f"y and x must pair up. Got {len(values)} y and {len(places)} x.")
    known = ~(np.isnan(values) | np.isnan(places))
    values, places = values[known], places[known]
    if len(values) < _LEAST_POINTS:
        raise DataError(f"A slope needs at least {_LEAST_POINTS} points. Got {len(values)}.")
    slopes = np.sort(_slopes(values, places))
    if len(slopes) == 0:
        raise DataError(f"A slope needs points at different x. All stand at {places[0]:g}.")
    slope = float(np.median(slopes))
    interval = _interval(slopes, _variance(values, places), confidence)
    intercept = float(np.median(values) - slope * np.median(places))
    return TheilSen(len(values), slope, interval, intercept)


def mann_kendall(
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
    >>> found = mann_kendall([3, 4, 4, 6, 5, 7, 9, 8, 11])
    >>> found.s, round(found.z, 3), found.slope
    (31.0, 3.145, 1.0)
    """
    series = _checked(values, period, confidence)
    parts = [season[~np.isnan(season)] for season in (series[k::period] for k in range(period))]
    s, variance = (sum(part) for part in zip(*map(_score, parts), strict=True))
    slopes = np.sort(np.concatenate([_season_slopes(series[k::period]) for k in range(period)]))
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
        raise ParameterError("period", "mann_kendall", "an int in the range [1, inf)", period)
    check_share("confidence", "mann_kendall", confidence)
    series = _numbers("values", values)
    n = int(np.isfinite(series).sum())
    if n < _LEAST_VALUES:
        raise DataError(f"A trend needs at least {_LEAST_VALUES} values. Got {n}.")
    return series


def _numbers(name: str, given: ArrayLike) -> Floats:
    """Take numbers, with NaN where one is missing; name those that are none."""
    array = np.asarray(given, dtype=object)
    if array.size != max(array.shape, default=0):
        raise DataError(f"{name} must be one series. Got an array of shape {array.shape}.")
    taken = pd.Series(array.ravel(), dtype=object)
    numbers = pd.to_numeric(taken, errors="coerce").astype(float)
    wrong = taken[(numbers.isna() & taken.notna()) | np.isinf(numbers)]
    if len(wrong):
        shown = ", ".join(f"{value!r} at {at}" for at, value in wrong.head(_SHOWN).items())
        raise DataError(f"{name} must hold finite numbers, or NaN where one is missing: {shown}.")
    return np.asarray(numbers, dtype=float)


def _score(x: Floats) -> tuple[float, float]:
    """Compute S and its variance without a trend, for one season."""
    s = float(np.triu(np.sign(x[None, :] - x[:, None]), 1).sum())
    return s, _variance(x)


def _variance(*coordinates: Floats) -> float:
    """Compute the variance of S without a trend, with ties in each coordinate (Kendall 1975)."""
    n = len(coordinates[0])
    ties = [np.unique(part, return_counts=True)[1].astype(float) for part in coordinates]
    variance = n * (n - 1) * (2 * n + 5) / 18
    variance -= sum(float((t * (t - 1) * (2 * t + 5)).sum()) for t in ties) / 18
    if len(ties) > 1:
        # What both coordinates tie is not taken away twice.
        pairs = math.prod(float((t * (t - 1)).sum()) for t in ties)
        triples = math.prod(float((t * (t - 1) * (t - 2)).sum()) for t in ties)
        variance += pairs / (2 * n * (n - 1)) + triples / (9 * n * (n - 1) * (n - 2))
    return variance


def _slopes(values: Floats, places: Floats) -> Floats:
    first, second = np.triu_indices(len(values), 1)
    apart = places[second] - places[first]
    rise = values[second] - values[first]
    return np.asarray(rise[apart != 0] / apart[apart != 0])


def _season_slopes(season: Floats) -> Floats:
    at = np.flatnonzero(~np.isnan(season))
    return _slopes(season[at], at.astype(float))


def _interval(slopes: Floats, variance: float, confidence: float) -> tuple[float, float]:
    """Take Sen's interval: the order statistics of the slopes that S without a trend may reach."""
    reach = float(ndtri((1 + confidence) / 2)) * math.sqrt(max(variance, 0.0))
    low = round((len(slopes) - reach) / 2) - 1
    high = round((len(slopes) + reach) / 2)
    return (
        float(slopes[low]) if low >= 0 else -math.inf,
        float(slopes[high]) if high < len(slopes) else math.inf,
    )


def _correction(series: Floats, period: int, slope: float) -> float:
    """Compute Hamed & Rao's factor from the ranks of what trend and seasons leave."""
    left = series - slope * np.arange(len(series)) / period
    for season in range(period if period > 1 else 0):
        # A season may never have been measured, such as the month of a holiday.
        seen = left[season::period][~np.isnan(left[season::period])]
        left[season::period] -= np.median(seen) if len(seen) else 0.0
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
