"""How fast a yearly series grows: from end to end, and along its trend."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from segkit.errors import DataError, check_share
from segkit.frames import JsonResult

__all__ = ["Growth", "growth"]

Floats = NDArray[np.float64]

_LEAST_YEARS = 3
_LEAST_TO_SEE_PERSISTENCE = 6
_ROUNDING = 1e-20
# Rates that print alike do not differ.
_SAME_RATE = 0.0005
# A point of growth is worth a word even where the trend is too vague to tell.
_APART = 0.01


@dataclass(frozen=True, eq=False)
class Growth(JsonResult):
    """Yearly growth of a series, as a share (0.11 is 11 % a year).

    Attributes
    ----------
    cagr : float
        Compound annual growth rate between the first and the last year.
    cagr_interval : tuple of float
        Its interval if yearly growth varies at random around one rate.
    trend : float
        Growth along the log-linear trend through all years.
    interval : tuple of float
        Interval of `trend`.
    differ : bool
        The CAGR lies outside the interval of the trend, or more than a point from it: the end
        points are no fair picture of the years between.
    confidence : float
        Confidence of both intervals.
    table : DataFrame
        `year, value, fitted`.
    notes : tuple of str
        What to mind.
    """

    cagr: float
    cagr_interval: tuple[float, float]
    trend: float
    interval: tuple[float, float]
    differ: bool
    confidence: float
    table: pd.DataFrame
    notes: tuple[str, ...]


def growth(years: ArrayLike, values: ArrayLike, *, confidence: float = 0.9) -> Growth:
    r"""Measure yearly growth in two ways, each with its interval.

    * CAGR :math:`(V_T / V_0)^{1/T} - 1`; its interval takes the growth of each year,
      :math:`\Delta \ln V`, as a draw around one mean (t interval of the drift of a random walk).
    * Trend :math:`e^b - 1` with b the least-squares slope of :math:`\ln V` on the year; its
      interval is that of the slope, for deviations from the trend that are independent.

    Parameters
    ----------
    years : array-like of int or dates, shape (n_years,)
        At least three different years, evenly apart, in any order.
    values : array-like of float, shape (n_years,)
        Size of the market in each year; positive.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If there are fewer than three years, a year stands there twice or is missing between the
        others, or a value is not a positive number; names every fault.
    ParameterError
        If `confidence` is out of bounds.

    Examples
    --------
    >>> found = growth([2020, 2021, 2022, 2023], [100, 112, 122, 137])
    >>> round(found.cagr, 4), round(found.trend, 4), found.differ
    (0.1106, 0.1085, False)
    >>> tuple(round(end, 3) for end in found.interval)
    (0.095, 0.122)
    """
    check_share("confidence", "growth", confidence)
    year, value = _checked(years, values)
    logs = np.log(value)
    centred = year - year.mean()
    slope = float((centred * logs).sum() / (centred**2).sum())
    fitted = logs.mean() + slope * centred
    deviation = logs - fitted
    slope_se = math.sqrt((deviation**2).sum() / (len(year) - 2) / (centred**2).sum())
    drift, drift_se = _drift(year, logs)
    cagr, trend = math.expm1(drift), math.expm1(slope)
    interval = _interval(slope, slope_se, len(year) - 2, confidence)
    inside = interval[0] - _SAME_RATE <= cagr <= interval[1] + _SAME_RATE
    differ = not inside or abs(cagr - trend) > _APART
    return Growth(
        cagr=cagr,
        cagr_interval=_interval(drift, drift_se, len(year) - 2, confidence),
        trend=trend,
        interval=interval,
        differ=differ,
        confidence=confidence,
        table=pd.DataFrame({"year": year.astype(int), "value": value, "fitted": np.exp(fitted)}),
        notes=tuple(_notes(cagr, trend, interval, deviation, differ=differ)),
    )


def _drift(year: Floats, logs: Floats) -> tuple[float, float]:
    """Estimate the mean yearly step of a random walk and its standard error."""
    yearly = np.diff(logs) / np.diff(year)
    return float(yearly.mean()), float(yearly.std(ddof=1)) / math.sqrt(len(yearly))


def _interval(rate: float, se: float, df: int, confidence: float) -> tuple[float, float]:
    reach = float(stdtrit(df, (1 + confidence) / 2)) * se
    return math.expm1(rate - reach), math.expm1(rate + reach)


def _checked(years: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    year, value = _numbers(years, "Years"), _numbers(values, "Values")
    faults = []
    if len(year) != len(value):
        raise DataError(
            f"Growth needs one value a year. Got {len(year)} years, {len(value)} values."
        )
    if len(year) < _LEAST_YEARS:
        faults.append(f"Growth needs at least {_LEAST_YEARS} years. Got {len(year)}.")
    if not np.all(np.isfinite(year) & (year == np.round(year))):
        faults.append("Years must be whole numbers.")
    known, counts = np.unique(year[np.isfinite(year)], return_counts=True)
    if np.any(counts > 1):
        twice = ", ".join(f"{y:g}" for y in known[counts > 1])
        faults.append(f"A year stands there more than once: {twice}. Add its values up first.")
    faults += _gaps(known)
    wrong = ~(np.isfinite(value) & (value > 0))
    if np.any(wrong):
        shown = ", ".join(f"{y:g}: {v:g}" for y, v in zip(year[wrong], value[wrong], strict=True))
        faults.append(f"Values must be positive numbers. Got {shown}.")
    if faults:
        raise DataError("\n".join(faults))
    order = np.argsort(year)
    return year[order], value[order]


def _numbers(given: ArrayLike, what: str) -> Floats:
    array = np.asarray(given).ravel()
    if array.size and all(hasattr(one, "year") for one in array):  # lists of dates or periods
        return np.array([one.year for one in array], dtype=np.float64)
    if np.issubdtype(array.dtype, np.datetime64):
        return array.astype("datetime64[Y]").astype(float) + 1970
    try:
        return array.astype(float)
    except (TypeError, ValueError):
        raise DataError(f"{what} must be numbers. Got {array[:5].tolist()}.") from None


def _gaps(known: Floats) -> list[str]:
    """Name the years that are missing: growth over a gap is growth of years nobody measured."""
    step = np.diff(known)
    if len(step) == 0 or np.all(step == step.min()):
        return []
    apart = step.min()
    at = int(np.flatnonzero(step > apart)[0])
    before, after = (f"{year:g}" for year in known[at : at + 2])
    words = f"Years must be {apart:g} apart without a gap. Found {before} and then {after}"
    return [f"{words}: add what lies between, or begin at {after}."]


def _notes(
    cagr: float, trend: float, interval: tuple[float, float], deviation: Floats, *, differ: bool
) -> list[str]:
    notes = []
    if differ:
        notes.append(
            f"CAGR ({cagr:.1%}) and trend ({trend:.1%}, {interval[0]:.1%} to {interval[1]:.1%}) "
            "differ: the first or last year is unusual; trust the trend."
        )
    if _persist(deviation):
        notes.append(
            "Deviations from the trend persist from year to year: its interval is too narrow, "
            "that of the CAGR is the safer one."
        )
    return notes


def _persist(deviation: Floats) -> bool:
    """Tell whether deviations carry over from one year to the next."""
    squares = float((deviation**2).sum())
    if len(deviation) < _LEAST_TO_SEE_PERSISTENCE or squares < _ROUNDING:
        return False
    # Durbin & Watson (1950): 2 for independent deviations, towards 0 for ones that persist.
    return float((np.diff(deviation) ** 2).sum()) / squares < 1
