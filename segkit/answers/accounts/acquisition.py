"""A4: what a new customer costs, by source, paid and fully loaded."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.accounts.lifetime.contracts import contract_basis, gross_margin
from segkit.answers.answer import Answer
from segkit.answers.segments.customers import end_users
from segkit.answers.wording import between, count, listed, money
from segkit.charts import Picture, grade_grid, intervals
from segkit.errors import DataError
from segkit.scoring import AcquisitionCost, acquisition_cost
from segkit.tables import CompanyTables

__all__ = ["acquisition"]

_METHOD = (
    "Spending of {first} to {last}, set against the customers won {lag} months later (the median "
    "time from opening to winning a deal). Paid: the source's own spending / customers. Fully "
    "loaded: also its part of shared spending, by decided deals, and what partners keep of the "
    "first year. Of {booked} in the books {matched} is matched and {later} belongs to customers "
    "not decided yet: to the cent. The 90 % intervals take the customers won as a count."
)
_SOURCES = (
    "Kaplan & Cooper 1998 (activity-based costing)",
    "Garwood 1936 (interval of a count)",
    "Skok (LTV:CAC of 3 as a convention)",
)
_THREE = 3.0


def acquisition(company: CompanyTables) -> Answer:
    """Answer A4: cost of a customer by source and segment, payback and LTV:CAC."""
    deals, notes = _deals(company)
    margin, worth, more = _worth(company, deals)
    found = acquisition_cost(
        company["gtm_costs"],
        deals,
        deal_channel="source",
        closed="day",
        created="created" if "created" in deals else None,
        added="partner_margin" if "partner_margin" in deals else None,
        group="segment" if "segment" in deals else None,
        monthly_revenue="monthly" if "monthly" in deals and margin else None,
        gross_margin=margin or 1.0,
        ltv=worth,
    )
    row = found.table.iloc[-1]
    return Answer(
        status="answered",
        headline=_headline(found, company.settings.currency),
        estimate=row["loaded"],
        interval=(row["low"], row["high"]),
        unit=f"{company.settings.currency} a new customer, fully loaded",
        table=found.table.round(2),
        pictures=(
            _by_source(found, company.settings.currency),
            *_by_segment(found, company.settings.currency),
            *_return(found),
        ),
        method=_method(found, company.settings.currency),
        sources=_SOURCES,
        caveats=(*notes, *found.notes, *more),
    )


def _deals(company: CompanyTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Take decided deals with source, day, and what comes on top."""
    deals = company["opportunities"]
    decided = deals[deals["outcome"] != "open"].copy()
    sources = [name for name in ("lead_source", "channel") if name in decided]
    booked = set(company["gtm_costs"]["channel"].dropna())
    shared = {name: len(booked & set(decided[name].dropna())) for name in sources}
    if not any(shared.values()):
        raise DataError(
            f"No deal comes from a channel of gtm_costs ({listed(sorted(booked))}). "
            "opportunities.lead_source or opportunities.channel must use the same words."
        )
    decided["source"] = decided[max(shared, key=lambda name: shared[name])]
    decided["won"] = decided["outcome"] == "won"
    notes: tuple[str, ...] = ()
    decided["day"] = decided["closed"]
    if "created" in decided:
        cycle = (decided["closed"] - decided["created"])[decided["won"]].median()
        stuck = decided["day"].isna() & decided["created"].notna()
        decided["day"] = decided["day"].fillna(decided["created"] + cycle)
        if stuck.any():
            words = "took their part of shared spending when a deal of median length would have"
            notes = (f"{count(stuck.sum())} stuck deals {words} been decided.",)
    if "value" in decided:
        decided["monthly"] = decided["value"] / 12
    accounts = end_users(company)[0]
    if "segment" in accounts:
        decided["segment"] = decided["account_id"].map(accounts["segment"])
    return _with_partners(company, decided), notes


def _with_partners(company: CompanyTables, deals: pd.DataFrame) -> pd.DataFrame:
    """Add what partners keep of the first year of the deals they sold."""
    partners, accounts = company.tables.get("partners"), company.tables.get("accounts")
    if partners is None or accounts is None or not {"channel", "value"} <= set(deals):
        return deals
    if "margin" not in partners or "partner_id" not in accounts:
        return deals
    partner = deals["account_id"].map(accounts.set_index("account_id")["partner_id"])
    rate = partner.map(partners.set_index("partner_id")["margin"])
    kept = (rate * deals["value"]).where(deals["channel"] == "partner", 0.0)
    return deals.assign(partner_margin=kept.fillna(0.0))


def _worth(
    company: CompanyTables, deals: pd.DataFrame
) -> tuple[float | None, dict[str, float] | None, tuple[str, ...]]:
    """Give the gross margin, and what a new customer of each source is worth (A5)."""
    try:
        margin, words = gross_margin(company)
    except DataError as refusal:
        return None, None, (f"Payback and LTV:CAC are not known: {refusal}",)
    notes = (words,) if margin is None else ()
    margin = margin or 1.0
    try:
        basis = contract_basis(company)
    except (DataError, KeyError):
        unknown = "What a new customer is worth is not known: no LTV:CAC without contracts."
        return margin, None, (unknown, *notes)
    if "segment" not in deals:
        return margin, None, notes
    groups = basis.worth(basis.assumptions).groups["new_customer"]
    won = deals[deals["won"]]
    each = won["segment"].map(groups)
    worth = {str(name): float(part.mean()) for name, part in each.groupby(won["source"])}
    return margin, worth | {"all": float(each.mean())}, notes


