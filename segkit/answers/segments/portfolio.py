"""S5: where to invest - level, trend, cost to serve, and the action for each customer."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.segments.customers import end_users, payments
from segkit.answers.wording import count, money, share
from segkit.charts import Picture, bars, lines, position_map
from segkit.errors import DataError
from segkit.segments import Portfolio, PortfolioThresholds, portfolio, referral_value
from segkit.tables import CompanyTables

__all__ = ["where_to_invest"]

_DRAWS = 1_000
_POINTS = 250
_CURVE = 101
_PROMOTER = 9
_ORDER = ("protect", "grow", "fix", "migrate")
_METHOD = (
    "High level: the customers that hold {core} of the last {recent} months' revenue, here from "
    "{cut} on. Trend: Theil-Sen slope of the monthly revenue, Mann-Kendall test adjusted over all "
    "customers. Costly: serving eats more than {service} of the margin; losing: the whole 90 % "
    "interval of the contribution is below zero. Quadrant and return give the action; customers "
    "who recommend us are protected. The interval comes from {draws} bootstrap samples."
)
_SOURCES = (
    "Theil 1950, Sen 1968 (slope); Mann 1945 (test); Benjamini & Hochberg 1995",
    "Kaplan & Narayanan 2001 (whale curve)",
    "Kumar, Petersen & Leone 2010 (referral value)",
)


def where_to_invest(company: CompanyTables) -> Answer:
    """Answer S5: whom to protect, grow, fix or migrate, with the money at stake."""
    ledger, notes = _ledger(company)
    accounts, _ = end_users(company)
    segments = accounts.get("segment")
    found = portfolio(
        ledger,
        customer="account_id",
        period="month",
        revenue="amount",
        cost="cost",
        service="service",
        segments=segments,
        referrals=_referrals(company),
        promoters=_promoters(company),
        thresholds=PortfolioThresholds(**company.settings.portfolio),
        as_of=company.as_of,
    )
    currency = company.settings.currency
    protected = _row(found.actions, "action", "protect")
    return Answer(
        status="answered",
        headline=_headline(found, currency),
        estimate=float(protected["share_of_revenue"]),
        interval=_interval(found.customers),
        unit="share of the last year's revenue to protect",
        table=_accounts(found, accounts),
        pictures=(
            _actions(found, currency),
            _quadrants(found, currency),
            _whale(found, currency),
            *_segments(found, currency),
        ),
        method=_METHOD.format(
            core=share(found.thresholds.core),
            recent=found.thresholds.recent,
            cut=money(found.high_level, currency),
            service=share(found.thresholds.service),
            draws=count(_DRAWS),
        ),
        sources=_SOURCES,
        caveats=(*notes, *(f"{note}." for note in found.notes)),
    )


def _ledger(company: CompanyTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Lay what end users paid, what it cost to deliver and to serve them under each other."""
    paid = payments(company).assign(service=0.0)
    accounts, notes = end_users(company)
    if "cost" not in paid:
        paid["cost"] = 0.0
        notes += ("Cost of delivery is not known: revenue counts in full.",)
    rows = [paid[["account_id", "month", "amount", "cost", "service"]]]
    served = company.tables.get("cost_to_serve")
    if served is None:
        notes += ("Cost to serve is not known: nobody can be seen to be costly.",)
    else:
        extra = served[["account_id", "month"]].assign(amount=0.0, cost=0.0, service=served["cost"])
        rows.append(extra)
    ledger = pd.concat(rows, ignore_index=True)
    if len(accounts):
        ledger = ledger[ledger["account_id"].isin(accounts.index)]
    if ledger.empty:
        raise DataError("No end user has paid anything up to the as-of date.")
    return ledger.reset_index(drop=True), notes


def _referrals(company: CompanyTables) -> pd.Series[float] | None:
    table = company.tables.get("referrals")
    if table is None or "revenue" not in table:
        return None
    since = company.as_of - pd.DateOffset(years=1)
    known = table.dropna(subset=["revenue"])
    known = known[known["account_id"] != known["referred_account_id"]]
    known = known[known["date"] > since]
    if known.empty:
        return None
    value = referral_value(
        known, referrer="account_id", referred="referred_account_id", value="revenue"
    )
    return value.set_index("customer")["value"]


def _promoters(company: CompanyTables) -> set[Any]:
    survey = company.tables.get("nps_survey")
    if survey is None or "account_id" not in survey:
        return set()
    return set(survey.loc[survey["score"] >= _PROMOTER, "account_id"].dropna())


def _headline(found: Portfolio, currency: str) -> str:
    parts = [
        f"{row['action']} {money(row['revenue'], currency)} ({count(row['customers'])})"
        for row in found.actions.to_dict("records")
        if row["customers"]
    ]
    words = (
        f"Of {money(found.base['revenue'], currency)} a year from "
        f"{count(found.base['customers'])} customers: {', '.join(parts)}"
    )
    if found.whale.lost > 0:
        words += (
            f"; customers who cost more than they bring take {money(found.whale.lost, currency)}"
        )
    return f"{words}."


