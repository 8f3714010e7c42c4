"""What silence says about customers who never tell that they have left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.wording import count, counted, money, share
from segkit.charts import Picture, alive_history, bars, level_map
from segkit.tables import CompanyTables

__all__ = ["alive_map", "history", "iso_value", "lost_to_silence", "slipping"]

_QUARTER = 13.0  # weeks
_MOST = 12
_CELLS = 14
_FEWEST, _OFTEN = 6, 0.95
_TINY = 1e-12


def lost_to_silence(purchases: Any, summary: pd.DataFrame, worth: pd.DataFrame) -> pd.Series[Any]:
    """Return the expected value that each customer's silence of the last quarter has cost.

    It is the fall of P(alive) over 13 weeks, or since the last purchase if that is later, times
    the value the customer would have if still there.

    Parameters
    ----------
    purchases : PurchaseModel
        Fitted in weeks.
    summary : DataFrame
        `frequency, recency, T` in weeks.
    worth : DataFrame
        `value, probability_alive` of the same customers.
    """
    earlier = np.maximum(summary["recency"], summary["T"] - _QUARTER)
    before = purchases.probability_alive(summary.assign(T=earlier))
    alive = worth["probability_alive"]
    if_there = (worth["value"] / alive.clip(lower=_TINY)).where(alive > _TINY, 0.0)
    lost: pd.Series[Any] = (before - alive).clip(lower=0.0) * if_there
    return lost.rename("lost_to_silence")


def slipping(accounts: pd.DataFrame, currency: str) -> Picture:
    """Draw the customers whose recent silence costs most."""
    lost = accounts["lost_to_silence"].sum()
    table = accounts.nlargest(_MOST, "lost_to_silence").reset_index(drop=True)
    columns = [name for name in ("account_id", "name", "segment") if name in table]
    more = ["purchases", "weeks_silent", "probability_alive", "value", "lost_to_silence"]
    held = ""
    if len(table) < len(accounts):
        held = (
            f", {share(table['lost_to_silence'].sum() / lost)} of it with {count(len(table))} of "
            f"{count(len(accounts))} customers: the first to call"
        )
    return Picture(
        title="Who is slipping away: value lost to the silence of the last quarter",
        finding=(
            f"Silence in the last 13 weeks has cost {money(lost, currency)} of expected value"
            f"{held}."
        ),
        table=table[[*columns, *more]],
        draw=partial(
            bars,
            name="name" if "name" in table else "account_id",
            value="lost_to_silence",
            axis=f"{currency}: fall of P(alive) x value if still there",
        ),
        about="leaving",
    )


def history(company: CompanyTables, purchases: Any, accounts: pd.DataFrame) -> Picture:
    """Draw P(alive) through time of the customer whose recent silence costs most."""
    chosen = accounts.iloc[int(accounts["lost_to_silence"].argmax())]
    name = chosen.get("name")
    words = f"customer {chosen['account_id']}" if pd.isna(name) else str(name)
    table = _alive_by_day(company, purchases, chosen["account_id"])
    silent = (company.as_of - table.loc[table["bought"], "day"].max()).days
    return Picture(
        title=f"Is {words} still a customer?",
        finding=(
            f"After {counted(table['bought'].sum(), 'purchase')} and {counted(silent, 'day')} of "
            f"silence, {words} is still a customer with a probability of "
            f"{share(table['probability_alive'].iloc[-1])}."
        ),
        table=table.assign(day=table["day"].dt.strftime("%Y-%m-%d")),
        draw=partial(alive_history, date="day", alive="probability_alive", bought="bought"),
        about="leaving",
    )


def alive_map(purchases: Any, summary: pd.DataFrame) -> Picture:
    """Draw P(alive) by how often customers bought and how long they have been silent."""
    grid, weeks = _grid(summary)
    table = _wide(grid, purchases.probability_alive(grid), weeks)
    many, few = table.iloc[-1], table.iloc[0]
    middle = weeks[len(weeks) // 2]
    return Picture(
        title="Who is still there: frequency and silence together",
        finding=(
            f"After {counted(int(middle), 'week')} of silence, the probability that a customer is "
            f"still there is {share(few[middle])} after {count(few['purchases'])} purchases, "
            f"{share(many[middle])} after {count(many['purchases'])} (customers first seen "
            f"{counted(round(grid['T'].iloc[0]), 'week')} ago)."
        ),
        table=table,
        draw=partial(
            level_map,
            name="purchases",
            columns=weeks,
            x_axis="weeks since the last purchase",
            y_axis="purchases so far",
            axis="P(alive)",
            top=1.0,
            tickformat=".0%",
        ),
        about="leaving",
    )


def iso_value(
    value: Callable[[pd.DataFrame], pd.Series[Any]], summary: pd.DataFrame, currency: str
) -> Picture:
    """Draw lines of equal value over frequency and silence, at the base's mean spend.

    Source: Fader, Hardie and Lee (2005), "RFM and CLV: using iso-value curves for customer base
    analysis", Journal of Marketing Research 42(4).
    """
    grid, weeks = _grid(summary)
    spend = np.average(summary["monetary_value"], weights=summary["frequency"])
    table = _wide(grid, value(grid.assign(monetary_value=spend)), weeks)
    late = weeks[(2 * len(weeks)) // 3]
    best, most = table.iloc[int(table[late].argmax())], table.iloc[-1]
    words = f"a customer with {count(best['purchases'])} purchases is worth most"
    if best["purchases"] < most["purchases"]:
        words += (
            f" ({money(best[late], currency)}), more than one with {count(most['purchases'])} "
            f"({money(most[late], currency)}): the more often they bought, the more a long "
            "silence says"
        )
    return Picture(
        title=f"Lines of equal value, in {currency}: frequency and silence together",
        finding=f"After {counted(int(late), 'week')} of silence {words}.",
        table=table.round(2),
        draw=partial(
            level_map,
            name="purchases",
            columns=weeks,
            x_axis="weeks since the last purchase",
            y_axis="purchases so far",
            axis=currency,
        ),
        about="worth",
    )


def _grid(summary: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Cross frequency with silence, for customers first seen as long ago as anybody."""
    age = float(summary["T"].max())
    step = max(1, int(age // _CELLS))
    silence = np.arange(0, age - step / 2, step)
    repeats = summary.loc[summary["frequency"] > 0, "frequency"]
    most = max(_FEWEST, int(repeats.quantile(_OFTEN)))
    x, quiet = np.meshgrid(np.arange(1, most + 1), silence, indexing="ij")
    columns = {"frequency": x.ravel(), "recency": age - quiet.ravel(), "T": age}
    return pd.DataFrame(columns), [str(int(weeks)) for weeks in silence]


def _wide(grid: pd.DataFrame, values: pd.Series[Any], weeks: list[str]) -> pd.DataFrame:
    rows = values.to_numpy().reshape(-1, len(weeks))
    table = pd.DataFrame(rows.round(4), columns=weeks)
    table.insert(0, "purchases", grid["frequency"].unique() + 1)
    return table


def _alive_by_day(company: CompanyTables, purchases: Any, account: object) -> pd.DataFrame:
    """Ask the model anew each week, on each day of purchase and on the day before it."""
    orders = company["orders"]
    own = orders[orders["account_id"] == account]
    spent = own.groupby(own["date"].dt.normalize())["amount"].sum()
    bought = pd.DatetimeIndex(spent.index[spent.round(2) > 0])
    weekly = pd.date_range(bought[0], company.as_of, freq="7D")
    days = weekly.union(bought).union(bought[1:] - pd.Timedelta(days=1)).union([company.as_of])
    place = np.searchsorted(bought, days, side="right") - 1
    summary = pd.DataFrame(
        {
            "frequency": place,
            "recency": (bought[place] - bought[0]).days / 7,
            "T": (days - bought[0]).days / 7,
        }
    )
    alive = purchases.probability_alive(summary).round(4).to_numpy()
    return pd.DataFrame({"day": days, "probability_alive": alive, "bought": days.isin(bought)})
