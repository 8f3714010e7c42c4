"""Win rates with and without something, several comparisons at once."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from segkit.adjustment import holm
from segkit.intervals import ratio_interval

__all__ = ["compare_win_rates", "judge_together"]

Flags = NDArray[np.bool_]


def compare_win_rates(
    present: Mapping[str, Flags], won: Flags, confidence: float, alpha: float
) -> pd.DataFrame:
    """Compare win rates of deals with and without each thing.

    Parameters
    ----------
    present : mapping of str to array of bool
        What to compare: name -> whether each deal has it.
    won : array of bool
        Whether each deal was won.
    confidence, alpha : float
        Confidence of the intervals, and chance of any false alarm.

    Returns
    -------
    DataFrame
        One row a thing: `what, deals_with, deals_without, win_rate_with, win_rate_without`, their
        `ratio` with Koopman's interval `low, high`, Fisher's `p`, Holm's `p_adjusted`, `verdict`.

    Examples
    --------
    >>> won = np.array([True, True, False, False])
    >>> table = compare_win_rates({"goal": won}, won, 0.9, 0.05)
    >>> table.loc[0, "verdict"], float(table.loc[0, "win_rate_with"])
    ('no evidence', 1.0)
    """
    rows = [{"what": name, **_compare(flags, won, confidence)} for name, flags in present.items()]
    return judge_together(pd.DataFrame(rows), alpha)


def judge_together(table: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Adjust the p-values of all comparisons of a table for their number, and judge by these."""
    table["p_adjusted"] = holm(table["p"])
    judged = zip(table["p_adjusted"], table["ratio"], strict=True)
    table["verdict"] = [_verdict(p_adjusted, ratio, alpha) for p_adjusted, ratio in judged]
    return table


def _compare(present: Flags, won: Flags, confidence: float) -> dict[str, float]:
    n, n0 = int(present.sum()), int((~present).sum())
    x, x0 = int((present & won).sum()), int((~present & won).sum())
    rate, rate0 = x / n if n else math.nan, x0 / n0 if n0 else math.nan
    low, high = ratio_interval(x, n, x0, n0, confidence)
    comparable = n > 0 and n0 > 0
    p = float(fisher_exact([[x, n - x], [x0, n0 - x0]]).pvalue) if comparable else math.nan
    return {
        "deals_with": n,
        "deals_without": n0,
        "win_rate_with": rate,
        "win_rate_without": rate0,
        "ratio": _ratio(rate, rate0),
        "low": low,
        "high": high,
        "p": p,
    }


def _verdict(p_adjusted: float, ratio: float, alpha: float) -> str:
    if math.isnan(p_adjusted):
        return "not enough deals"
    if p_adjusted >= alpha:
        return "no evidence"
    return "wins more" if ratio > 1 else "wins less"


def _ratio(rate: float, base: float) -> float:
    if base > 0:
        return rate / base
    return math.inf if rate > 0 else math.nan