def _interval(customers: pd.DataFrame) -> tuple[float, float]:
    """Bound the share of revenue to protect by resampling customers."""
    rng = np.random.default_rng(0)
    revenue = customers["revenue"].to_numpy(dtype=float)
    kept = np.where(customers["action"] == "protect", revenue, 0.0)
    draws = rng.integers(revenue.size, size=(_DRAWS, revenue.size))
    low, high = np.quantile(
        kept[draws].sum(axis=1) / np.maximum(revenue[draws].sum(axis=1), 1e-9), [0.05, 0.95]
    )
    return float(low), float(high)


def _row(table: pd.DataFrame, column: str, value: str) -> dict[Any, Any]:
    return table[table[column] == value].to_dict("records")[0]


def _accounts(found: Portfolio, accounts: pd.DataFrame) -> pd.DataFrame:
    names = ["customer", "segment", "revenue", "trend", "contribution", "quadrant", "returns"]
    table = found.customers[[*names, "advocate", "action"]].rename(
        columns={"customer": "account_id"}
    )
    if "name" in accounts:
        table.insert(1, "name", table["account_id"].map(accounts["name"]))
    return table.assign(**table[["revenue", "contribution"]].round(2))


def _actions(found: Portfolio, currency: str) -> Picture:
    table = found.actions[
        ["action", "customers", "revenue", "service", "contribution", "share_of_revenue"]
    ]
    most = table.iloc[int(table["revenue"].to_numpy().argmax())]
    return Picture(
        title="What to do, and the money at stake",
        finding=(
            f"Most of the money, {share(most['share_of_revenue'])} of revenue from "
            f"{count(most['customers'])} customers, is to {most['action']}; the four add up to "
            f"{money(found.base['revenue'], currency)}."
        ),
        table=table.round(4),
        draw=partial(
            bars,
            name="action",
            value="revenue",
            group="action",
            order=_ORDER,
            axis=f"revenue of the last year, {currency}",
        ),
        about="actions",
    )


def _quadrants(found: Portfolio, currency: str) -> Picture:
    rows = found.customers[found.customers["revenue"] > 0].dropna(subset=["change"])
    shown = rows.head(_POINTS)
    falling = _row(found.quadrants, "quadrant", "falling")
    rising = _row(found.quadrants, "quadrant", "rising")
    table = pd.DataFrame(
        {
            "customer": shown["customer"],
            "revenue": shown["revenue"].round(0),
            "change": shown["change"].round(4),
            "action": shown["action"],
        }
    )
    return Picture(
        title="Level and trend: who pays much, and who rises",
        finding=(
            f"Large and falling: {count(falling['customers'])}, with "
            f"{money(falling['revenue'], currency)}; small and rising: "
            f"{count(rising['customers'])}, with {money(rising['revenue'], currency)}. Drawn: the "
            f"{count(len(shown))} largest customers."
        ),
        table=table.reset_index(drop=True),
        draw=partial(
            position_map,
            log_x=True,
            x="revenue",
            y="change",
            size="revenue",
            name="customer",
            group="action",
            order=_ORDER,
            x_axis=f"revenue of the last year, {currency}",
            y_axis="trend a year, share of mean revenue",
            x_cuts=[found.high_level],
            y_cuts=[0.0],
        ),
        about="trend",
    )


def _whale(found: Portfolio, currency: str) -> Picture:
    curve = found.whale
    at = np.unique(np.r_[np.linspace(0, curve.customers, _CURVE).astype(int), curve.peak_customers])
    table = curve.table.iloc[at].rename(
        columns={"share_of_customers": "share of customers", "contribution": "profit so far"}
    )
    finding = f"Every customer pays for itself: profit is {money(curve.total, currency)}."
    if curve.lost > 0:
        finding = (
            f"{share(curve.peak_customers / curve.customers)} of the customers bring "
            f"{money(curve.peak, currency)}; the others take {money(curve.lost, currency)} of it "
            "away again."
        )
    return Picture(
        title="Whale curve: profit from the best to the worst customer",
        finding=finding,
        table=table[["share of customers", "profit so far"]].round(4).reset_index(drop=True),
        draw=partial(
            lines,
            x="share of customers",
            y=["profit so far"],
            x_axis="share of customers, best first",
            y_axis=f"profit after cost to serve, {currency}",
            level=(curve.total, "profit of all"),
        ),
        about="whale",
    )


def _segments(found: Portfolio, currency: str) -> tuple[Picture, ...]:
    names = ["segment", "customers", "revenue", "contribution", "trend", "returns", "action"]
    table = found.segments[names].assign(segment=found.segments["segment"].astype(str))
    if len(table) < 2:
        return ()
    losing = table[table["contribution"] < 0]
    finding = "Every segment pays for itself."
    if len(losing):
        finding = (
            f"{' and '.join(losing['segment'])} cost more than they bring: "
            f"{money(losing['contribution'].sum(), currency)} a year."
        )
    return (
        Picture(
            title="The segments: what each leaves, and what to do",
            finding=finding[0].upper() + finding[1:],
            table=table.round(2),
            draw=partial(
                bars,
                name="segment",
                value="contribution",
                group="action",
                order=_ORDER,
                axis=f"contribution after cost to serve, {currency} a year",
            ),
            about="segments",
        ),
    )
