"""From last year's revenue to this year's, and on to the goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult

__all__ = ["RevenueBridge", "revenue_bridge"]

_LINES = ("new", "expansion", "contraction", "churn")
_COLUMNS = ["line", "amount"]
_CENT = 0.01


@dataclass(frozen=True, eq=False)
class RevenueBridge(JsonResult):
    """A year of revenue, line by line.

    Attributes
    ----------
    table : DataFrame
        `line, amount`: start, new, expansion, contraction, churn (the last two at most 0), end;
        then gap and target, where there is a target.
    nrr, grr : float
        Net and gross revenue retention, shares of the start.
    nrr_interval, grr_interval : tuple of float, or None
        90 % intervals, for customers that are a sample of those one might have.
    gap : float or None
        Target less end.
    new_needed : float or None
        New revenue that reaches the target if retention stays: target - end x NRR.
    new_needed_interval : tuple of float, or None
        Its 90 % interval.
    """

    table: pd.DataFrame
    nrr: float
    grr: float
    nrr_interval: tuple[float, float] | None
    grr_interval: tuple[float, float] | None
    gap: float | None
    new_needed: float | None
    new_needed_interval: tuple[float, float] | None

    def line(self, name: str) -> float:
        """Give the amount of a line."""
        return float(self.table.set_index("line")["amount"].loc[name])


def revenue_bridge(before: Any, after: Any = None, *, target: float | None = None) -> RevenueBridge:
    r"""Bridge last year's revenue to this year's: start + new + expansion - contraction - churn.

    A customer without revenue before is new, one without revenue after has churned; the others
    expand or contract by the difference. Net revenue retention is (start + expansion -
    contraction - churn) / start, gross revenue retention leaves expansion out. Both are ratios of
    sums over customers, :math:`R = \sum a_i / \sum b_i`, with the standard error
    :math:`\sqrt{n / (n-1) \sum (a_i - R b_i)^2} / \sum b_i` (Cochran 1977, ch. 6).

    Parameters
    ----------
    before, after : Series, mapping of customer to yearly revenue, or arrays in the same order
        Without `after`, `before` maps the lines start, new, expansion, contraction and churn to
        their totals; the last two count against revenue, whatever their sign.
    target : float, optional
        Yearly revenue to reach a year on.

    Raises
    ------
    DataError
        If a revenue is negative or missing, or nobody paid anything before.
    ParameterError
        If the target is not positive.

    Examples
    --------
    >>> before, after = {"a": 100, "b": 50, "c": 40}, {"a": 120, "b": 30, "d": 25}
    >>> found = revenue_bridge(before, after, target=250)
    >>> found.table.set_index("line")["amount"].to_dict()
    {'start': 190.0, 'new': 25.0, 'expansion': 20.0, 'contraction': -20.0, 'churn': -40.0,
     'end': 175.0, 'gap': 75.0, 'target': 250.0}
    >>> round(found.nrr, 3), round(found.grr, 3)
    (0.789, 0.684)
    """
    if target is not None and not 0 < target < np.inf:
        raise ParameterError("target", "revenue_bridge", "a positive number", target)
    if after is None:
        return _bridge(_stated(before), None, target)
    rows = _paired(before, after)
    if not rows["before"].any():
        raise DataError("Nobody paid anything a year before: there is nothing to retain.")
    change = rows["after"] - rows["before"]
    stays = (rows["before"] > 0) & (rows["after"] > 0)
    lines = {
        "start": rows["before"].sum(),
        "new": change[rows["before"] == 0].sum(),
        "expansion": change[stays].clip(lower=0).sum(),
        "contraction": change[stays].clip(upper=0).sum(),
        "churn": change[rows["after"] == 0].sum(),
    }
    end = sum(lines.values())
    assert abs(end - rows["after"].sum()) <= 1e-9 * max(end, lines["start"]) + _CENT
    return _bridge({name: float(v) for name, v in lines.items()}, rows, target)


def _bridge(
    lines: Mapping[str, float], rows: pd.DataFrame | None, target: float | None
) -> RevenueBridge:
    start, end = lines["start"], sum(lines.values())
    # Of a base that is lost whole, sums in another order can leave less than nothing.
    kept = max(start + lines["contraction"] + lines["churn"], 0.0)
    nrr, grr = (kept + lines["expansion"]) / start, kept / start
    net, gross = (None, None) if rows is None else _intervals(rows, nrr, grr)
    goal = {} if target is None else {"gap": target - end, "target": float(target)}
    return RevenueBridge(
        table=pd.DataFrame([*lines.items(), ("end", end), *goal.items()], columns=_COLUMNS),
        nrr=nrr,
        grr=grr,
        nrr_interval=net,
        grr_interval=gross,
        gap=goal.get("gap"),
        new_needed=None if target is None else target - end * nrr,
        new_needed_interval=(
            None
            if target is None or net is None
            else (target - end * net[1], target - end * net[0])
        ),
    )


def _intervals(
    rows: pd.DataFrame, nrr: float, grr: float
) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Bound both retentions; one customer alone tells nothing of their spread."""
    held = rows[rows["before"] > 0]
    size = len(held)
    if size < 2:
        return None, None
    before, after = held["before"].to_numpy(), held["after"].to_numpy()
    found = []
    for rate, kept in ((nrr, after), (grr, np.minimum(before, after))):
        squares = float(((kept - rate * before) ** 2).sum()) * size / (size - 1)
        reach = float(stdtrit(size - 1, 0.95)) * math.sqrt(squares) / float(before.sum())
        found.append((max(rate - reach, 0.0), rate + reach))
    net, (low, high) = found
    return net, (low, min(high, 1.0))


