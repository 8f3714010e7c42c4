"""A5 from contracts: margin while the customer stays, discounted."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.concentration import concentration
from segkit.answers.wording import between, count, money, share
from segkit.charts import Picture, intervals, lines
from segkit.tables import CompanyTables
from segkit.value import ContractValue, contract_value

__all__ = ["from_contracts"]

_DAYS_A_YEAR = 365.25
_GRID_YEARS = 1 / 6
_METHOD = (
    "Contracts: margin a month x the chance to be still there, paid monthly in advance, without an "
    "end, discounted at {rate} a year from {as_of} on. An account stays while any of its contracts "
    "runs; churn is one constant rate for each group, from those who left and the years observed."
)
_SOURCES = (
    "Gupta & Lehmann 2003 (margin x retention)",
    "Kaplan & Meier 1958",
    "Garwood 1936 (interval of a rate)",
)


def from_contracts(company: CompanyTables) -> Answer:
    """Value every account that has a running contract."""
    margin, margin_note = _gross_margin(company)
    spells = _spells(company, margin)
    worth = contract_value(
        spells, margin="margin", group="group", discount_rate=company.settings.discount_rate
    )
    table = _table(company, spells, worth)
    return Answer(
        question="A5",
        status="answered",
        headline=_headline(worth, len(table), company.settings.currency),
        estimate=float(worth.total["value"]),
        interval=(float(worth.total["low"]), float(worth.total["high"])),
        unit=company.settings.currency,
        table=table,
        pictures=(
            _by_group(worth, company.settings.currency),
            _survival(worth),
            concentration(table["value"], company.settings.currency),
        ),
        method=_METHOD.format(
            rate=share(company.settings.discount_rate), as_of=company.as_of.date()
        ),
        sources=_SOURCES,
        caveats=(margin_note, *worth.notes),
    )


def _gross_margin(company: CompanyTables) -> tuple[float, str]:
    stated = company.settings.gross_margin
    if stated is not None:
        return stated, f"Gross margin of {share(stated)} as set in segkit.toml."
    invoices = company.tables.get("invoices")
    if invoices is not None and "cost" in invoices:
        known = invoices.dropna(subset=["amount", "cost"])
        if known["amount"].sum() > 0:
            margin = float(1 - known["cost"].sum() / known["amount"].sum())
            return margin, f"Gross margin of {share(margin)} as invoiced: amounts less cost."
    return 1.0, "Gross margin is not known: the values are revenue. Set gross_margin."


def _spells(company: CompanyTables, margin: float) -> pd.DataFrame:
    """One row an account: years stayed, whether it left, its margin a month, its group."""
    contracts = company["contracts"]
    stated = contracts.get("end", pd.Series(pd.NaT, contracts.index))
    ends = stated.where(stated <= company.as_of)
    until = ends.fillna(company.as_of)
    last = until.groupby(contracts["account_id"]).transform("max")
    running = ends.isna().groupby(contracts["account_id"]).transform("any")
    # What an account pays, or paid when it left: its contracts that ran to the end of the spell.
    paid = contracts["mrr"].where(ends.isna() | (~running & (until == last)), 0.0)
    rows = contracts.assign(until=until, running=ends.isna(), paid=paid).groupby("account_id")
    spells = pd.DataFrame(
        {
            "duration": (rows["until"].max() - rows["start"].min()).dt.days / _DAYS_A_YEAR,
            "ended": ~rows["running"].any(),
            "margin": rows["paid"].sum() * margin,
        }
    )
    return spells.assign(group=_groups(company, spells.index))


def _groups(company: CompanyTables, accounts: pd.Index) -> pd.Series:
    """Market segments, with partners apart: they buy for others and would blur both."""
    if "accounts" not in company.tables:
        return pd.Series("all customers", accounts)
    known = company["accounts"].set_index("account_id").reindex(accounts)
    groups = known["segment"] if "segment" in known else pd.Series("all customers", accounts)
    groups = groups.astype(object).where(groups.notna(), "segment unknown")
    if "party_type" in known:
        groups = groups.mask(known["party_type"].eq("partner").fillna(value=False), "partners")
    return groups


def _table(company: CompanyTables, spells: pd.DataFrame, worth: ContractValue) -> pd.DataFrame:
    table = worth.customers.assign(
        monthly_margin=spells["margin"], years_so_far=spells["duration"].round(2)
    )
    table = table[~spells["ended"]].rename_axis("account_id").reset_index()
    if "accounts" in company.tables and "name" in company["accounts"]:
        names = company["accounts"].set_index("account_id")["name"]
        table.insert(1, "name", table["account_id"].map(names))
    columns = {"value": 0, "low": 0, "high": 0, "monthly_margin": 2}
    table = table.sort_values(["value", "account_id"], ascending=[False, True], ignore_index=True)
    return table.round(columns)


def _headline(worth: ContractValue, customers: int, currency: str) -> str:
    def amount(value: float) -> str:
        return money(value, currency)

    value, low, high = worth.total[["value", "low", "high"]]
    ordered = worth.groups.sort_values("churn")
    churn = f"{share(ordered['churn'].iloc[0])} leave a year"
    if len(ordered) > 1:
        churn = (
            f"{churn} among {ordered.index[0]}, {share(ordered['churn'].iloc[-1])} among "
            f"{ordered.index[-1]}"
        )
    return (
        f"The {count(customers)} customers are worth {amount(value)} from today on "
        f"({between(low, high, amount)}); {churn}."
    )


def _by_group(worth: ContractValue, currency: str) -> Picture:
    groups = worth.groups[worth.groups["active"] > 0].reset_index()
    for column in ("value", "low", "high"):
        groups[column] = (groups[column] / groups["active"]).round(0)
    table = groups.sort_values("value", ascending=False, ignore_index=True)
    first, last = table.iloc[0], table.iloc[-1]
    finding = f"A customer is worth {money(first['value'], currency)}."
    if len(table) > 1:
        finding = (
            f"A customer of {first['group']} is worth {money(first['value'], currency)} on "
            f"average, one of {last['group']} {money(last['value'], currency)}."
        )
    return Picture(
        title="What one customer is worth, by segment",
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
    )


def _survival(worth: ContractValue) -> Picture:
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
    )


def _judgement(worth: ContractValue) -> str:
    uneven = [str(name) for name, fits in worth.tests["fits"].items() if not fits]
    if uneven:
        return f"Constant churn does not fit {', '.join(uneven)}; there the value is a lower bound."
    return "One constant rate of leaving for each group fits what was seen."
