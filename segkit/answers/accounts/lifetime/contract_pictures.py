"""Pictures of lifetime value from contracts."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from segkit.answers.wording import between, count, counted, money, share
from segkit.charts import Picture, bars, forecasts, intervals, lines
from segkit.value import ContractValue

__all__ = ["by_group", "foretold", "leaving_value", "slipping", "survival"]

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
    worth_first = (
        f"is worth {money(first['value'], currency)} on average "
        f"({between(first['low'], first['high'], partial(money, currency=currency))})"
    )
    finding = f"A customer {worth_first}."
    if len(table) > 1:
        finding = (
            f"A customer among {first['group']} {worth_first}, one among {last['group']} "
            f"{money(last['value'], currency)}."
        )
    return Picture(
        title=f"What one customer is worth{', by segment' if len(table) > 1 else ''}",
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


def slipping(accounts: pd.DataFrame, worth: ContractValue, currency: str) -> Picture:
    """Draw the accounts with which most value is expected to leave within a year."""
    loss, amount = leaving_value(worth), partial(money, currency=currency)
    table = accounts.nlargest(_MOST, "expected_loss")
    columns = [name for name in ("account_id", "name", "segment") if name in table]
    table = table[[*columns, "value", "yearly_churn", "expected_loss"]].reset_index(drop=True)
    held = ""
    if len(table) < len(accounts):
        held = (
            f", {share(table['expected_loss'].sum() / loss[0])} of it with {count(len(table))} of "
            f"{count(len(accounts))} accounts"
        )
    return Picture(
        title="Where most value is expected to leave within a year",
        finding=(
            f"{amount(loss[0])} ({between(*loss[1:], amount)}) of {amount(worth.total['value'])} "
            f"is expected to leave within a year{held}. {_known_churn(worth)}"
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
    counts = _counts(groups)
    low, high = counts.ppf(0.05).astype(int), counts.ppf(0.95).astype(int)
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
    error = _Z * np.sqrt(counts.var().sum())
    ends = (expected.sum() - error, expected.sum() + error) if len(table) > 1 else (low[0], high[0])
    return Picture(
        title="Leavers forecast a year ago, and leavers seen since",
        finding=(
            f"From what was known on {day.date()}, {count(expected.sum())} "
            f"({between(max(ends[0], 0), ends[1], count)}) of "
            f"{counted(groups['active'].sum(), 'customer')} were forecast to leave within a year; "
            f"{_compared(table, *ends)}"
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


def _known_churn(worth: ContractValue) -> str:
    if len(worth.groups) == 1 or worth.groups["pooled"].all():
        return "Churn is known of all customers together only: their order is that of value."
    return "Churn is known by segment only: within a segment the order is that of value."


def leaving_value(worth: ContractValue) -> tuple[float, float, float]:
    """Value expected to leave within a year, with its interval; distances add as in the total."""
    groups = worth.groups
    loss = groups["value"] * groups["churn"]
    # The more leave, the less a customer is worth: the ends of one belong to the others of the
    # other, and the product grows with churn.
    ends = {
        "low": groups["high"] * groups["churn_low"],
        "high": groups["low"] * groups["churn_high"],
    }
    reach = pd.DataFrame({name: (end - loss).abs() for name, end in ends.items()})
    apart = np.where(groups["pooled"], "whole base", groups.index)
    below, above = np.hypot.reduce(reach.groupby(apart).sum().to_numpy())
    return loss.sum(), loss.sum() - below, loss.sum() + above


def _compared(table: pd.DataFrame, low: float, high: float) -> str:
    left = int(table["left"].sum())
    if low <= left <= high:
        verdict = "as the forecast allows"
    else:
        verdict = "more than forecast" if left > high else "fewer than forecast"
    words = f"{count(left)} left, {verdict}."
    if len(table) > 1:
        inside = int(table["left"].between(table["low"], table["high"]).sum())
        words += f" In {inside} of {len(table)} groups the count lies in its 90 % interval."
    return words


def _counts(groups: pd.DataFrame) -> Any:
    """Distribution of how many leave, for a churn known with its 90 % interval."""
    churn = groups["churn"].clip(1e-9, 1 - 1e-9)
    error = (groups["churn_high"] - groups["churn_low"]) / (2 * _Z)
    size = (churn * (1 - churn) / error**2 - 1).clip(lower=1e-9)
    return stats.betabinom(groups["active"], churn * size, (1 - churn) * size)


def _judgement(worth: ContractValue) -> str:
    uneven = [str(name) for name, fits in worth.tests["fits"].items() if not fits]
    if len(worth.tests) == 1:
        if uneven:
            return (
                "One constant rate of leaving does not fit what was seen: the value is a lower "
                "bound, for those who stay become more loyal."
            )
        return "One constant rate of leaving fits what was seen."
    if uneven:
        return f"Constant churn does not fit {', '.join(uneven)}; there the value is a lower bound."
    return "One constant rate of leaving for each group fits what was seen."
