"""Several estimates of one market held against each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.sizing.market import MarketSize

__all__ = ["Reconciliation", "reconcile"]

_TOO_FAR_APART = 3.0


@dataclass(frozen=True, eq=False)
class Reconciliation(JsonResult):
    """Estimates of one market, their ratio and their pool.

    Attributes
    ----------
    level : str
        "TAM", "SAM" or "SOM"; all numbers are revenue.
    table : DataFrame
        One row a way: `mean, p5, p50, p95`, `log_mean, log_sd` and the `weight` in the pool.
    ratio : float
        Largest mean divided by smallest.
    agree : bool
        The ratio is at most 3.
    pooled : float
        Precision-weighted mean on the log scale, as revenue.
    interval : tuple of float
        90 % interval of `pooled`.
    birge_ratio : float
        How many times wider the estimates scatter than their own ranges allow; the interval is
        widened by it where it exceeds 1.
    notes : tuple of str
        What to mind.
    """

    level: str
    table: pd.DataFrame
    ratio: float
    agree: bool
    pooled: float
    interval: tuple[float, float]
    birge_ratio: float
    notes: tuple[str, ...]


def reconcile(sizes: Sequence[MarketSize], level: str = "TAM") -> Reconciliation:
    r"""Compare market estimates made in different ways, and pool them.

    On the log scale :math:`\mu = \sum w_i x_i / \sum w_i` with :math:`w_i = 1 / s_i^2`, where
    :math:`x_i` and :math:`s_i` are mean and standard deviation of the logarithm of the draws.
    The standard error :math:`1 / \sqrt{\sum w_i}` is multiplied by the Birge ratio
    :math:`\sqrt{\sum w_i (x_i - \mu)^2 / (k - 1)}` where that exceeds 1 (Birge 1932), so that
    estimates that contradict each other do not make a narrow pool.

    Parameters
    ----------
    sizes : sequence of MarketSize
        At least two, each made in its own way.
    level : {"TAM", "SAM", "SOM"}
        Level whose revenue is compared.

    Raises
    ------
    ParameterError
        If there are fewer than two estimates, or two of the same way.
    DataError
        If an estimate lacks the level, has no spread, or has draws of 0.

    Examples
    --------
    >>> from segkit.sizing import market_size
    >>> facts = pd.DataFrame(
    ...     [
    ...         ("all", "accounts", 900, 1000, 1100),
    ...         ("all", "price", 2_000, 3_000, 5_000),
    ...         ("all", "category spend", 5e6, 8e6, 12e6),
    ...     ],
    ...     columns=["segment", "measure", "low", "mode", "high"],
    ... )
    >>> found = reconcile([market_size(facts, way) for way in ("bottom-up", "top-down")])
    >>> round(found.ratio, 2), found.agree
    (2.58, True)
    """
    ways = [size.way for size in sizes]
    if len(sizes) < 2 or len(set(ways)) < len(ways):
        raise ParameterError("sizes", "reconcile", "two or more estimates of different ways", ways)
    _check(sizes, level)
    logs = [np.log(size.draws[f"{level} revenue"].to_numpy()) for size in sizes]
    centre = np.array([drawn.mean() for drawn in logs])
    weight = np.array([1 / drawn.var() for drawn in logs])
    pooled = float((weight * centre).sum() / weight.sum())
    birge = math.sqrt(float((weight * (centre - pooled) ** 2).sum()) / (len(sizes) - 1))
    reach = float(ndtri(0.95)) * max(birge, 1.0) / math.sqrt(float(weight.sum()))
    table = pd.concat([_row(size, level) for size in sizes], ignore_index=True).assign(
        log_mean=centre, log_sd=weight**-0.5, weight=weight / weight.sum()
    )
    ratio = float(table["mean"].max() / table["mean"].min())
    return Reconciliation(
        level=level,
        table=table,
        ratio=ratio,
        agree=ratio <= _TOO_FAR_APART,
        pooled=math.exp(pooled),
        interval=(math.exp(pooled - reach), math.exp(pooled + reach)),
        birge_ratio=birge,
        notes=tuple(_notes(table, ratio, birge)),
    )


def _row(size: MarketSize, level: str) -> pd.DataFrame:
    wanted = (size.table["level"] == level) & (size.table["unit"] == "revenue")
    row = size.table.loc[wanted, ["mean", "p5", "p50", "p95"]].reset_index(drop=True)
    row.insert(0, "way", size.way)
    return row


def _check(sizes: Sequence[MarketSize], level: str) -> None:
    faults = []
    for size in sizes:
        if f"{level} revenue" not in size.draws:
            levels = ", ".join(dict.fromkeys(size.table["level"]))
            faults.append(f"{size.way}: no level {level!r}. Levels given: {levels}.")
            continue
        drawn = size.draws[f"{level} revenue"]
        if drawn.min() <= 0:
            faults.append(f"{size.way}: some draws are 0 and have no logarithm; raise the lows.")
        elif drawn.min() == drawn.max():
            faults.append(f"{size.way}: no uncertainty; give at least one input a range.")
    if faults:
        raise DataError("\n".join(faults))


def _notes(table: pd.DataFrame, ratio: float, birge: float) -> list[str]:
    notes = ["The ways may share inputs: the pool is then less certain than its interval says."]
    if ratio > _TOO_FAR_APART:
        ways = table.sort_values("mean")["way"]
        words = f"{ways.iloc[-1]} is {ratio:.1f} times {ways.iloc[0]}"
        notes.append(f"{words}: find the input that is wrong before using the pool.")
    if birge > 1:
        notes.append(f"The estimates scatter {birge:.1f} times wider than their ranges allow.")
    return notes
