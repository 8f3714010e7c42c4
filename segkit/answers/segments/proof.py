"""The eight tests of a segment, fed from the company's tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd

from segkit.answers.segments.customers import (
    DESCRIPTORS,
    end_users,
    payments,
    recent,
    share_of_wallet,
)
from segkit.charts import Picture, verdict_grid
from segkit.errors import DataError
from segkit.segments import SegmentTests, segment_tests
from segkit.tables import CompanyTables

__all__ = ["Proof", "eight_tests", "eight_tests_picture", "proof_of"]

_YEARS = 3
_QUARTERS = 12
# A part of a segment and a metro repeat the segment and the state.
_DESCRIPTORS = tuple(name for name in DESCRIPTORS if name not in {"subsegment", "metro"})


@dataclass(frozen=True)
class Proof:
    """What the tests rest on: one row an end user that paid in the last three years.

    Those who left count too: without them every segment seems to grow.

    Attributes
    ----------
    rows : DataFrame
        By id: descriptors, `revenue` of the last year, `contribution`, `contact`, quarters.
    descriptors, quarters : tuple of str
        Columns of `rows`.
    """

    rows: pd.DataFrame
    descriptors: tuple[str, ...]
    quarters: tuple[str, ...]


def proof_of(company: CompanyTables, current: pd.DataFrame) -> Proof:
    """Collect what the tests need; what the tables lack stays out.

    Parameters
    ----------
    company : CompanyTables
    current : DataFrame
        Paying end users by id, with `revenue`.
    """
    paid = _paid(company)
    ids = (
        current.index
        if paid is None
        else current.index.union(pd.Index(paid["account_id"].unique()))
    )
    accounts = end_users(company)[0].reindex(ids)
    known = tuple(
        name for name in _DESCRIPTORS if name in accounts and accounts[name].notna().any()
    )
    rows = accounts[list(known)].copy()
    rows["revenue"] = current["revenue"].reindex(ids)
    worth = share_of_wallet(current)
    if worth is not None:
        rows["share of wallet"] = worth.reindex(ids)
    if "contacts" in company.tables:
        rows["contact"] = ids.isin(company["contacts"]["account_id"].dropna())
    if paid is None:
        return Proof(rows, known, ())
    rows["contribution"] = _contribution(company, paid).reindex(ids)
    quarters = _quarters(company, paid).reindex(ids).fillna(0.0)
    return Proof(rows.join(quarters), known, tuple(quarters.columns))


def _paid(company: CompanyTables) -> pd.DataFrame | None:
    """Give what end users paid in the last three years."""
    try:
        paid = payments(company)
    except DataError:
        return None
    since = company.as_of - pd.DateOffset(years=_YEARS)
    paid = paid[paid["month"] > since]
    accounts = end_users(company)[0]
    return paid[paid["account_id"].isin(accounts.index)] if len(accounts) else paid


def _contribution(company: CompanyTables, paid: pd.DataFrame) -> pd.Series[float]:
    """Give what is left of the last year's revenue; without any cost nothing is known."""
    served = company.tables.get("cost_to_serve")
    if "cost" not in paid and served is None:
        return pd.Series(dtype="float64")
    year = recent(company, paid).groupby("account_id")
    left = year["amount"].sum()
    if "cost" in paid:
        left -= year["cost"].sum()
    if served is not None:
        cost = recent(company, served).groupby("account_id")["cost"].sum()
        left = left.sub(cost.reindex(left.index).fillna(0.0))
    return left


def _quarters(company: CompanyTables, paid: pd.DataFrame) -> pd.DataFrame:
    """Sum what was paid in each whole quarter back from the as-of date, oldest first."""
    months = company.as_of.year * 12 + company.as_of.month
    age = (months - paid["month"].dt.year * 12 - paid["month"].dt.month) // 3
    sums = paid["amount"].groupby([paid["account_id"], age]).sum().unstack()
    oldest = int(sums.columns.max())
    wanted = range(min(oldest, _QUARTERS - 1), -1, -1)
    table = sums.reindex(columns=list(wanted))
    return table.set_axis([f"quarter -{number}" for number in wanted], axis=1)


def eight_tests(
    proof: Proof, labels: pd.Series[str], stability: pd.DataFrame | None = None
) -> SegmentTests:
    """Test each segment of one way of grouping.

    Parameters
    ----------
    proof : Proof
    labels : Series
        Segment of each customer, by id; missing for those who have none.
    stability : DataFrame, optional
        `segment, slsw` of a fitted model, with the names used in `labels`. Its segments hold only
        customers that stayed, so that "growing" is unknown.
    """
    rows = proof.rows
    outcomes = ["share of wallet"] if "share of wallet" in rows else ["revenue"]
    costs = rows["contribution"].notna().any() if "contribution" in rows else False
    return segment_tests(
        rows.reset_index(drop=True),
        labels.reindex(rows.index).to_numpy(),
        descriptors=proof.descriptors,
        value="revenue",
        contact=["contact"] if "contact" in rows else [],
        outcomes=outcomes,
        contribution="contribution" if costs else None,
        revenue=proof.quarters if stability is None else (),
        stability=stability,
    )


def eight_tests_picture(name: str, found: SegmentTests) -> Picture:
    """Draw which tests each segment passes."""
    table = found.table.pivot(index="segment", columns="test", values="result")
    order = list(dict.fromkeys(found.table["test"]))
    table = table[order].reset_index()
    counts = found.passed
    failed = found.table[found.table["result"] == "fail"]["test"].value_counts()
    words = "no test fails"
    if len(failed):
        words = f"most fail “{failed.index[0]}” ({failed.iloc[0]} of {len(table)})"
    return Picture(
        title=f"The eight tests of the segments by {name}",
        finding=(
            f"{int(counts['pass'].sum())} tests are passed, {int(counts['fail'].sum())} failed, "
            f"{int(counts['unknown'].sum())} cannot be told from the tables; {words}."
        ),
        table=table,
        draw=partial(verdict_grid, name="segment", columns=order),
    )
