"""A5 from contracts: margin while the customer stays, discounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from segkit.answers.accounts.lifetime.concentration import concentration
from segkit.answers.accounts.lifetime.contract_pictures import (
    by_group,
    foretold,
    slipping,
    survival,
)
from segkit.answers.accounts.lifetime.customers import (
    Assumptions,
    Valuation,
    account_list,
    base_worth,
)
from segkit.answers.answer import Answer
from segkit.answers.wording import count, counted, money, share
from segkit.charts import Picture
from segkit.errors import DataError
from segkit.tables import CompanyTables
from segkit.value import ContractValue, contract_durations, contract_value

__all__ = ["ContractBasis", "contract_basis", "from_contracts", "gross_margin"]

_THOUSANDS = 10_000
_HORIZONS = (1.0, 2.0, 3.0, 5.0, 10.0, None)
_METHOD = (
    "Contracts: margin a month x the chance to be still there, paid monthly in advance, without an "
    "end, discounted at {rate} a year from {as_of} on. An account stays while any of its contracts "
    "runs; churn is one constant rate for each group, from those who left and the years observed. "
    "Tiers: A hold the first 80 % of the value, B the next 15 %, C the rest."
)
_SOURCES = (
    "Gupta & Lehmann 2003 (margin x retention)",
    "Kaplan & Meier 1958",
    "Garwood 1936 (interval of a rate)",
)


@dataclass(frozen=True, eq=False)
class ContractBasis:
    """One row an account (duration, ended, revenue a month, group), and the assumptions."""

    spells: pd.DataFrame
    assumptions: Assumptions
    currency: str
    horizons: tuple[float | None, ...] = _HORIZONS

    def worth(self, assumptions: Assumptions) -> ContractValue:
        """Value every account under the assumptions."""
        return contract_value(
            self.spells.assign(margin=self.spells["revenue"] * assumptions.margin),
            margin="margin",
            group="group",
            horizon=assumptions.horizon,
            discount_rate=assumptions.discount_rate,
        )

    def valuation(self, assumptions: Assumptions) -> Valuation:
        """Value the base and one customer of each group under the assumptions."""
        worth = self.worth(assumptions)
        groups = worth.groups[worth.groups["active"] > 0]
        table = groups[["value", "low", "high"]].div(groups["active"], axis=0)
        table.insert(0, "customers", groups["active"])
        return Valuation(worth.total, table.sort_values("value", ascending=False).reset_index())


def contract_basis(company: CompanyTables) -> ContractBasis:
    """Read what a valuation needs from the company's contracts."""
    if company.settings.discount_rate == 0:
        raise DataError(
            "Contracts are valued without an end, which needs a discount_rate above 0 in "
            "segkit.toml. Found 0."
        )
    margin, _ = gross_margin(company)
    spells = _spells(company, company.as_of)
    if not spells.loc[~spells["ended"], "revenue"].gt(0).any():
        raise DataError(
            f"None of {len(spells):,} accounts has a running contract with revenue on "
            f"{company.as_of.date()}, so there is nobody to value. Check end, mrr and as_of."
        )
    assumptions = Assumptions(margin or 1.0, company.settings.discount_rate, None)
    return ContractBasis(spells, assumptions, company.settings.currency)


def from_contracts(company: CompanyTables) -> Answer:
    """Value every account that has a running contract."""
    basis = contract_basis(company)
    worth = basis.worth(basis.assumptions)
    table, currency = _table(company, basis, worth), basis.currency
    check, unchecked = _check(company, basis)
    return Answer(
        status="answered",
        headline=_headline(worth, len(table), company.as_of, basis),
        estimate=float(worth.total["value"]),
        interval=(float(worth.total["low"]), float(worth.total["high"])),
        unit=currency,
        table=table,
        pictures=(
            by_group(worth, currency),
            concentration(worth.customers.loc[~basis.spells["ended"], "value"], currency),
            slipping(table, worth, currency),
            survival(worth),
            *check,
        ),
        method=_METHOD.format(
            rate=share(basis.assumptions.discount_rate), as_of=company.as_of.date()
        ),
        sources=_SOURCES,
        caveats=(
            gross_margin(company)[1],
            *_never_ran(company),
            *worth.notes,
            *unchecked,
            *_acquisition(company, worth, currency),
        ),
    )


def gross_margin(company: CompanyTables) -> tuple[float | None, str]:
    """Give the share of revenue that is kept, None where it is not known, and where it is from.

    Raises
    ------
    DataError
        If the invoices leave nothing.
    """
    stated = company.settings.gross_margin
    if stated is not None:
        return stated, f"Gross margin of {share(stated)} as set in segkit.toml."
    invoices = company.tables.get("invoices")
    if invoices is not None and "cost" in invoices:
        known = invoices.dropna(subset=["amount", "cost"])
        amount, cost = float(known["amount"].sum()), float(known["cost"].sum())
        if amount > 0:
            if cost >= amount:
                raise DataError(
                    f"The invoices charge {amount:,.0f} and cost {cost:,.0f}: no margin is left to "
                    "value customers by. Check invoices.cost, or set gross_margin in segkit.toml."
                )
            return 1 - cost / amount, (
                f"Gross margin of {share(1 - cost / amount)} as invoiced: amounts less cost."
            )
    return None, "Gross margin is not known: the values are revenue. Set gross_margin."


