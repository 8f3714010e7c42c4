"""One row for each customer: what it is, what it does, what it needs and what it pays."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from segkit.errors import DataError
from segkit.tables import CompanyTables

__all__ = [
    "DESCRIPTORS",
    "Basis",
    "bases",
    "customer_rows",
    "end_users",
    "payments",
    "recent",
    "running",
    "share_of_wallet",
]

DESCRIPTORS = (
    "segment",
    "subsegment",
    "state",
    "metro",
    "employees",
    "enrolment",
    "budget",
    "growth",
    "central_hr",
    "payroll_outsourced",
    "hris_in_place",
    "board_approval",
    "cloud_policy",
    "union",
)
_MONTHS = 12
_BEST = 0.9  # spend per employee that one in ten reaches: what could be spent
_LEAST_PEERS = 10
_NEED = re.compile(
    r"^(minimi[sz]e|maximi[sz]e|reduce|increase|improve)\s+the\s+"
    r"(time(\s+it\s+takes)?|likelihood|effort|number|risk|ability|chance)\s+(of|to|that)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Basis:
    """Columns by which customers can be grouped.

    Attributes
    ----------
    name : str
        What the columns are about: "needs", "use", "purchases" or "firmographics".
    rows : DataFrame
        One row a customer, its id as index.
    centred : bool
        A customer's numbers are taken against its own mean (answers on one scale).
    """

    name: str
    rows: pd.DataFrame
    centred: bool = False

    def prepared(self) -> pd.DataFrame:
        """Give the columns to group by."""
        return self.rows.sub(self.rows.mean(axis=1), axis=0) if self.centred else self.rows


def end_users(company: CompanyTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """List the accounts that use the product themselves, by id, and say who was left out."""
    accounts = company.tables.get("accounts")
    if accounts is None:
        return pd.DataFrame(), ("There is no table accounts: nobody knows who sells on.",)
    accounts = accounts.set_index("account_id")
    if "party_type" not in accounts or accounts["party_type"].isna().all():
        return accounts, (
            "Channel and end users are not told apart: accounts.party_type is empty.",
        )
    partners = accounts["party_type"] == "partner"
    note = f"{int(partners.sum()):,} partners are left out: they sell on."
    return accounts[~partners], (note,) if partners.any() else ()


def payments(company: CompanyTables) -> pd.DataFrame:
    """List what accounts paid: `account_id, month, amount`, and `cost` where it is known.

    Raises
    ------
    DataError
        If there are neither invoices nor orders.
    """
    if "invoices" in company.tables:
        return company["invoices"].dropna(subset=["amount"])
    if "orders" in company.tables:
        orders = company["orders"].dropna(subset=["amount"])
        return orders.assign(month=orders["date"].dt.to_period("M").dt.to_timestamp())
    raise DataError("There are neither invoices nor orders: what was paid is not known.")


def recent(company: CompanyTables, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the last twelve months."""
    return rows[rows["month"] > company.as_of - pd.DateOffset(months=_MONTHS)]


def running(company: CompanyTables, day: pd.Timestamp) -> pd.DataFrame:
    """List the contracts that run on a day; without a last day they run on."""
    contracts = company["contracts"]
    begun = contracts[contracts["start"] <= day]
    return begun[~(begun["end"] <= day)] if "end" in begun else begun


