"""The whale curve: profit summed from the most to the least profitable customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError
from segkit.frames import JsonResult

__all__ = ["WhaleCurve", "whale_curve"]


@dataclass(frozen=True)
class WhaleCurve(JsonResult):
    """Cumulative profit.

    Attributes
    ----------
    table : pandas.DataFrame
        `customers, share_of_customers, contribution, share_of_total`, cumulative, from no customer
        to all, the most profitable first. The share is NaN where the total is not above 0.
    customers : int
    total : float
        Profit of all customers, as the profit and loss account has it.
    peak : float
        Profit of those who bring any: what the total would be without the others.
    peak_customers : int
        Customers at the peak.
    lost : float
        What the others take away: peak - total.
    """

    table: pd.DataFrame
    customers: int
    total: float
    peak: float
    peak_customers: int
    lost: float


def whale_curve(contribution: ArrayLike) -> WhaleCurve:
    """Sum profit from the most to the least profitable customer.

    Parameters
    ----------
    contribution : array of shape (n,)
        Contribution of each customer after cost to serve.

    Raises
    ------
    DataError
        If there is none, or some are missing or infinite.

    Notes
    -----
    Kaplan & Narayanan (2001), "Measuring and managing customer profitability", Journal of Cost
    Management 15.

    Examples
    --------
    >>> found = whale_curve([60.0, -30.0, 50.0, -10.0, 30.0])
    >>> found.peak, found.total, found.lost
    (140.0, 100.0, 40.0)
    >>> found.table["share_of_total"].tolist()
    [0.0, 0.6, 1.1, 1.4, 1.3, 1.0]
    """
    values = np.asarray(contribution, dtype=np.float64).ravel()
    wrong = np.flatnonzero(~np.isfinite(values))
    if values.size == 0 or wrong.size:
        raise DataError(
            "A whale curve needs the contribution of each customer as a finite number. "
            f"Found {values.size:,} values, {wrong.size:,} of them not finite "
            f"(first in rows {wrong[:5].tolist()})."
        )
    ranked = np.sort(values)[::-1]
    summed = np.r_[0.0, np.cumsum(ranked)]
    total, peak = float(ranked.sum()), float(ranked[ranked > 0].sum())
    customers = np.arange(values.size + 1)
    table = pd.DataFrame(
        {
            "customers": customers,
            "share_of_customers": customers / values.size,
            "contribution": summed,
            "share_of_total": summed / total if total > 0 else np.nan,
        }
    )
    return WhaleCurve(table, values.size, total, peak, int((ranked > 0).sum()), peak - total)
