"""How far buyers go on their own before they meet the seller."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.frames import take_columns

__all__ = ["self_serve_share"]


def self_serve_share(
    activities: Any, *, deal: str, at: str, by: str, seller: Collection[str] = ("rep",)
) -> pd.DataFrame:
    """Measure the share of each deal's activities before the first one of the seller.

    Activities of one day stand in the order of their rows.

    Parameters
    ----------
    activities : pandas, Polars or Arrow frame
        One row an activity.
    deal, at, by : str
        Columns of the deal, the time, and who acted.
    seller : collection of str
        Values of `by` that mean the seller.

    Returns
    -------
    DataFrame
        One row a deal: `deal, activities, share` (1 where the seller has not acted).

    Raises
    ------
    DataError
        If columns are missing, or no activity has a deal, a time and somebody who acted.

    Examples
    --------
    >>> log = pd.DataFrame({"deal": ["a"] * 4, "day": [1, 2, 3, 4],
    ...                     "by": ["buyer", "rep", "buyer", "rep"]})
    >>> self_serve_share(log, deal="deal", at="day", by="by")
      deal  activities  share
    0    a           4   0.25
    """
    rows = take_columns(activities, [deal, at, by], "the activities").dropna()
    if rows.empty:
        raise DataError("No activity can be used: each needs a deal, a time and who acted.")
    rows = rows.sort_values(at, kind="stable")
    sellers = [seller] if isinstance(seller, str) else list(seller)
    met = rows[by].astype("str").isin(sellers).groupby(rows[deal]).cummax()
    table = (~met).groupby(rows[deal]).agg(["size", "mean"]).reset_index()
    table.columns = pd.Index(["deal", "activities", "share"])
    return table.assign(share=table["share"].astype(np.float64))
