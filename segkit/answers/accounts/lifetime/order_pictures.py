"""Pictures of lifetime value from orders: by how often customers bought, by RFM, by model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from segkit.answers.wording import between, money, share
from segkit.charts import Picture, bars, intervals
from segkit.segments import rfm_scores
from segkit.tables import CompanyTables
from segkit.value import LifetimeValue, ModelComparison

__all__ = ["PAPER_NAMES", "by_class", "by_rfm", "models"]

PAPER_NAMES = {
    "NBD": "NBD",
    "BetaGeo": "BG/NBD",
    "ModifiedBetaGeo": "MBG/NBD",
    "ParetoNBD": "Pareto/NBD",
}

_CLASSES = {"once": 0, "twice": 1, "3 or 4 times": 2, "5 to 9 times": 4, "10 times or more": 9}
_DAYS_A_WEEK = 7
_ALIKE = 1.05  # times as much: nobody would treat such customers differently
_LITTLE = 2.0  # points of BIC that hardly matter: Raftery 1995


def by_class(worth: LifetimeValue, summary: pd.DataFrame, currency: str) -> Picture:
    """Draw what one customer is worth, by how often they have bought."""
    groups = worth.by_group(_classes(summary).rename("bought"))
    table = groups.loc[[name for name in _CLASSES if name in groups.index]].reset_index()
    table[["low", "high"]] = table[["low", "high"]].div(table["customers"], axis=0)
    table = table[["bought", "customers", "mean", "low", "high"]].round(2)
    findings = [
        f"who bought {bought} is worth {money(mean, currency)}"
        for bought, mean in zip(table["bought"], table["mean"], strict=True)
    ]
    finding = f"A customer {', one '.join(dict.fromkeys([findings[0], findings[-1]]))}."
    if len(table) > 1 and _alike(groups["mean"]):
        finding = (
            "However often they have bought, customers are worth about the same: "
            f"{money(table['mean'].iloc[0], currency)} each."
        )
    return Picture(
        title="What one customer is worth, by how often they have bought",
        finding=finding,
        table=table,
        draw=partial(
            intervals,
            name="bought",
            estimate="mean",
            low="low",
            high="high",
            axis=f"{currency} a customer (dot: mean, line: 90 % interval)",
        ),
        about="worth",
    )


def by_rfm(company: CompanyTables, summary: pd.DataFrame, worth: LifetimeValue) -> Picture:
    """Draw what one customer of each RFM segment is worth: the past score beside future value."""
    paid = company["orders"].groupby("account_id")["amount"].sum()
    customers = pd.DataFrame(
        {
            "days": ((summary["T"] - summary["recency"]) * _DAYS_A_WEEK).round(),
            "purchases": summary["frequency"] + 1,
            "paid": paid.reindex(summary.index),
        }
    )
    scored = rfm_scores(customers, recency="days", frequency="purchases", monetary="paid").scores
    segments = pd.Series(scored["segment"].to_numpy(), summary.index, name="segment")
    groups = worth.by_group(segments)
    table = groups.sort_values("mean", ascending=False).reset_index()
    table[["low", "high"]] = table[["low", "high"]].div(table["customers"], axis=0)
    table["share of customers"] = (table["customers"] / table["customers"].sum()).round(4)
    table["share of value"] = (table["value"] / table["value"].sum()).round(4)
    table = table[
        ["segment", "customers", "mean", "low", "high", "share of customers", "share of value"]
    ].round({"mean": 2, "low": 2, "high": 2})
    first, currency = table.iloc[0], company.settings.currency
    finding = (
        f'The segment "{first["segment"]}" is {share(first["share of customers"])} of the '
        f"customers and holds {share(first['share of value'])} of the value to come: "
        f"{money(first['mean'], currency)} each "
        f"({between(first['low'], first['high'], partial(money, currency=currency))})."
    )
    if len(table) > 1 and _alike(groups["mean"]):
        finding = (
            "The RFM segments are worth about the same to come: "
            f"{money(first['mean'], currency)} each."
        )
    return Picture(
        title="What one customer is worth, by RFM segment",
        finding=finding,
        table=table,
        draw=partial(
            intervals,
            name="segment",
            estimate="mean",
            low="low",
            high="high",
            axis=f"{currency} a customer (dot: mean, line: 90 % interval)",
        ),
        about="worth",
    )


def models(compared: ModelComparison, values: Mapping[str, float], currency: str) -> Picture:
    """Draw how far each model is behind the one that fits best, with the base's value by each."""
    table = compared.table.round(1).assign(value=pd.Series(values).round(2))
    table = table.rename(index=PAPER_NAMES).reset_index()
    ahead = table["behind"].iloc[1]
    pairs = zip(table["value"], table["model"], strict=True)
    worth = [f"{money(value, currency)} by {name}" for value, name in pairs]
    little = "; so little hardly matters" if ahead < _LITTLE else ""
    return Picture(
        title="Which model fits these customers best",
        finding=(
            f"{table['model'].iloc[0]} fits best, {ahead:.1f} points of BIC ahead of "
            f"{table['model'].iloc[1]}{little}. The base is worth {', '.join(worth)}."
        ),
        table=table,
        draw=partial(
            bars,
            name="model",
            value="behind",
            axis="points of BIC behind the best",
        ),
        about="trust",
    )


def _alike(means: pd.Series[float]) -> bool:
    return bool(means.max() <= _ALIKE * means.min())


def _classes(summary: pd.DataFrame) -> pd.Series:
    """Name how often each customer has bought."""
    return pd.cut(
        summary["frequency"],
        [-1, *list(_CLASSES.values())[1:], float("inf")],
        labels=list(_CLASSES),
        right=False,
    ).astype(str)