def _headline(found: AcquisitionCost, currency: str) -> str:
    def amount(value: float) -> str:
        return money(value, currency)

    rows = found.table[found.table["customers"] > 0]
    *parts, whole = rows.to_dict("records")
    words = (
        f"A new customer costs {amount(whole['loaded'])} fully loaded "
        f"({between(whole['low'], whole['high'], amount)})"
    )
    ordered = sorted(parts, key=lambda row: float(row["loaded"]))
    if len(ordered) > 1:
        first, last = ordered[0], ordered[-1]
        words += f": {amount(first['loaded'])} by {first['channel']}, "
        words += f"{amount(last['loaded'])} by {last['channel']}"
        # Nothing has no multiple.
        if first["loaded"] > 0:
            words += f", {last['loaded'] / first['loaded']:.1f} times as much"
    if whole.get("payback_months", np.inf) < np.inf:
        words += f"; paid back in {whole['payback_months']:.1f} months"
    if whole.get("ltv_to_cac", np.inf) < np.inf:
        words += f", LTV:CAC {whole['ltv_to_cac']:.1f}"
    return f"{words}."


def _method(found: AcquisitionCost, currency: str) -> str:
    later = float(found.ledger["later"].sum())
    return _METHOD.format(
        first=found.months[0],
        last=found.months[1],
        lag=found.lag,
        booked=f"{currency} {found.booked:,.2f}".strip(),
        matched=f"{found.booked - later:,.2f}",
        later=f"{later:,.2f}",
    )


def _by_source(found: AcquisitionCost, currency: str) -> Picture:
    whole, rows = found.table.iloc[-1], found.table.iloc[:-1].dropna(subset=["loaded", "high"])
    dear = rows[rows["low"] > whole["high"]]["channel"].tolist()
    cheap = rows[rows["high"] < whole["low"]]["channel"].tolist()
    words = [f"{listed(cheap)} below" if cheap else "", f"{listed(dear)} above" if dear else ""]
    found_words = " and ".join(filter(None, words)) or "no source clearly off"
    return Picture(
        title="Cost of a new customer by source, fully loaded",
        finding=f"Against {money(whole['loaded'], currency)} on average: {found_words}.",
        table=rows[["channel", "customers", "paid", "loaded", "low", "high"]]
        .round(0)
        .reset_index(drop=True),
        draw=partial(
            intervals,
            name="channel",
            estimate="loaded",
            low="low",
            high="high",
            axis=f"{currency} a new customer",
            level=(float(whole["loaded"]), "all sources"),
        ),
        about="cost",
    )


def _by_segment(found: AcquisitionCost, currency: str) -> tuple[Picture, ...]:
    rows = found.groups[found.groups["customers"] > 0] if len(found.groups) else found.groups
    if rows.empty or rows["group"].nunique() < 2:
        return ()
    dearest = rows.nlargest(1, "loaded").iloc[0]
    return (
        Picture(
            title="Cost of a new customer by segment and source",
            finding=(
                f"Dearest: {dearest['group']} by {dearest['channel']}, "
                f"{money(dearest['loaded'], currency)} a customer."
            ),
            table=rows[["group", "channel", "customers", "deals", "loaded", "low", "high"]]
            .round(0)
            .sort_values(["group", "channel"], ignore_index=True),
            draw=partial(
                grade_grid,
                row="group",
                column="channel",
                value="loaded",
                rows=sorted(rows["group"].unique()),
                columns=sorted(rows["channel"].unique()),
                row_axis="",
                column_axis=f"{currency} a new customer",
                tickformat=",.3~s",
            ),
            about="segments",
        ),
    )


def _return(found: AcquisitionCost) -> tuple[Picture, ...]:
    """Set what a customer is worth against what it cost."""
    if "ltv_to_cac" not in found.table:
        return ()
    rows = found.table.iloc[:-1].dropna(subset=["ltv_to_cac", "high"]).copy()
    rows["low_ratio"] = rows["ltv_to_cac"] * rows["loaded"] / rows["high"]
    rows["high_ratio"] = rows["ltv_to_cac"] * rows["loaded"] / rows["low"]
    if rows.empty:
        return ()
    short = rows[rows["high_ratio"] < _THREE]["channel"].tolist()
    return (
        Picture(
            title="Lifetime value of a new customer against its cost",
            finding=(
                f"Below 3 : 1, the usual floor: {listed(short)}."
                if short
                else "No source is clearly below 3 : 1, the usual floor."
            ),
            table=rows[["channel", "ltv_to_cac", "low_ratio", "high_ratio"]]
            .round(2)
            .reset_index(drop=True),
            draw=partial(
                intervals,
                name="channel",
                estimate="ltv_to_cac",
                low="low_ratio",
                high="high_ratio",
                axis="LTV:CAC (interval: of the cost)",
                level=(_THREE, "3 : 1"),
            ),
            about="return",
        ),
    )
