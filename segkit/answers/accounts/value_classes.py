"""Who holds the revenue, what marks those who do, and how steadily they pay: part of A1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.accounts.account_rows import account_criteria
from segkit.answers.segments.customers import customer_rows, payments, recent
from segkit.answers.wording import begun, between, count, money, share
from segkit.charts import Picture, gain_curve, grade_grid, intervals
from segkit.errors import DataError
from segkit.scoring import ABC, abc, class_profile, xyz
from segkit.tables import CompanyTables

__all__ = ["value_class_pictures"]

_MOST = 12
_MONTHS = 12
_STEADY = {"X": "X steady", "Y": "Y variable", "Z": "Z erratic"}


def value_class_pictures(company: CompanyTables) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Draw who holds the revenue, and say why not where it is not known."""
    try:
        revenue = customer_rows(company)[0]["revenue"]
    except DataError as refusal:
        return (), (f"Who holds the revenue is not known: {refusal}",)
    found, currency = abc(revenue), company.settings.currency
    letters = found.table.set_index("item")["class"]
    pictures = (
        _curve(found, float(revenue.sum()), currency),
        *_profile(company, letters),
        *_steadiness(company, letters, revenue),
    )
    return pictures, ()


def _curve(found: ABC, total: float, currency: str) -> Picture:
    top = found.classes.iloc[0]
    words = found.statement.replace("items", "customers").replace("value", "yearly revenue")
    points = np.r_[0.01, 0.02, np.arange(0.05, 1.001, 0.05)]
    shares = np.interp(points, found.curve["share_of_items"], found.curve["share_of_value"])
    return Picture(
        title="Who holds the revenue",
        finding=(
            f"{words} Class A: {count(top['items'])} customers with "
            f"{money(top['value'], currency)} of {money(total, currency)}; Gini {found.gini:.2f}."
        ),
        table=pd.DataFrame(
            {"share of customers": points.round(2), "share of revenue": shares.round(4)}
        ),
        draw=partial(
            gain_curve,
            x="share of customers",
            y="share of revenue",
            x_axis="share of customers, the largest first",
            y_axis="share of revenue",
            even="all alike",
        ),
        about="value",
    )


def _profile(company: CompanyTables, letters: pd.Series[str]) -> Iterator[Picture]:
    """Draw the traits that class A has more often than customers on average."""
    known = account_criteria(company)
    rows = known[known.index.isin(letters.index)]
    inside = (letters[rows.index] == "A").to_numpy()
    if not rows.shape[1] or inside.all() or not inside.any():
        return
    table = class_profile(rows, inside)
    often = table[table["evidence"] == "more often"].head(_MOST)
    if often.empty:
        return
    first = often.iloc[0]
    yield Picture(
        title="What marks the customers of class A",
        finding=(
            f"{begun(first['trait'])}: {share(first['share_in_class'])} of class A, "
            f"{share(first['share_in_base'])} of all customers; index {count(first['index'])} "
            f"({between(first['low'], first['high'], count)})."
        ),
        table=often[["trait", "index", "low", "high", "share_in_class", "share_in_base", "n"]]
        .round({"index": 0, "low": 0, "high": 0, "share_in_class": 4, "share_in_base": 4})
        .reset_index(drop=True),
        draw=partial(
            intervals,
            name="trait",
            estimate="index",
            low="low",
            high="high",
            axis="index (all customers: 100), 90 % interval",
            level=(100.0, "all customers"),
        ),
        about="class A",
    )


def _steadiness(
    company: CompanyTables, letters: pd.Series[str], revenue: pd.Series[float]
) -> Iterator[Picture]:
    """Set value against how steadily customers paid, month by month, in the last year."""
    try:
        paid = payments(company)
    except DataError:
        return
    paid = paid[paid["account_id"].isin(letters.index)]
    lately = recent(company, paid)
    since = paid.groupby("account_id")["month"].min()
    old = since.index[since < lately["month"].min()]
    lately = lately[lately["account_id"].isin(old)]
    if lately["month"].nunique() < _MONTHS:
        return
    found = xyz(lately, key="account_id", period="month", amount="amount")
    steady = found.table.set_index("item")["class"]
    cells = pd.DataFrame({"value": letters[steady.index], "steadiness": steady.map(_STEADY)})
    cells["revenue"] = revenue[steady.index]
    names = ["value", "steadiness"]
    grid = pd.MultiIndex.from_product([list("ABC"), list(_STEADY.values())], names=names)
    table = cells.groupby(names)["revenue"].agg(["size", "sum"]).reindex(grid, fill_value=0)
    table = table.set_axis(["customers", "revenue"], axis=1)
    here = letters[steady.index] == "A"
    rest = len(letters) - len(steady)
    later = f" {count(rest)} who pay for less than a year are not classed." if rest else ""
    yield Picture(
        title="How steadily customers pay",
        finding=(
            f"{count((here & (steady == 'X')).sum())} of {count(here.sum())} customers of class A "
            f"pay steadily (months vary by no more than half of their mean), "
            f"{count((here & (steady == 'Z')).sum())} erratically.{later}"
        ),
        table=table.round(0).reset_index(),
        draw=partial(
            grade_grid,
            row="value",
            column="steadiness",
            value="customers",
            rows=["A", "B", "C"],
            columns=list(_STEADY.values()),
            row_axis="value",
            column_axis="customers, by how months vary",
        ),
        about="steadiness",
    )
