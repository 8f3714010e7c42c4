"""A3: what each account could spend, what share of it comes to us, and what it does not buy yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.accounts.account_rows import yearly_spend
from segkit.answers.answer import Answer
from segkit.answers.segments.customers import end_users, payments, recent
from segkit.answers.wording import between, count, money, share
from segkit.charts import Picture, bars
from segkit.errors import DataError
from segkit.scoring import Wallet, wallet, white_space
from segkit.tables import CompanyTables

__all__ = ["Potential", "potential_of", "potential_spend"]

_QUANTILE = 0.9
_MOST = 12
_METHOD = (
    "Wallet: what one customer in ten of the same segment and size reaches or exceeds a year "
    "(quantile regression of the logarithm of spend at 0.9, {n} customers). Held out in five "
    "folds, {below} spend less than their wallet ({ends}; 90 % wanted), and {skill} of the pinball "
    "loss of one figure for all is saved. Headroom: wallet - spend. Intervals are "
    "those of the quantile (90 %); sums take all accounts to err together. {bias}"
)
_UNSEEN = (
    "What accounts buy from others is not seen: a wallet rests on the best of our own customers. "
    "Check the largest with those who know them."
)
_SOURCES = (
    "Rosset, Perlich et al. 2005; Perlich et al. 2007 (wallet as a high conditional quantile)",
    "Koenker & Bassett 1978 (quantile regression)",
)


@dataclass(frozen=True, eq=False)
class Potential:
    """The wallet of every end user, by id, and the accounts and spend it was made of."""

    accounts: pd.DataFrame
    spend: pd.Series[float]
    found: Wallet
    notes: tuple[str, ...]


def potential_of(company: CompanyTables) -> Potential:
    """Estimate the wallet of every end user.

    Raises
    ------
    DataError
        If too few customers paid for a whole year.
    """
    accounts = end_users(company)[0].dropna(subset=["segment", "employees"])
    if accounts.empty:
        raise DataError("No end user has a segment and employees: wallets compare like ones.")
    spend, notes = yearly_spend(company)
    spend = spend.reindex(accounts.index)
    rows = accounts[["segment", "employees"]].assign(spend=spend)
    return Potential(accounts, spend, wallet(rows, "spend", quantile=_QUANTILE), notes)


def potential_spend(company: CompanyTables) -> Answer:
    """Answer A3: wallet, share of wallet and headroom of every account."""
    made = potential_of(company)
    found, currency = made.found, company.settings.currency
    table = _table(company, made)
    buys = table[table["spend"] > 0]
    room = [float((buys[end] - buys["spend"]).clip(lower=0).sum()) for end in ("low", "high")]
    headroom = float(buys["headroom"].sum())

    def amount(value: float) -> str:
        return money(value, currency)

    rest = table[table["spend"] == 0]
    words = (
        f"{count(len(buys))} customers spend {amount(buys['spend'].sum())} a year with us and "
        f"could spend {amount(headroom)} more ({between(room[0], room[1], amount)})"
    )
    if len(rest):
        words += f"; {count(len(rest))} other accounts could spend {amount(rest['wallet'].sum())}"
    return Answer(
        status="answered",
        headline=f"{words}.",
        estimate=headroom,
        interval=(room[0], room[1]),
        unit=f"{currency} a year of headroom with customers",
        table=table,
        pictures=(_headroom(buys, currency), *_white_space(company, made, currency)),
        method=_METHOD.format(
            n=count(found.n),
            below=share(found.below),
            ends=between(*found.below_interval, share),
            skill=share(found.skill),
            bias=found.bias,
        ),
        sources=_SOURCES,
        caveats=(
            _UNSEEN,
            *made.notes,
            *found.notes,
        ),
    )


def _table(company: CompanyTables, made: Potential) -> pd.DataFrame:
    found = made.found.table
    names = [name for name in ("name", "segment", "status") if name in made.accounts]
    paid = recent(company, payments(company)).groupby("account_id")["amount"].sum()
    # Whoever paid in a part of the year has a wallet too, but no yearly spend to compare with it.
    started = made.spend.isna() & (paid.reindex(made.spend.index) > 0)
    table = made.accounts[names].join(found)
    table.loc[started, ["spend", "share_of_wallet", "headroom"]] = np.nan
    table = table.round({"spend": 2, "wallet": 0, "low": 0, "high": 0, "headroom": 0})
    table["share_of_wallet"] = table["share_of_wallet"].round(4)
    table = table.rename_axis("account_id").reset_index()
    return table.sort_values(["headroom", "account_id"], ascending=[False, True], ignore_index=True)


def _headroom(buys: pd.DataFrame, currency: str) -> Picture:
    top = buys.head(_MOST)
    name = "name" if "name" in top else "account_id"
    part = top["headroom"].sum() / max(buys["headroom"].sum(), 1e-9)
    kept = ["account_id", "spend", "wallet", "low", "high", "share_of_wallet", "headroom"]
    return Picture(
        title="Customers with most room to grow",
        finding=(
            f"{count(len(top))} of {count(len(buys))} customers hold {share(part)} of the "
            f"headroom; the median customer gives us {share(buys['share_of_wallet'].median())} "
            "of the wallet."
        ),
        table=top[list(dict.fromkeys([name, *kept]))].reset_index(drop=True),
        draw=partial(bars, name=name, value="headroom", axis=f"{currency} a year"),
        about="headroom",
    )


def _white_space(company: CompanyTables, made: Potential, currency: str) -> tuple[Picture, ...]:
    """Sum what customers do not buy yet, product by product."""
    rows = payments(company)
    if "module" not in rows or rows["module"].nunique() < 2:
        return ()
    rows = recent(company, rows)
    rows = rows[rows["account_id"].isin(made.spend.dropna().index)]
    gaps = white_space(
        rows,
        account="account_id",
        product="module",
        amount="amount",
        wallets=made.found.table["wallet"],
    )
    segments = made.accounts["segment"]
    empty = gaps[gaps["amount"] == 0].assign(segment=lambda part: part["account"].map(segments))
    if empty.empty:
        return ()
    by = empty.groupby(["product", "segment"])
    table = by.agg(customers_without=("account", "size"), potential=("gap", "sum")).reset_index()
    table["what"] = table["product"] + ", " + table["segment"]
    table = table.sort_values("potential", ascending=False, ignore_index=True).round(0)
    top = table.iloc[0]
    return (
        Picture(
            title="White space: what customers do not buy yet",
            finding=(
                f"Most lies in {top['product']} for {top['segment']}: "
                f"{money(top['potential'], currency)} a year from "
                f"{count(top['customers_without'])} customers without it."
            ),
            table=table[["what", "product", "segment", "customers_without", "potential"]].head(
                _MOST
            ),
            draw=partial(bars, name="what", value="potential", axis=f"{currency} a year"),
            about="white space",
        ),
    )