def _spells(company: CompanyTables, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row an account as known on a day: years stayed, whether it left, revenue, group."""
    contracts = company["contracts"]
    spells = contract_durations(
        contracts,
        end="end" if "end" in contracts else None,
        as_of=as_of,
        customer="account_id",
        margin="mrr",
    )
    spells = spells.rename(columns={"margin": "revenue"}).fillna({"revenue": 0.0})
    return spells.assign(group=_groups(company, spells.index))


def _ends_before_start(contracts: pd.DataFrame) -> pd.Series[bool]:
    """Find contracts that never ran: cancelled before the first day, or mistyped."""
    if "end" not in contracts:
        return pd.Series(data=False, index=contracts.index)
    return contracts["end"] < contracts["start"]


def _never_ran(company: CompanyTables) -> tuple[str, ...]:
    never = _ends_before_start(company["contracts"])
    if not never.any():
        return ()
    accounts = company["contracts"].loc[never, "account_id"].drop_duplicates()
    note = (
        f"{counted(never.sum(), 'contract')} left out, for the end lies before the start (first "
        f"accounts: {', '.join(accounts.astype(str)[:5])})."
    )
    return (note,)


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


def _table(company: CompanyTables, basis: ContractBasis, worth: ContractValue) -> pd.DataFrame:
    spells, each = basis.spells, worth.customers
    # Where a customer is worth thousands, cents would only feign precision.
    cents = 0 if each["value"].max() >= _THOUSANDS else 2
    valued = pd.DataFrame(
        {
            "segment": each["group"],
            **_rounded(each[["value", "low", "high"]], cents),
            "monthly_margin": (spells["revenue"] * basis.assumptions.margin).round(2),
            "years_so_far": spells["duration"].round(2),
            "yearly_churn": each["group"].map(worth.groups["churn"]).round(4),
        }
    )
    loss = valued[["value"]].mul(valued["yearly_churn"], axis=0)
    valued["expected_loss"] = _rounded(loss, cents)["value"]
    return account_list(company, valued[~spells["ended"]])


def _rounded(amounts: pd.DataFrame, cents: int) -> pd.DataFrame:
    return amounts.round(cents) if cents else amounts.round().astype("int64")


def _headline(worth: ContractValue, customers: int, day: pd.Timestamp, basis: ContractBasis) -> str:
    groups = worth.groups.sort_values("churn")
    own = groups[~groups["pooled"]]
    if own.empty or len(groups) == 1:
        churn = f"{share(groups['churn'].iloc[0])} leave a year"
    else:
        churn = f"{share(own['churn'].iloc[0])} leave a year among {own.index[0]}"
    if len(own) > 1:
        churn += f", {share(own['churn'].iloc[-1])} among {own.index[-1]}"
    when = f"from {day.date()} on"
    words = base_worth(worth.total, customers, when, basis.currency, basis.assumptions.margin)
    return f"{words}; {churn}."


def _check(
    company: CompanyTables, basis: ContractBasis
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Fit on what was known a year ago, and compare the year since with the forecast."""
    day = company.as_of - pd.DateOffset(years=1)
    nobody = f"The forecast is not checked: nobody was a customer on {day.date()}."
    try:
        past = _spells(company, day)
    except DataError:
        return (), (nobody,)
    present = past.index[~past["ended"]]
    if present.empty:
        return (), (nobody,)
    try:
        then = ContractBasis(past, basis.assumptions, basis.currency).worth(basis.assumptions)
    except DataError as refusal:
        return (), (f"The forecast is not checked on a year held out: {refusal}",)
    left = basis.spells["ended"].reindex(present).groupby(past.loc[present, "group"]).sum()
    return (foretold(then, left, day),), ()


def _acquisition(company: CompanyTables, worth: ContractValue, currency: str) -> tuple[str, ...]:
    """Compare a new customer's value with all that was spent to win customers, where known."""
    costs: Any = company.tables.get("gtm_costs")
    # With deals A4 sets the costs against the customers they won: one figure, not two.
    if costs is None or costs["month"].dropna().empty or "opportunities" in company.tables:
        return ()
    first, months = costs["month"].min(), costs["month"].nunique()
    end = costs["month"].max() + pd.DateOffset(months=1)
    starts = company["contracts"].groupby("account_id")["start"].min()
    starts = starts.reindex(worth.customers.index)
    new = worth.customers.loc[starts.index[(starts >= first) & (starts < end)], "group"]
    spent = float(costs["amount"].sum())
    if new.empty or spent <= 0:
        return ()
    value, cost = float(new.map(worth.groups["new_customer"]).mean()), spent / len(new)
    note = (
        f"LTV:CAC is about {value / cost:.1f}: a new customer is worth {money(value, currency)} "
        f"and cost {money(cost, currency)}, all marketing and sales spending (months: "
        f"{count(months)}) over {count(len(new))} new customers."
    )
    return (note,)
