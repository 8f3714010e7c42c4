"""Trends of several series: which rise, which fall, which do neither."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.adjustment import holm
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.sizing.columns import ANY, number_columns
from segkit.sizing.trend_tests import mann_kendall

__all__ = ["Trends", "find_trends"]

_SHOWN = 5
_NUMBERS = ("slope", "low", "high", "z", "p", "correction")


@dataclass(frozen=True, eq=False)
class Trends(JsonResult):
    """Trends of several series.

    Attributes
    ----------
    table : DataFrame
        One row a series: `series, n, slope` per period with its interval `low, high`, `z`, `p`,
        Holm's `p_adjusted`, the `correction` of the variance for autocorrelation, and the
        `verdict`: "up", "down", "none" or "not enough data".
    period : int
        Steps a period.
    confidence, alpha : float
        Confidence of the intervals, and chance of any false alarm.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    period: int
    confidence: float
    alpha: float
    notes: tuple[str, ...]


def find_trends(
    frame: Any,
    *,
    time: str,
    series: str,
    value: str,
    period: int = 12,
    confidence: float = 0.9,
    alpha: float = 0.05,
) -> Trends:
    """Say which of several series rise, fall, or do neither.

    Each series gets a seasonal Mann-Kendall test and Sen's slope (see `mann_kendall`).
    P-values are adjusted together by Holm's method. The correction for autocorrelation is used
    where it makes a test more careful, never the other way round: for independent values it would
    be a gamble. A series too short to bound its slope, such as one of little more than a year, gets
    no verdict.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a series and time step.
    time, series, value : str
        Columns. Time is a date, whose month is the step, or a whole number.
    period : int
        Steps of a full cycle of seasons: 12 for months.
    confidence : float
        Confidence of the intervals, in (0, 1).
    alpha : float
        Chance of any false alarm among the series, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, times are neither dates nor whole numbers, a value is no finite
        number, or a series has two values for one step; names the rows.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> year = list(range(2010, 2020))
    >>> frame = pd.DataFrame({"year": year, "topic": "cloud", "index": [2.0 * y for y in year]})
    >>> found = find_trends(frame, time="year", series="topic", value="index", period=1)
    >>> found.table[["series", "slope", "verdict"]]
      series  slope verdict
    0  cloud    2.0      up
    """
    check_share("alpha", "find_trends", alpha)
    taken = take_columns(frame, [time, series, value], "trends")
    values = number_columns(taken, {value: ANY}, "trends")[value]
    table = pd.DataFrame(
        {"step": _steps(taken[time]), "series": taken[series], "value": values, "at": taken[time]}
    ).dropna()
    _check_distinct(table)
    rows = [
        {"series": name, **_row(part, period, confidence)}
        for name, part in table.groupby("series", sort=True)
    ]
    found = pd.DataFrame(rows, columns=["series", "n", *_NUMBERS])
    found["p_adjusted"] = holm(found["p"])
    judged = zip(found["p_adjusted"], found["z"], strict=True)
    found["verdict"] = [_verdict(p_adjusted, z, alpha) for p_adjusted, z in judged]
    return Trends(found, period, confidence, alpha, (*_gaps(table), *_notes(found)))


def _row(part: pd.DataFrame, period: int, confidence: float) -> dict[str, float]:
    steps = part["step"].to_numpy(np.int64)
    grid = np.full(steps.max() - steps.min() + 1, np.nan)
    grid[steps - steps.min()] = part["value"]
    unknown = {"n": len(part), **dict.fromkeys(_NUMBERS, math.nan)}
    try:
        plain = mann_kendall(grid, period=period, confidence=confidence)
    except DataError:
        return unknown
    careful = mann_kendall(grid, period=period, confidence=confidence, autocorrelated=True)
    kept = careful if careful.correction > 1 else plain
    if not np.isfinite(kept.interval).all():
        return unknown
    return {
        "n": kept.n,
        "slope": kept.slope,
        "low": kept.interval[0],
        "high": kept.interval[1],
        "z": kept.z,
        "p": kept.p,
        "correction": kept.correction,
    }


def _verdict(p_adjusted: float, z: float, alpha: float) -> str:
    if math.isnan(p_adjusted):
        return "not enough data"
    if p_adjusted >= alpha:
        return "none"
    return "up" if z > 0 else "down"


def _check_distinct(table: pd.DataFrame) -> None:
    double = table[table.duplicated(["step", "series"])].head(_SHOWN)
    if len(double):
        shown = ", ".join(
            f"{name!r} at {_said(at)} (row {row})"
            for row, name, at in zip(double.index, double["series"], double["at"], strict=True)
        )
        raise DataError(f"trends: each series has one value a step. A second one: {shown}.")


def _said(time: Any) -> str:
    return f"{time:%Y-%m}" if isinstance(time, pd.Timestamp) else f"{time}"


def _gaps(table: pd.DataFrame) -> list[str]:
    steps = table.groupby("series")["step"].agg(["min", "max", "count"])
    missing = (steps["max"] - steps["min"] + 1 - steps["count"]).astype(int)
    gappy = missing[missing > 0]
    if gappy.empty:
        return []
    shown = ", ".join(f"{name} ({count})" for name, count in gappy.items())
    return [f"Steps without a value, left as gaps: {shown}."]


def _notes(found: pd.DataFrame) -> list[str]:
    notes = []
    persistent = found.loc[found["correction"] > 1, "series"]
    if len(persistent):
        names = ", ".join(map(str, persistent))
        notes.append(
            f"Values of {names} carry over from step to step: their tests are corrected, and may "
            "still see a trend in a long swing."
        )
    return notes


def _steps(time: pd.Series) -> pd.Series:
    """Take months of dates as steps, or whole numbers as they are."""
    if pd.api.types.is_datetime64_any_dtype(time):
        months: pd.Series = time.dt.year * 12 + time.dt.month - 1
        return months
    number = pd.to_numeric(time, errors="coerce")
    wrong = time[time.notna() & ~(number % 1 == 0)]
    if len(wrong):
        shown = ", ".join(f"{value!r} in row {row}" for row, value in wrong.head(_SHOWN).items())
        raise DataError(f"trends: time must hold dates or whole numbers. Got {shown}.")
    return number