def _paired(before: Any, after: Any) -> pd.DataFrame:
    named = [isinstance(given, pd.Series | Mapping) for given in (before, after)]
    if any(named) and not all(named):
        # Joined by label, the places of an array would pass for the names of customers.
        side = "after" if named[0] else "before"
        raise DataError(
            f"The revenue {side} names no customers, the other does: give two Series or mappings "
            "by customer, or two arrays in the same order."
        )
    if not any(named) and np.size(before) != np.size(after):
        raise DataError(
            f"Arrays must hold the same customers. Got {np.size(before)} before, "
            f"{np.size(after)} after; customers who come or leave have a revenue of 0."
        )
    both = pd.concat([_series(before), _series(after)], axis=1, keys=["before", "after"])
    rows = both.fillna(0.0)
    sound = np.isfinite(rows.to_numpy()) & (rows.to_numpy() >= 0)
    wrong = rows[~sound.all(axis=1)]
    if len(wrong):
        shown = ", ".join(f"{name}: {b:g}, {a:g}" for name, b, a in wrong.head(5).itertuples())
        raise DataError(f"Revenue must be a finite number of at least 0. Got {shown}.")
    return rows


def _series(revenue: Any) -> pd.Series[float]:
    series = pd.Series(revenue, dtype="float64")
    unknown = series.index[series.isna()]
    if len(unknown):
        shown = ", ".join(map(str, unknown[:5]))
        raise DataError(f"Revenue must be a number. Nothing is stated for {shown}.")
    return series.groupby(level=0).sum() if series.index.has_duplicates else series


def _stated(lines: Mapping[str, float]) -> dict[str, float]:
    missing = [name for name in ("start", *_LINES) if name not in lines]
    if "start" in missing or len(missing) == len(_LINES):
        raise DataError(f"The bridge needs 'start' and its lines. Missing: {', '.join(missing)}.")
    amounts = {name: float(lines.get(name, 0.0)) for name in ("start", *_LINES)}
    wrong = [name for name in ("start", "new", "expansion") if not 0 <= amounts[name] < np.inf]
    if wrong or amounts["start"] == 0:
        shown = ", ".join(f"{name}: {amounts[name]:g}" for name in wrong or ["start"])
        raise DataError(f"Start must be positive, new and expansion at least 0. Got {shown}.")
    losses = {name: -abs(amounts[name]) for name in ("contraction", "churn")}
    return amounts | losses
