"""Five criteria of a segment's value, measured from the company's tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit.answers.segments.customers import customer_rows, end_users, payments, recent
from segkit.answers.segments.fate import left_within_a_year
from segkit.errors import DataError
from segkit.survival import kaplan_meier
from segkit.tables import CompanyTables

__all__ = ["CRITERIA", "Criterion", "measured_segments"]

_ENOUGH = 0.5


@dataclass(frozen=True)
class Criterion:
    """A criterion: its name at the conference table, what it measures, and which way is good."""

    name: str
    meaning: str
    less_is_better: bool = False


CRITERIA = (
    Criterion("fit", "chance that a settled deal is won x chance to stay a year"),
    Criterion("revenue", "share of the yearly revenue"),
    Criterion("margin", "share of revenue left after delivery and service"),
    Criterion("relations", "share of the accounts that are customers"),
    Criterion("cycle", "median days from the opening of a deal to its decision", True),
)


def measured_segments(company: CompanyTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Measure what the tables hold of the five criteria, one row a segment.

    Returns
    -------
    DataFrame
        `segment, accounts, customers, deals`, and the criteria that can be measured.
    tuple of str
        What is not measured, and why.

    Raises
    ------
    DataError
        If nobody pays, or there are no two segments.
    """
    accounts, notes = end_users(company)
    groups = _groups(accounts)
    if groups.nunique() < 2:
        raise DataError(
            "Segments are compared from two on; accounts.segment or accounts.subsegment name "
            f"{groups.nunique()}."
        )
    customers, _ = customer_rows(company)
    table = pd.DataFrame({"accounts": groups.value_counts()})
    table["customers"] = _counted(groups, customers.index)
    deals = _deals(company, groups)
    table["deals"] = 0 if deals is None else deals["group"].value_counts()
    measures: dict[str, Callable[[], pd.Series[float] | None]] = {
        "fit": lambda: _fit(company, groups, deals),
        "revenue": lambda: _revenue(customers, groups),
        "margin": lambda: _margin(company, groups),
        "relations": lambda: _relations(table, accounts, groups),
        "cycle": lambda: _cycle(company, deals),
    }
    missing = []
    for criterion in CRITERIA:
        found = measures[criterion.name]()
        if found is None or found.reindex(table.index).notna().sum() < 2:
            missing.append(criterion.name)
        else:
            table[criterion.name] = found.reindex(table.index)
    if missing:
        notes += (f"Not measured, for the tables lack it: {', '.join(missing)}.",)
    table[["customers", "deals"]] = table[["customers", "deals"]].fillna(0).astype(int)
    return table.rename_axis("segment").reset_index(), notes


def _groups(accounts: pd.DataFrame) -> pd.Series[str]:
    """Take the parts of segments where most accounts have one, else segments."""
    if "subsegment" in accounts and accounts["subsegment"].notna().mean() >= _ENOUGH:
        known = accounts.dropna(subset="subsegment")
        names = known["subsegment"].astype(str)
        if "segment" in known:
            # The same part in two segments, such as "small", is two groups.
            homes = known.groupby("subsegment")["segment"].nunique()
            shared = known["subsegment"].map(homes) > 1
            full = known["segment"].astype(str) + ", " + names
            names = names.mask(shared, full)
        return names
    if "segment" not in accounts:
        return pd.Series(dtype=str)
    return accounts["segment"].dropna().astype(str)


def _counted(groups: pd.Series[str], ids: pd.Index) -> pd.Series[int]:
    return groups[groups.index.isin(ids)].value_counts()


def _deals(company: CompanyTables, groups: pd.Series[str]) -> pd.DataFrame | None:
    deals = company.tables.get("opportunities")
    if deals is None or not {"account_id", "outcome"} <= set(deals):
        return None
    return deals.assign(group=deals["account_id"].map(groups)).dropna(subset=["group", "outcome"])


def _fit(
    company: CompanyTables, groups: pd.Series[str], deals: pd.DataFrame | None
) -> pd.Series[float] | None:
    """Multiply the win rate by the share that stays a year; either alone where one is unknown."""
    parts: list[pd.Series[float]] = []
    if deals is not None:
        settled = deals[deals["outcome"] != "open"]
        won = (settled["outcome"] == "won").astype(float)
        parts.append(won.groupby(settled["group"]).mean())
    left = left_within_a_year(company)
    if left is not None:
        parts.append((1 - left).groupby(groups.reindex(left.index)).mean())
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else parts[0] * parts[1]


def _revenue(customers: pd.DataFrame, groups: pd.Series[str]) -> pd.Series[float]:
    sums = customers["revenue"].groupby(groups.reindex(customers.index)).sum()
    # Who has no customer yet brings in nothing, which is known.
    return (sums / sums.sum()).reindex(groups.unique(), fill_value=0.0)


def _margin(company: CompanyTables, groups: pd.Series[str]) -> pd.Series[float] | None:
    try:
        paid = recent(company, payments(company))
    except DataError:
        return None
    served = company.tables.get("cost_to_serve")
    if "cost" not in paid and served is None:
        return None
    group = paid["account_id"].map(groups)
    amount = paid["amount"].groupby(group).sum()
    left = amount.copy()
    if "cost" in paid:
        left = left - paid["cost"].groupby(group).sum()
    if served is not None:
        year = recent(company, served)
        cost = year["cost"].groupby(year["account_id"].map(groups)).sum()
        left = left - cost.reindex(left.index, fill_value=0.0)
    return left / amount.where(amount > 0)


def _relations(
    table: pd.DataFrame, accounts: pd.DataFrame, groups: pd.Series[str]
) -> pd.Series[float]:
    """Take customers over accounts; an account of a sample stands for as many as its weight."""
    if "weight" not in accounts:
        return table["customers"].fillna(0) / table["accounts"]
    weight = accounts["weight"].reindex(groups.index).astype(float).fillna(1.0).clip(lower=1.0)
    return table["customers"].fillna(0) / weight.groupby(groups).sum()


def _cycle(company: CompanyTables, deals: pd.DataFrame | None) -> pd.Series[float] | None:
    """Take the Kaplan-Meier median of days to a decision; open and stuck deals still wait."""
    if deals is None or not {"created", "closed"} <= set(deals):
        return None
    decided = deals["outcome"].isin(["won", "refused"]) & deals["closed"].notna()
    days = (deals["closed"].where(decided, company.as_of) - deals["created"]).dt.days
    known = days.notna() & (days >= 0)
    medians = {
        name: kaplan_meier(rows["days"], rows["decided"]).median()[0]
        for name, rows in pd.DataFrame({"days": days, "decided": decided})[known].groupby(
            deals["group"]
        )
    }
    # Where half are not decided yet, how long it takes is not known.
    return pd.Series(medians, dtype="float64").replace(np.inf, np.nan)
