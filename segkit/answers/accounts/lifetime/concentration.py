"""How unevenly value is spread over customers."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.wording import money, share
from segkit.charts import Picture, lines

__all__ = ["concentration"]

_POINTS = 101
_MOST = 0.8


def concentration(values: pd.Series, currency: str) -> Picture:
    """Draw the share of all value held by the most valuable customers.

    Parameters
    ----------
    values : Series
        Value of each customer, not negative.
    currency : str
        Currency of the values.

    Examples
    --------
    >>> picture = concentration(pd.Series([70.0, 20.0, 10.0]), "USD")
    >>> picture.finding
    '80 % of the value of USD 100 lies with 67 % of the customers.'
    """
    held = np.sort(values.to_numpy(dtype=float))[::-1].cumsum()
    total = held[-1] if len(held) and held[-1] > 0 else 1.0
    needed = int(np.searchsorted(held, _MOST * total)) + 1
    customers = np.linspace(0.0, 1.0, _POINTS)
    reached = np.interp(customers, np.linspace(0.0, 1.0, len(held) + 1), np.r_[0.0, held] / total)
    return Picture(
        title="How much of the value lies with how few customers",
        finding=(
            f"{share(_MOST)} of the value of {money(total, currency)} lies with "
            f"{share(needed / max(len(held), 1))} of the customers."
        ),
        table=pd.DataFrame(
            {"share of customers": customers.round(2), "share of value": reached.round(4)}
        ),
        draw=partial(
            lines,
            x="share of customers",
            y=["share of value"],
            x_axis="customers, most valuable first",
            y_axis="share of value",
            tickformat=".0%",
            x_tickformat=".0%",
            level=(_MOST, "80 %"),
        ),
        about="base",
    )
