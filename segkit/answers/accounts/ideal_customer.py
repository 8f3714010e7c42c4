"""A1: what the ideal customer is, by what won deals had and others had not."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.accounts.account_rows import decided_deals
from segkit.answers.accounts.value_classes import value_class_pictures
from segkit.answers.answer import Answer
from segkit.answers.wording import count, listed, share
from segkit.charts import Picture, intervals
from segkit.scoring import CriterionWeights, criterion_weights
from segkit.tables import CompanyTables

__all__ = ["ideal_customer"]

_METHOD = (
    "One logistic regression of {n} decided deals ({won} won; stuck ones count as not won): each "
    "odds ratio holds all other criteria equal. A level of a category stands alone only if it "
    "differs from all others. 90 % intervals count deals of one account together; a criterion "
    "counts if its p-value, adjusted for all criteria by Holm, is below 5 %."
)
_SOURCES = (
    "Cox 1958 (logistic regression)",
    "Holm 1979",
    "Liang & Zeger 1986 (deals of one account)",
    "Dickie 1951 (ABC analysis)",
    "Koopman 1984 (intervals of the index)",
)
_STEPS = {"x 2.718": "twice as much", "1": "one standard deviation more"}


def ideal_customer(company: CompanyTables) -> Answer:
    """Answer A1: criteria of the ideal customer with weights, and who holds the revenue."""
    deals = decided_deals(company)
    found = criterion_weights(
        deals.rows, deals.rows["won"], columns=deals.criteria, groups=deals.groups
    )
    table = _table(found)
    sure = table[table["evidence"] != "none"]
    held, more = value_class_pictures(company)
    first = sure.iloc[0] if len(sure) else None
    return Answer(
        status="answered" if len(sure) else "no evidence",
        headline=_headline(sure, found),
        estimate=None if first is None else first["odds_ratio"],
        interval=None if first is None else (first["low"], first["high"]),
        unit="" if first is None else f"times the odds of winning: {_worded(first)}",
        table=table.round(4),
        pictures=(_odds(table, found), *held),
        method=_METHOD.format(n=count(found.n), won=count(found.events)),
        sources=_SOURCES,
        caveats=(
            "Weights say who was won among those approached; nobody knows of those who were not.",
            *deals.notes,
            *found.notes,
            *more,
        ),
    )


def _table(found: CriterionWeights) -> pd.DataFrame:
    """State numbers per step that can be pictured: twice as much, or one standard deviation."""
    rows = found.table
    spread = (rows["standardised"] / rows["weight"]).where(rows["weight"] != 0, 1.0)
    size = np.select([rows["unit"] == "x 2.718", rows["unit"] == "1"], [np.log(2), spread], 1.0)
    table = pd.DataFrame(
        {
            "criterion": rows["criterion"],
            "step": rows["unit"].replace(_STEPS),
            "odds_ratio": np.exp(size * rows["weight"]),
            "low": np.exp(size * rows["low"]),
            "high": np.exp(size * rows["high"]),
            "evidence": rows["evidence"],
        }
    )
    kept = ["weight", "standardised", "p_adjusted", "share"]
    return pd.concat([table, rows[kept]], axis=1)


def _worded(row: pd.Series) -> str:
    step = "" if row["step"] == "yes against no" else f" ({row['step']})"
    return f"{row['criterion']}{step}"


def _headline(sure: pd.DataFrame, found: CriterionWeights) -> str:
    if sure.empty:
        return (
            f"No criterion tells who is won: {count(found.n)} decided deals show none beyond "
            f"chance; {share(found.base_rate)} were won."
        )
    parts = [
        f"{_worded(row)} x {row['odds_ratio']:.1f} ({row['low']:.1f} to {row['high']:.1f})"
        for _, row in sure.iterrows()
    ]
    return (
        f"The ideal customer, by the odds of winning: {listed(parts)}; overall "
        f"{share(found.base_rate)} of deals are won."
    )


def _odds(table: pd.DataFrame, found: CriterionWeights) -> Picture:
    sure = table[table["evidence"] != "none"]
    rows = table.assign(name=[_worded(row) for _, row in table.iterrows()])
    rest = len(table) - len(sure)
    finding = (
        f"{count(len(sure))} of {count(len(table))} criteria tell who is won, the rest no more "
        f"than chance ({count(found.n)} deals)."
        if rest
        else f"All {count(len(table))} criteria tell who is won ({count(found.n)} deals)."
    )
    return Picture(
        title="What raises the odds of winning, all else equal",
        finding=finding,
        table=rows[["name", "odds_ratio", "low", "high", "evidence", "share"]].round(3),
        draw=partial(
            intervals,
            name="name",
            estimate="odds_ratio",
            low="low",
            high="high",
            axis="odds ratio (dot), 90 % interval (line)",
            level=(1.0, "no difference"),
            group="evidence",
        ),
        about="profile",
    )
