"""What customers bring in by recommending: the value of those they referred, attributed once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.frames import take_columns
from segkit.segments.columns import as_floats

__all__ = ["referral_value"]


def referral_value(referrals: Any, *, referrer: str, referred: str, value: str) -> pd.DataFrame:
    """Attribute the value of referred customers to those who recommended.

    Parameters
    ----------
    referrals : frame
        One row a recommendation; any eager frame.
    referrer, referred : str
        Columns of who recommended and of who came.
    value : str
        Column of what the referred customer is worth, such as its lifetime value or revenue.

    Returns
    -------
    pandas.DataFrame
        `customer, referrals, value`, the greatest value first; `referrals` counts shares of
        customers, so that both columns add up to the customers referred and their value.

    Raises
    ------
    DataError
        If columns are missing, values are no finite numbers, or someone refers themself.

    Notes
    -----
    A referred customer whom m rows name counts once: each row is credited 1/m of its value. Only
    the direct recommendation counts, not what the referred customer refers in turn (Kumar,
    Petersen & Leone 2010, "Driving profitability by encouraging customer referrals", Journal of
    Marketing 74).

    Examples
    --------
    >>> table = pd.DataFrame({"by": ["A", "A", "B"], "who": ["X", "Y", "Y"], "worth": [10, 4, 4]})
    >>> referral_value(table, referrer="by", referred="who", value="worth")
      customer  referrals  value
    0        A        1.5   12.0
    1        B        0.5    2.0
    """
    frame = take_columns(referrals, [referrer, referred, value], "referrals")
    _check(frame, referrer, referred, value)
    share = 1 / frame.groupby(referred)[value].transform("size")
    credited = pd.DataFrame(
        {
            "customer": frame[referrer],
            "referrals": share,
            "value": as_floats(frame[value]) * share,
        }
    )
    summed = credited.groupby("customer", as_index=False).sum()
    return summed.sort_values(["value", "customer"], ascending=[False, True], ignore_index=True)


def _check(frame: pd.DataFrame, referrer: str, referred: str, value: str) -> None:
    faults = [
        f"{int(frame[name].isna().sum()):,} referrals have no {name!r}, first in rows "
        f"{np.flatnonzero(frame[name].isna())[:5].tolist()}."
        for name in (referrer, referred)
        if frame[name].isna().any()
    ]
    if not pd.api.types.is_numeric_dtype(frame[value]):
        faults.append(f"Column {value!r} holds {frame[value].dtype} where numbers are expected.")
    elif not np.isfinite(as_floats(frame[value])).all():
        rows = np.flatnonzero(~np.isfinite(as_floats(frame[value])))[:5].tolist()
        faults.append(f"Column {value!r} holds missing or infinite values, first in rows {rows}.")
    own = np.flatnonzero(frame[referrer].astype(object) == frame[referred].astype(object))
    if own.size:
        faults.append(f"{own.size:,} customers refer themselves, first in rows {own[:5].tolist()}.")
    if faults:
        raise DataError("\n".join(faults))
