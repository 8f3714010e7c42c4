"""S1: the ways of segmenting that the tables allow, and what the others would take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.segments.customers import customer_rows, end_users
from segkit.answers.wording import count, share
from segkit.charts import Picture, bars, intervals
from segkit.errors import DataError
from segkit.segments import geography
from segkit.tables import CompanyTables

__all__ = ["possible_ways"]

_ENOUGH = 0.5
_RESPONDENTS = 200
_REGIONS = 12
_METHOD = (
    "Each way of segmenting needs something known of most customers: it is possible where one of "
    "its sources covers at least half of them. What is missing is named with what it takes: a "
    "look-up, an export of your own systems, or primary research."
)
_SOURCES = ("Kotler & Keller, Marketing Management (bases of segmentation)",)


@dataclass(frozen=True)
class _Source:
    """Where a way of segmenting finds its facts; `table.column` pairs, any of which is enough."""

    way: str
    source: str
    fields: tuple[str, ...]
    takes: str
    effort: str


_LOOK_UP, _EXPORT, _RESEARCH = "look-up", "own export", "primary research"
_FOUND = (
    _Source(
        "geographic", "place", ("accounts.state", "accounts.metro"), "their addresses", _LOOK_UP
    ),
    _Source("firmographic", "industry", ("accounts.segment",), "an industry code each", _LOOK_UP),
    _Source(
        "firmographic",
        "size",
        ("accounts.employees", "accounts.budget"),
        "staff from registers or a data vendor",
        _LOOK_UP,
    ),
    _Source(
        "behavioural",
        "purchases",
        ("contracts.account_id", "invoices.account_id", "orders.account_id"),
        "contracts, invoices or orders from billing",
        _EXPORT,
    ),
    _Source(
        "behavioural",
        "use",
        ("usage_monthly.account_id", "users.account_id"),
        "monthly use by account from the product",
        _EXPORT,
    ),
    _Source(
        "behavioural",
        "response to sales",
        ("opportunities.account_id",),
        "deals by account from the CRM",
        _EXPORT,
    ),
    _Source(
        "value-based",
        "needs",
        ("odi_survey.user_id",),
        f"a survey of some {_RESPONDENTS} customers on 20 to 30 outcomes",
        _RESEARCH,
    ),
    _Source(
        "value-based",
        "attitude to us",
        ("nps_survey.account_id",),
        f"a survey of some {_RESPONDENTS} customers",
        _RESEARCH,
    ),
)


def possible_ways(company: CompanyTables) -> Answer:
    """Answer S1: which of the four ways of segmenting these tables allow."""
    customers, notes = _customers(company)
    table = pd.DataFrame([_row(company, source, customers) for source in _FOUND])
    best = table.groupby("way", sort=False)["covered"].max()
    ways = best.index[best >= _ENOUGH].tolist()
    return Answer(
        status="answered",
        headline=_headline(table, ways, best.index.tolist(), len(customers)),
        estimate=float(len(ways)),
        unit=f"of {len(best)} ways",
        table=table,
        pictures=(_coverage(table, len(customers)), *_places(company, customers)),
        method=_METHOD,
        sources=_SOURCES,
        caveats=notes,
    )


def _customers(company: CompanyTables) -> tuple[pd.Index, tuple[str, ...]]:
    """List paying end users; where nobody is known to pay, every end user."""
    try:
        rows, notes = customer_rows(company)
    except DataError:
        rows, notes = end_users(company)
        if rows.empty:
            raise
        notes += ("Who pays is not known: all accounts count as customers.",)
    return rows.index, notes


def _row(company: CompanyTables, source: _Source, customers: pd.Index) -> dict[str, object]:
    known = {one for field in source.fields for one in _ids(company, field)}
    covered = float(customers.isin(list(known)).mean())
    enough = covered >= _ENOUGH
    status = "possible" if enough else "partly" if covered > 0 else "missing"
    return {
        "way": source.way,
        "source": source.source,
        "covered": round(covered, 4),
        "status": status,
        "it takes": "nothing more" if enough else source.takes,
        "effort": "none" if enough else source.effort,
    }


def _ids(company: CompanyTables, field: str) -> Iterator[str]:
    """Give the accounts for which a column holds a value."""
    name, column = field.split(".")
    table = company.tables.get(name)
    if table is None or column not in table:
        return
    if name == "odi_survey":
        users = company.tables.get("users")
        if users is None or "account_id" not in users:
            return
        asked = users[users["user_id"].isin(table["user_id"])]
        yield from asked["account_id"].dropna()
    elif "account_id" in table:
        yield from table.loc[table[column].notna(), "account_id"].dropna()


def _headline(table: pd.DataFrame, ways: list[str], every: list[str], customers: int) -> str:
    lost = [way for way in every if way not in ways]
    if not lost:
        return (
            f"All {len(every)} ways of segmenting are open to us: each has a source that covers "
            f"at least {share(_ENOUGH)} of our {count(customers)} customers."
        )
    found = f"{len(ways)} of {len(every)} ways of segmenting are open: {', '.join(ways)}"
    takes = "; ".join(
        f"{way} takes {table[table['way'] == way].nlargest(1, 'covered')['it takes'].iloc[0]}"
        for way in lost
    )
    return f"{found if ways else 'No way of segmenting is open yet'}; {takes}."


def _coverage(table: pd.DataFrame, customers: int) -> Picture:
    full = table[table["status"] == "possible"]
    return Picture(
        title="What we know of our customers",
        finding=(
            f"{len(full)} of {len(table)} sources cover at least {share(_ENOUGH)} of "
            f"{count(customers)} customers; the thinnest is "
            f"{table.nsmallest(1, 'covered')['source'].iloc[0]} "
            f"({share(float(table['covered'].min()))})."
        ),
        table=table,
        draw=partial(
            bars,
            name="source",
            value="covered",
            group="way",
            axis="share of customers for whom it is known",
            tickformat=".0%",
            level=(_ENOUGH, "enough"),
        ),
    )


def _places(company: CompanyTables, customers: pd.Index) -> tuple[Picture, ...]:
    """Draw where we are stronger than the market is: the geographic way at work."""
    accounts, _ = end_users(company)
    if (
        "state" not in accounts
        or accounts["state"].nunique() < 2
        or len(accounts) == len(customers)
    ):
        return ()
    weight = accounts["weight"] if "weight" in accounts else pd.Series(1.0, index=accounts.index)
    universe = weight.fillna(1.0).clip(lower=1.0).groupby(accounts["state"]).sum()
    found = geography(accounts.loc[customers].reset_index(), region="state", universe=universe)
    table = found.regions.head(_REGIONS).sort_values("quotient", ascending=False)
    apart = table[table["judgement"] != "as expected"]
    finding = "In no state are we clearly stronger or weaker than the market is there."
    if len(apart):
        finding = f"We stand out in {', '.join(apart['region'])}; elsewhere we follow the market."
    balance = found.balance.set_index("measure").loc["customers"]
    finding += (
        f" Territories by state are uneven: the fullest holds {balance['max_min']:.1f} times the "
        f"customers of the emptiest, as if {balance['effective']:.0f} of {len(found.regions)} "
        "counted."
    )
    names = ["region", "customers", "density", "quotient", "quotient_low", "quotient_high"]
    names.append("judgement")
    return (
        Picture(
            title="Where our customers are, against the market",
            finding=finding,
            table=table[names].round(3).reset_index(drop=True),
            draw=partial(
                intervals,
                name="region",
                estimate="quotient",
                low="quotient_low",
                high="quotient_high",
                axis="location quotient: our share there / the market's share there",
                level=(1.0, "as the market"),
            ),
        ),
    )
