"""What became of customers after they were grouped: left, won, bought again."""

from __future__ import annotations

import pandas as pd

from segkit.answers.segments.customers import end_users, running
from segkit.segments import rfm_scores
from segkit.tables import CompanyTables

__all__ = ["left_within_a_year", "scored_by_purchases", "won_deals"]

_LEAST_BEFORE = 50


def left_within_a_year(company: CompanyTables) -> pd.Series[float] | None:
    """Tell of each end user with a contract a year ago whether it has left since, by id."""
    if "contracts" not in company.tables:
        return None
    had = running(company, company.as_of - pd.DateOffset(years=1))
    runs = running(company, company.as_of)
    return 1 - _told(company, had["account_id"], runs["account_id"])


def won_deals(company: CompanyTables) -> pd.Series[float] | None:
    """Tell of each end user with a closed deal whether one was won, by id."""
    if "opportunities" not in company.tables:
        return None
    deals = company["opportunities"]
    closed = deals[deals["outcome"] != "open"]
    won = closed.loc[closed["outcome"] == "won", "account_id"]
    return _told(company, closed["account_id"], won)


def scored_by_purchases(company: CompanyTables) -> pd.Series[str] | None:
    """Give the RFM segment of each customer as it stood a year ago, by id.

    Later orders stay out: they make the revenue that the segments are to foretell.
    """
    if "orders" not in company.tables:
        return None
    orders = company["orders"].dropna(subset=["amount"])
    cut = company.as_of - pd.DateOffset(years=1)
    orders = orders[(orders["date"] <= cut) & (orders["amount"] > 0)]
    groups = orders.groupby("account_id")
    table = pd.DataFrame(
        {"last": groups["date"].max(), "orders": groups.size(), "paid": groups["amount"].sum()}
    )
    if len(table) < _LEAST_BEFORE:
        return None
    found = rfm_scores(table, recency="last", frequency="orders", monetary="paid", as_of=cut)
    return pd.Series(found.scores["segment"].to_numpy(), index=table.index)


def _told(company: CompanyTables, ids: pd.Series[str], yes: pd.Series[str]) -> pd.Series[float]:
    """Give 1 for the end users among `ids` that are in `yes`, 0 for the others."""
    accounts, those = end_users(company)[0].index, set(yes)
    kept = [one for one in ids.dropna().unique() if accounts.empty or one in accounts]
    return pd.Series([float(one in those) for one in kept], index=kept, dtype="float64")
