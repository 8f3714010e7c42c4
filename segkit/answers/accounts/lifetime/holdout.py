"""The model of purchases judged on time it has not seen."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.answers.wording import count, counted
from segkit.charts import Picture, lines, tracking
from segkit.errors import DataError
from segkit.tables import CompanyTables
from segkit.value import HoldoutScorecard, customer_summary, scorecard
from segkit.value import tracking as tracked

__all__ = ["hold_out"]

_FITTED_SHARE = 2 / 3  # of the time observed; the rest is the hold-out
_PERIODS = 150  # beyond so many weeks, periods of four
_WEEK = 7


def hold_out(company: CompanyTables, kind: Any) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Fit on the first two thirds of the time, and compare the last third with the forecast.

    Returns
    -------
    tuple of pictures, tuple of str
        Tracking and calibration; or no picture, and why.
    """
    orders = company["orders"]
    first = orders["date"].min().normalize()
    day = (first + _FITTED_SHARE * (company.as_of - first)).normalize()
    try:
        past = customer_summary(orders, "account_id", "date", "amount", day, "day", company.as_of)
        model = kind().fit(past)
        card = scorecard(model, past)
    except DataError as refusal:
        return (), (f"The forecast is not checked on time held out: {refusal}",)
    days = _purchase_days(orders, past.index, first)
    return (
        _tracking(model, days, (day - first).days, (company.as_of - first).days, day),
        _calibration(card, day),
    ), ()


def _purchase_days(
    orders: pd.DataFrame, customers: pd.Index[Any], first: pd.Timestamp
) -> pd.Series[int]:
    """Day of each purchase, counted from the first in the data, by customer."""
    known = orders[orders["account_id"].isin(customers)]
    spent = known.groupby(["account_id", known["date"].dt.normalize()])["amount"].sum()
    bought = spent.index[spent.round(2) > 0]
    days = pd.DatetimeIndex(bought.get_level_values(1)) - first
    return pd.Series(days.days, bought.get_level_values(0)).astype("int64")


def _tracking(
    model: Any, days: pd.Series[int], seen: int, until: int, day: pd.Timestamp
) -> Picture:
    """Compare the repeat purchases of each period with those expected; periods end at `seen`."""
    starts = days.groupby(level=0).min()
    repeats = days[days.to_numpy() > starts.reindex(days.index).to_numpy()]
    weeks = 1 if until / _WEEK <= _PERIODS else 4
    step = _WEEK * weeks
    ends = np.arange(seen % step or step, until + 1, step)
    found = tracked(model, starts, repeats, ends)
    table = found.round(1).reset_index(names="weeks").assign(weeks=(ends / _WEEK).round(2))
    # The last period may be cut short, and is not drawn; what is said goes to the end.
    later = tracked(model, starts, repeats, [seen, until]).iloc[-1]
    return Picture(
        title="Purchases through time: seen, and expected from the first part",
        finding=(
            f"After {day.date()}, which the model did not see, customers bought again "
            f"{counted(later['actual'], 'time')}, against {count(later['expected'])} expected from "
            "the days of their first orders alone."
        ),
        table=table,
        draw=partial(
            tracking,
            x="weeks",
            x_axis="weeks since the first order",
            period="week" if weeks == 1 else "period of 4 weeks",
            split=round(seen / _WEEK, 2),
        ),
        about="trust",
    )


def _calibration(card: HoldoutScorecard, day: pd.Timestamp) -> Picture:
    table = card.by_frequency.round(3).rename_axis("bought again before").reset_index()
    names = table["bought again before"].astype(str)
    last = len(names) - 1
    top = table["bought again before"].iloc[-1]
    table["bought again before"] = [
        f"{name}+" if place == last and top >= 7 else name for place, name in enumerate(names)
    ]
    words = " ".join([card.notes[0][0].lower() + card.notes[0][1:], card.notes[1]])
    return Picture(
        title="Forecast against what happened, by how often customers had bought again",
        finding=f"After {day.date()}, from what each customer had bought: {words}",
        table=table,
        draw=_by_frequency,
        about="trust",
    )


def _by_frequency(table: pd.DataFrame) -> go.Figure:
    figure = lines(
        table,
        x="bought again before",
        y=["actual"],
        dashed=["expected"],
        x_axis="repeat purchases before the hold-out",
        y_axis="purchases a customer",
    )
    # Most of the names look like numbers, among which "7+" would be lost.
    return figure.update_xaxes(type="category")