def customer_rows(company: CompanyTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give each paying end user's descriptors and yearly `revenue`, by id, with notes.

    Revenue is 12 x the monthly price of running contracts; without contracts, what was paid in
    the last twelve months.

    Raises
    ------
    DataError
        If nobody pays.
    """
    accounts, notes = end_users(company)
    revenue = _revenue(company)
    if len(accounts):
        revenue = revenue[revenue.index.isin(accounts.index)]
    revenue = revenue[revenue > 0]
    if revenue.empty:
        raise DataError("No end user pays anything in the last twelve months.")
    known = [name for name in DESCRIPTORS if name in accounts and accounts[name].notna().any()]
    rows = accounts.reindex(revenue.index)[known].assign(revenue=revenue)
    return rows.rename_axis("account_id"), notes


def _revenue(company: CompanyTables) -> pd.Series[float]:
    if "contracts" in company.tables:
        return 12 * running(company, company.as_of).groupby("account_id")["mrr"].sum()
    return recent(company, payments(company)).groupby("account_id")["amount"].sum()


def share_of_wallet(rows: pd.DataFrame) -> pd.Series[float] | None:
    """Estimate what share of its possible spend a customer spends with us.

    Possible spend is employees x the spend per employee that one customer in ten of the same
    segment reaches; None where segment or employees are not known.
    """
    if not {"segment", "employees"} <= set(rows):
        return None
    staff = rows["employees"].astype("float64")
    each = (rows["revenue"] / staff).where(staff > 0)
    peers = each.groupby(rows["segment"])
    possible = peers.transform(lambda values: values.quantile(_BEST))
    found = (each / possible).clip(upper=1.0).where(peers.transform("count") >= _LEAST_PEERS)
    return found if found.notna().any() else None


def bases(company: CompanyTables, rows: pd.DataFrame) -> tuple[Basis, ...]:
    """Collect the columns by which these customers can be grouped, one basis a kind of column."""
    found = (
        _use(company, rows),
        _purchases(company, rows),
        _needs(company, rows),
        _firmographics(rows),
    )
    return tuple(one for one in found if one is not None and len(one.rows) > 1)


def _use(company: CompanyTables, rows: pd.DataFrame) -> Basis | None:
    """Take the use of the last twelve months, relative to size: size is another basis."""
    usage = company.tables.get("usage_monthly")
    if usage is None or not {"active_users", "events"} <= set(usage):
        return None
    counted = [name for name in ("active_users", "events", "tickets") if name in usage]
    monthly = recent(company, usage).groupby(["account_id", "month"])[counted].sum()
    mean = monthly.astype("float64").groupby("account_id").mean()
    mean = mean[mean.index.isin(rows.index) & (mean["active_users"] > 0)]
    table = pd.DataFrame(index=mean.index)
    if "employees" in rows:
        staff = rows["employees"].reindex(mean.index).astype("float64")
        table["active users per employee"] = (mean["active_users"] / staff).where(staff > 0)
    table["actions per user"] = mean["events"] / mean["active_users"]
    if "tickets" in mean:
        table["tickets per 100 users"] = 100 * mean["tickets"] / mean["active_users"]
    if "module" in usage:
        held = recent(company, usage).groupby("account_id")["module"].nunique()
        table["modules in use"] = held.reindex(table.index).astype("float64")
    return Basis("use", table)


def _purchases(company: CompanyTables, rows: pd.DataFrame) -> Basis | None:
    if "orders" not in company.tables:
        return None
    orders = company["orders"].dropna(subset=["amount"])
    orders = orders[orders["account_id"].isin(rows.index) & (orders["amount"] > 0)]
    groups = orders.groupby("account_id")
    table = pd.DataFrame(
        {
            "days since last order": (company.as_of - groups["date"].max()).dt.days,
            "orders": groups.size(),
            "mean order": groups["amount"].mean(),
        }
    ).astype("float64")
    return Basis("purchases", table)


def _needs(company: CompanyTables, rows: pd.DataFrame) -> Basis | None:
    """Take how far each outcome is from satisfied, one row a customer.

    Opportunity = importance + max(importance - satisfaction, 0) (Ulwick 2002), of each answer.
    """
    survey, users = company.tables.get("odi_survey"), company.tables.get("users")
    if survey is None or users is None or "account_id" not in users:
        return None
    importance = survey["importance"].astype("float64")
    gap = (importance - survey["satisfaction"].astype("float64")).clip(lower=0).fillna(0)
    account = survey["user_id"].map(users.set_index("user_id")["account_id"])
    scored = pd.DataFrame(
        {"account_id": account, "need": _named(company, survey["outcome"]), "o": importance + gap}
    )
    scored = scored[scored["account_id"].isin(rows.index)]
    table = scored.pivot_table(index="account_id", columns="need", values="o", sort=False)
    table.columns = table.columns.map(str)
    return Basis("needs", table.sort_index(), centred=True) if len(table) else None


def _named(company: CompanyTables, outcomes: pd.Series[str]) -> pd.Series[str]:
    """Name outcomes by what they are about: a statement without its direction and measure."""
    jobs = company.tables.get("jobs")
    if jobs is None:
        return outcomes
    words = jobs.set_index("outcome")["statement"].str.replace(_NEED, "", regex=True)
    return outcomes.map(words[~words.duplicated(keep=False)]).fillna(outcomes)


def _firmographics(rows: pd.DataFrame) -> Basis | None:
    """Take what a company is; place is another matter, and a part of a segment repeats it."""
    left_out = {"state", "metro", "subsegment"}
    names = [name for name in DESCRIPTORS if name in rows and name not in left_out]
    return Basis("firmographics", rows[names].rename(columns=_words)) if names else None


def _words(name: str) -> str:
    return name.replace("_", " ")
