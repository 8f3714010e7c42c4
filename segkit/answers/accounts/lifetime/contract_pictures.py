"""Pictures of lifetime value from contracts."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from segkit.answers.wording import count, money, share
from segkit.charts import Picture, bars, forecasts, intervals, lines
from segkit.value import ContractValue

__all__ = ["by_group", "foretold", "slipping", "survival"]

_GRID_YEARS = 1 / 6
_MOST = 12
_Z = 1.6449  # leaves 5 % of a normal distribution above it


def by_group(worth: ContractValue, currency: str) -> Picture:
    """Draw what one customer of each group is worth."""
    groups = worth.groups[worth.groups["active"] > 0].reset_index()
    for column in ("value", "low", "high"):
        groups[column] = (groups[column] / groups["active"]).round(0)
    table = groups.sort_values("value", ascending=False, ignore_index=True)
    first, last = table.iloc[0], table.iloc[-1]
    finding = f"A customer is worth {money(first['value'], currency)}."
    if len(table) > 1:
        finding = (
            f"A customer of {first['group']} is worth {money(first['value'], currency)} on "
            f"average, one of {last['group']} {money(last['value'], currency)}."
        )
    return Picture(
        title="What one customer is worth, by segment",
        finding=finding,
        table=table[
            ["group", "active", "value", "low", "high", "churn", "churn_low", "churn_high"]
        ],
        draw=partial(
            intervals,
            name="group",
            estimate="value",
            low="low",
            high="high",
            axis=f"{currency} a customer (dot: mean, line: 90 % interval)",
        ),
        about="worth",
    )


def slipping(accounts: pd.DataFrame, currency: str) -> Picture:
    """Draw the accounts with which most value is expected to leave within a year."""
    loss = accounts["expected_loss"]
    table = accounts.nlargest(_MOST, "expected_loss")
    columns = [name for name in ("account_id", "name", "segment") if name in table]
    table = table[[*columns, "value", "yearly_churn", "expected_loss"]].reset_index(drop=True)
    return Picture(
        title="Where most value is expected to leave within a year",
        finding=(
            f"{money(loss.sum(), currency)} of {money(accounts['value'].sum(), currency)} is "
            f"expected to leave within a year, {share(table['expected_loss'].sum() / loss.sum())} "
            f"of it with {count(len(table))} of {count(len(accounts))} accounts. Churn is known "
            "by segment only: within a segment the order is that of value."
        ),
        table=table,
        draw=partial(
            bars,
            name="name" if "name" in table else "account_id",
            value="expected_loss",
            axis=f"{currency}: value x yearly churn",
        ),
        about="leaving",
    )


def foretold(then: ContractValue, left: pd.Series[Any], day: pd.Timestamp) -> Picture:
    """Draw how many were forecast to leave in the year after a day, and how many did.

    The interval holds both the error of churn and the luck of a count: beta-binomial.
    """
    groups = then.groups[then.groups["active"] > 0]
    expected = groups["active"] * groups["churn"]
    low, high = _count_interval(groups)
    table = pd.DataFrame(
        {
            "customers": groups["active"],
            "forecast": expected.round(1),
            "low": low,
            "high": high,
            "left": left.reindex(groups.index).fillna(0).astype(int),
        }
    ).rename_axis("group")
    table = table.sort_values("forecast", ascending=False).reset_index()
    inside = int(table["left"].between(table["low"], table["high"]).sum())
    return Picture(
        title="Leavers forecast a year ago, and leavers seen since",
        finding=(
            f"From what was known on {day.date()}, {count(expected.sum())} of "
            f"{count(groups['active'].sum())} customers were forecast to leave within a year; "
            f"{count(table['left'].sum())} left. In {inside} of {len(table)} groups the count "
            "lies in its 90 % interval."
        ),
        table=table,
        draw=partial(
            forecasts,
            name="group",
            forecast="forecast",
            low="low",
            high="high",
            seen="left",
            axis="customers who leave within a year",
        ),
        about="trust",
    )


def survival(worth: ContractValue) -> Picture:
    """Draw who is still there, seen and by the model."""
    groups = list(worth.survival.groupby("group", sort=False))
    grid = np.arange(0.0, worth.survival["years"].max() + _GRID_YEARS, _GRID_YEARS)
    table = pd.DataFrame({"years": grid.round(2)})
    for name, rows in groups:
        inside = grid <= rows["years"].max()
        place = np.searchsorted(rows["years"], grid, side="right") - 1
        seen = np.where(place < 0, 1.0, rows["kaplan_meier"].to_numpy()[np.maximum(place, 0)])
        table[name] = np.where(inside, seen, np.nan).round(4)
    for name, rows in groups:
        # The fitted curve is smooth: between the days on which somebody left it is log-linear.
        years, logs = np.r_[0.0, rows["years"]], np.r_[0.0, np.log(rows["fitted"])]
        fitted = np.exp(np.interp(grid, years, logs))
        table[f"{name}, model"] = np.where(grid <= years[-1], fitted, np.nan).round(4)
    names = [str(name) for name, _ in groups]
    return Picture(
        title="Who is still there: seen (steps) and model (dashed)",
        finding=_judgement(worth),
        table=table,
        draw=partial(
            lines,
            x="years",
            y=names,
            dashed=[f"{name}, model" for name in names],
            x_axis="years since the first contract",
            y_axis="share still a customer",
            tickformat=".0%",
            steps=True,
        ),
        about="trust",
    )


def _count_interval(groups: pd.DataFrame) -> tuple[Any, Any]:
    """90 % interval of how many leave, for a churn known with its own 90 % interval."""
    churn = groups["churn"].clip(1e-9, 1 - 1e-9)
    error = (groups["churn_high"] - groups["churn_low"]) / (2 * _Z)
    size = (churn * (1 - churn) / error**2 - 1).clip(lower=1e-9)
    count = stats.betabinom(groups["active"], churn * size, (1 - churn) * size)
    return count.ppf(0.05).astype(int), count.ppf(0.95).astype(int)


def _judgement(worth: ContractValue) -> str:
    uneven = [str(name) for name, fits in worth.tests["fits"].items() if not fits]
    if uneven:
        return f"Constant churn does not fit {', '.join(uneven)}; there the value is a lower bound."
    return "One constant rate of leaving for each group fits what was seen."
