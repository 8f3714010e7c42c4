"""One row a decided deal, and one an account: what was known of the account, and what it pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.answers.segments.customers import DESCRIPTORS, end_users, payments, recent
from segkit.errors import DataError
from segkit.scoring import HonestyGate, Scorecard, honesty_gate
from segkit.scoring.criteria import check_events
from segkit.tables import CompanyTables

__all__ = [
    "DecidedDeals",
    "account_criteria",
    "decided_deals",
    "fitted_card",
    "gate_words",
    "prospects",
    "worded",
    "yearly_spend",
]

_CRITERIA = tuple(name for name in DESCRIPTORS if name != "metro")
_PARTNER = "served by a partner"
_MONTHS = 12
_KNOWN = 0.5


@dataclass(frozen=True)
class DecidedDeals:
    """Decided deals with what their accounts are.

    Attributes
    ----------
    rows : DataFrame
        One row a deal: the criteria, `won`, `account_id`, and `created` where it is known.
    criteria : tuple of str
        Columns that the honesty gate lets pass.
    groups : array of int
        Deals of one account, or of accounts that look alike to the last column, belong together.
    notes : tuple of str
        Deals left out, and what the gate found.
    """

    rows: pd.DataFrame
    criteria: tuple[str, ...]
    groups: NDArray[np.intp]
    notes: tuple[str, ...]


def worded(name: str) -> str:
    """Write the name of a column in words."""
    return name.replace("_", " ")


def account_criteria(company: CompanyTables) -> pd.DataFrame:
    """Give the criteria of every end user, by id; columns known of too few are left out."""
    accounts = end_users(company)[0]
    names = [name for name in _CRITERIA if name in accounts]
    names = [name for name in names if len(accounts[name].dropna().unique()) > 1]
    names = [name for name in names if accounts[name].notna().mean() >= _KNOWN]
    # A size band says more of a segment than the segment does: it stands alone.
    if {"subsegment", "segment"} <= set(names):
        names.remove("segment")
    found = accounts[names].rename(columns=worded)
    if "partner_id" in accounts and accounts["partner_id"].notna().any():
        found[_PARTNER] = accounts["partner_id"].notna()
    return found


def decided_deals(company: CompanyTables) -> DecidedDeals:
    """Join decided deals of end users with the criteria; stuck deals count as not won.

    Raises
    ------
    DataError
        If no deal is decided, none belongs to a known account, or there are too few.
    """
    known = account_criteria(company)
    deals = company["opportunities"]
    decided = deals[deals["outcome"] != "open"]
    kept = decided[decided["account_id"].isin(known.index)]
    if kept.empty or not known.shape[1]:
        raise DataError(
            f"{len(decided):,} deals are decided; none belongs to an account of which anything is "
            "known. Check opportunities.account_id and accounts.account_id."
        )
    names = [name for name in ("created", "closed") if name in kept]
    rows = known.loc[kept["account_id"]].reset_index(drop=True)
    rows = rows.assign(won=(kept["outcome"] == "won").to_numpy())
    extra = kept[["opp_id", "account_id", *names]].reset_index(drop=True)
    lost = len(decided) - len(kept)
    notes = (
        (f"{lost:,} of {len(decided):,} decided deals belong to no end user that is known.",)
        if lost
        else ()
    )
    # Among few deals any column seems to give the outcome away.
    check_events(rows["won"].to_numpy(dtype=float), known.shape[1])
    gate = honesty_gate(
        rows[[*known.columns]],
        rows["won"],
        decided=extra.get("closed"),
        names=extra["account_id"],
    )
    criteria = tuple(name for name in map(str, known.columns) if name in gate.usable)
    return DecidedDeals(rows.join(extra), criteria, gate.groups, (*notes, *gate_words(gate)))


def gate_words(gate: HonestyGate) -> Iterator[str]:
    """Say what the honesty gate found, as caveats of an answer."""
    for row in gate.findings.to_dict("records"):
        if row["severity"] != "note":
            named = f"{row['column']}: " if row["column"] else ""
            yield f"{named}{row['finding']}{' Not used.' if row['severity'] == 'stop' else ''}"


def fitted_card(company: CompanyTables) -> tuple[Scorecard, DecidedDeals]:
    """Make the scorecard of who is won, from decided deals."""
    deals = decided_deals(company)
    time = deals.rows.get("created")
    card = Scorecard(deals.criteria)
    card.fit(deals.rows, deals.rows["won"], groups=deals.groups, time=time)
    return card, deals


def prospects(company: CompanyTables) -> pd.DataFrame:
    """List end users that are no customers and never were, by id."""
    accounts = end_users(company)[0]
    if "status" not in accounts or accounts["status"].isna().all():
        return accounts
    return accounts[accounts["status"].eq("prospect").fillna(value=False)]


def yearly_spend(company: CompanyTables) -> tuple[pd.Series, tuple[str, ...]]:
    """Give what each account paid in the last twelve months, if it paid in each of them.

    Orders come when they come: there whoever ordered in the year counts.
    """
    rows = recent(company, payments(company))
    found = rows.groupby("account_id").agg(amount=("amount", "sum"), months=("month", "nunique"))
    found = found[found["amount"] > 0]
    if "invoices" not in company.tables:
        return found["amount"], ()
    whole = found["months"] >= _MONTHS
    part = int((~whole).sum())
    note = (f"{part:,} accounts paid in a part of the year only: not fitted.",) if part else ()
    return found.loc[whole, "amount"], note
