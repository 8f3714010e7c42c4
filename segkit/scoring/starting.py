"""How long it takes to start, by a yes-or-no criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult
from segkit.survival import Survival, kaplan_meier, log_rank

__all__ = ["StartTimes", "time_to_start"]

Floats = NDArray[np.float64]
_LEAST = 2
_GROUPS = 2


@dataclass(frozen=True)
class StartTimes(JsonResult):
    """Two groups and the time until something happened to them.

    Attributes
    ----------
    groups : DataFrame
        `group, n, started, median, low, high` (Kaplan-Meier median with its interval;
        infinite where so many have not started), `mean` within the horizon and its standard error.
    curves : DataFrame
        `group, time, waiting, low, high`: the share still waiting after each time with a start.
    difference, low, high : float
        Mean time of the second group less that of the first, within the horizon (RMST), with its
        interval.
    horizon : float
        Time up to which means are taken: the longest for which both curves are known.
    statistic, p_value : float
        Log-rank chi-square with one degree of freedom, and its p-value.
    """

    groups: pd.DataFrame
    curves: pd.DataFrame
    difference: float
    low: float
    high: float
    horizon: float
    statistic: float
    p_value: float


def time_to_start(
    times: ArrayLike,
    group: ArrayLike,
    started: ArrayLike | None = None,
    *,
    horizon: float | None = None,
    confidence: float = 0.9,
) -> StartTimes:
    r"""Compare the times until a start between two groups.

    Kaplan-Meier medians, the log-rank test and the difference of restricted means,
    :math:`\mu(\tau) = \int_0^\tau S(t) dt` with variance
    :math:`\sum_{t_i \le \tau} (\int_{t_i}^\tau S)^2 d_i / (n_i (n_i - d_i))`
    (Royston & Parmar 2013, BMC Medical Research Methodology 13).

    Parameters
    ----------
    times : array of shape (n,)
        Time until the start, or until the last look where it has not started; missing ones are
        left out.
    group : array of shape (n,)
        Two values.
    started : array of bool, shape (n,), optional
        Whether it has started; all have without it.
    horizon : float, optional
        Time up to which means are taken.
    confidence : float

    Raises
    ------
    DataError
        If there are not two groups of two or more, lengths differ, or times are negative.
    ParameterError
        If the horizon is not above 0 or lies beyond what was observed of a group.

    Examples
    --------
    >>> found = time_to_start([1, 1, 2, 40, 45, 60], ["own"] * 3 + ["outsourced"] * 3)
    >>> found.groups[["group", "n", "median"]]
            group  n  median
    0  outsourced  3    45.0
    1         own  3     1.0
    >>> round(found.difference, 2)
    -47.0
    """
    t, codes, names, event = _checked(times, group, started)
    check_share("confidence", "time_to_start", confidence)
    longest = _observed(t, codes, event)
    if horizon is not None and not 0 < horizon <= longest:
        expected = f"above 0 and at most {longest:g}, the time observed of both groups"
        raise ParameterError("horizon", "time_to_start", expected, horizon)
    tau = longest if horizon is None else float(horizon)
    rows, curves = [], []
    for code, name in enumerate(names):
        own = codes == code
        found = kaplan_meier(t[own], event[own])
        median, low, high = found.median(confidence)
        mean, error = found.restricted_mean(tau)
        row = {"group": str(name), "n": int(own.sum()), "started": int(event[own].sum())}
        row |= {"median": median, "low": low, "high": high, "mean": mean, "error": error}
        rows.append(row)
        curves.append(_curve(found, confidence).assign(group=str(name)))
    table, test = pd.DataFrame(rows), log_rank(t, event, codes)
    difference = float(table["mean"].iloc[1] - table["mean"].iloc[0])
    reach = float(ndtri((1 + confidence) / 2) * np.hypot(*table["error"]))
    return StartTimes(
        groups=table,
        curves=pd.concat(curves, ignore_index=True)[["group", "time", "waiting", "low", "high"]],
        difference=difference,
        low=difference - reach,
        high=difference + reach,
        horizon=tau,
        statistic=test.statistic,
        p_value=test.p,
    )


def _checked(
    times: ArrayLike, group: ArrayLike, started: ArrayLike | None
) -> tuple[Floats, NDArray[np.intp], Any, NDArray[np.bool_]]:
    given = pd.to_numeric(pd.Series(np.asarray(times, dtype=object).ravel())).astype("Float64")
    kinds = pd.Series(np.asarray(group, dtype=object).ravel())
    marks = pd.Series(np.ones(len(given)) if started is None else np.asarray(started).ravel())
    told = marks.isna() | marks.isin([True, False])
    if not told.all():
        raise DataError(
            f"started must be true or false, 1 or 0, or missing. Found {marks[~told].iloc[0]!r}."
        )
    seen = (marks == True).fillna(False).to_numpy(dtype=bool)  # noqa: E712 - missing is not true
    if not len(given) == len(kinds) == len(seen):
        raise DataError(
            f"{len(given):,} times, {len(kinds):,} groups and {len(seen):,} marks of a start: "
            "they must be as many."
        )
    known = (given.notna() & kinds.notna()).to_numpy()
    t = np.asarray(given[known], dtype=np.float64)
    codes, names = pd.factorize(kinds[known].astype("str"), sort=True)
    sizes = np.bincount(codes, minlength=_GROUPS)
    if len(names) != _GROUPS or sizes.min() < _LEAST:
        found = dict(zip(map(str, names), sizes.tolist(), strict=False))
        raise DataError(f"Two groups of {_LEAST} or more times are compared. Found {found}.")
    if (t < 0).any() or np.isinf(t).any():
        raise DataError(f"Times must be finite and 0 or more; {int((t < 0).sum()):,} are negative.")
    if not seen[known].any():
        raise DataError("Nobody has started yet: there are no times to compare.")
    return t, codes.astype(np.intp), names, seen[known]


def _observed(times: Floats, codes: NDArray[np.intp], seen: NDArray[np.bool_]) -> float:
    """Give the time up to which both curves are known: none is beyond a last start."""
    ends = [float(times[codes == one].max()) for one in range(_GROUPS)]
    open_ends = [
        end for one, end in enumerate(ends) if not seen[(codes == one) & (times == end)].all()
    ]
    return min(open_ends, default=max(ends))


def _curve(found: Survival, confidence: float) -> pd.DataFrame:
    """Draw the curve from the beginning, where all wait, to the last time anybody was seen."""
    low, high = (np.append(1.0, end) for end in found.band(confidence))
    curve = pd.DataFrame(
        {
            "time": np.append(0.0, found.times),
            "waiting": np.append(1.0, found.waiting),
            "low": low,
            "high": high,
        }
    )
    if found.longest > curve["time"].iloc[-1]:
        curve = pd.concat([curve, curve.tail(1).assign(time=found.longest)], ignore_index=True)
    return curve
