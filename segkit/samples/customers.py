"""Customers: contracts, invoices and use.

An account that leaves ends all its contracts on one day. Lifetimes are exponential with the
constant churn of the account's segment, from the first day of its first contract, and cut at the
as-of date; nothing else moves them. Customers are some 600 won before the history begins, and the
accounts of the deals won since; a customer may add other modules in its first months, without a
deal. All modules together cost the account its wallet times its share of wallet, a year.

Partners hold one running contract each, scaled so that together they buy 30 % of the licences.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.samples.accounts import STRATA
from segkit.samples.deals import PRODUCTS
from segkit.samples.streams import (
    AS_OF,
    WINDOW_START,
    Flags,
    Floats,
    Ints,
    codes,
    dates,
    first_days,
    money,
    month_of,
    scaled,
    stream,
)

__all__ = [
    "CHURN",
    "MARGIN",
    "PARTNER_SHARE",
    "add_partner_contracts",
    "add_status",
    "draw_contracts",
    "draw_invoices",
    "draw_usage",
    "price_deals",
]

CHURN = {
    "school systems": 0.12,
    "community colleges": 0.18,
    "public universities": 0.10,
    "private universities": 0.08,
}
"""Share of the customers of a segment that leave within a year."""
MARGIN = 0.78
"""Share of an invoice that is left after the cost of delivery."""
PARTNER_SHARE = 0.30
"""Share of the running licences, by monthly revenue, that partners buy to sell on."""

_PRODUCT_WEIGHT = np.array([0.40, 0.28, 0.20, 0.12])
_EXTRA_CHANCE = 0.60
_SAME_DAY = 0.5
_LATEST_EXTRA = 540
_LEGACY_FROM = int(np.datetime64("2018-07-01", "D").astype(int))
_USAGE_MONTHS = 24
_LAST_MONTH = int(month_of(AS_OF))


def price_deals(seed: int, accounts: pd.DataFrame, deals: pd.DataFrame) -> None:
    """Price the deals: the value of the first year if the account bought the product."""
    won = (deals["outcome"] == "won").to_numpy()
    paid = _monthly(accounts, _held(seed, accounts, deals, won))
    offered = _monthly(accounts, _held(seed, accounts, deals, np.ones_like(won)))
    monthly = np.where(paid > 0, paid, offered)[deals["row"], deals["item"]]
    deals["value"] = money(12 * monthly)


def _held(seed: int, accounts: pd.DataFrame, deals: pd.DataFrame, bought: Flags) -> Flags:
    """Tell which modules each account holds if it buys in the deals flagged, and only there."""
    extra = stream(seed, "contracts.extra").random_sample((len(accounts), len(PRODUCTS)))
    held = extra < _EXTRA_CHANCE
    held[deals["row"], deals["item"]] = bought
    return held


def _monthly(accounts: pd.DataFrame, held: Flags) -> Floats:
    """Split an account's spend over its modules: dollars a month."""
    spend = (accounts["wallet"] * accounts["wallet_share"]).to_numpy() / 12
    weight = held * _PRODUCT_WEIGHT
    return money(spend[:, None] * weight / weight.sum(axis=1, keepdims=True).clip(0.01))


def draw_contracts(
    seed: int, scale: float, accounts: pd.DataFrame, deals: pd.DataFrame
) -> pd.DataFrame:
    """Draw the contracts of end users, oldest first.

    Latent columns: `row` in accounts, `item`, days `begin` and `leaves`, and `running`.
    """
    bought = pd.concat([_legacy(seed, scale, accounts, deals), _signed(seed, accounts, deals)])
    held = _held(seed, accounts, deals, (deals["outcome"] == "won").to_numpy())
    held[bought["row"], bought["item"]] = True
    monthly = _monthly(accounts, held)
    lives = _lives(seed, accounts, bought)
    begin = _beginnings(seed, lives, bought, len(accounts))
    row, item = np.nonzero(held & (begin < np.inf))
    frame = pd.DataFrame({"row": row, "item": item, "begin": begin[row, item].astype(int)})
    frame["leaves"] = lives["leaves"].reindex(row).to_numpy()
    frame = frame[frame["begin"] <= np.minimum(frame["leaves"], AS_OF)]
    frame = frame.sort_values(["begin", "row", "item"], ignore_index=True)
    frame["running"] = frame["leaves"] > AS_OF
    frame["mrr"] = monthly[frame["row"], frame["item"]]
    frame["account_id"] = accounts["account_id"].to_numpy()[frame["row"]]
    frame["segment"] = accounts["segment"].to_numpy()[frame["row"]]
    return _finished(frame)


def _legacy(seed: int, scale: float, accounts: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Draw the customers won before the history begins, and what they bought first."""
    rng = stream(seed, "contracts.legacy")
    free = np.ones(len(accounts), dtype=bool)
    free[deals["row"]] = False
    chosen = []
    for number, stratum in enumerate(STRATA):
        rows = np.flatnonzero(free & (accounts["stratum"] == number).to_numpy())
        chosen.append(rng.permutation(rows)[: scaled(stratum.legacy, scale)])
    row = np.concatenate(chosen)
    mix = np.array([stratum.mix for stratum in STRATA])[accounts["stratum"].to_numpy()[row]]
    item = (rng.random_sample(len(row))[:, None] >= mix.cumsum(axis=1)[:, :-1]).sum(axis=1)
    start = _LEGACY_FROM + rng.random_sample(len(row)) * (WINDOW_START - _LEGACY_FROM)
    return pd.DataFrame({"row": row, "item": item, "start": start.astype(int)})


def _signed(seed: int, accounts: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Start what was won: next day, or weeks later where the payroll is outsourced today."""
    rng = stream(seed, "contracts.start")
    won = deals[deals["outcome"] == "won"]
    outsourced = accounts["payroll_outsourced"].to_numpy(bool)[won["row"]]
    long = np.clip(45 * np.exp(0.3 * rng.normal(size=len(won))), 12, 150).round().astype(int)
    short = 1 + (rng.random_sample(len(won)) > 0.8)
    start = won["ended"] + np.where(outsourced, long, short)
    return pd.DataFrame({"row": won["row"], "item": won["item"], "start": start})


def _lives(seed: int, accounts: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """Draw for each customer the first day and the day it leaves, by row of accounts."""
    first = bought.groupby("row")["start"].min()
    churn = accounts["segment"].map(CHURN).to_numpy(float)[first.index]
    years = stream(seed, "contracts.life").exponential(size=len(first)) / -np.log1p(-churn)
    leaves = first + np.ceil(years * 365.25).astype(int)
    return pd.DataFrame({"first": first, "leaves": leaves})


def _beginnings(seed: int, lives: pd.DataFrame, bought: pd.DataFrame, accounts: int) -> Floats:
    """Date every module a customer might hold; infinite for accounts that never bought."""
    rng = stream(seed, "contracts.begin")
    shape = (accounts, len(PRODUCTS))
    later = 30 + rng.random_sample(shape) * (_LATEST_EXTRA - 30)
    delay = np.where(rng.random_sample(shape) < _SAME_DAY, 0.0, np.floor(later))
    first = lives["first"].reindex(range(accounts)).to_numpy(float, na_value=np.inf)
    begin = first[:, None] + delay
    begin[bought["row"], bought["item"]] = bought["start"]
    return begin


def _finished(frame: pd.DataFrame) -> pd.DataFrame:
    """Fill the columns of the schema from the latent ones."""
    frame["module"] = np.array(PRODUCTS, dtype=object)[frame["item"]]
    frame["start"] = dates(frame["begin"])
    frame["end"] = dates(frame["leaves"].clip(upper=AS_OF), ~frame["running"])
    return frame


def add_partner_contracts(
    seed: int, contracts: pd.DataFrame, partners: pd.DataFrame
) -> pd.DataFrame:
    """Append a running contract of each partner account, and number all contracts."""
    rng = stream(seed, "contracts.partner")
    size = np.exp(0.6 * rng.normal(size=len(partners)))
    end_users = contracts.loc[contracts["running"], "mrr"].sum()
    total = end_users * PARTNER_SHARE / (1 - PARTNER_SHARE)
    begin = _LEGACY_FROM + rng.random_sample(len(partners)) * (WINDOW_START - _LEGACY_FROM)
    bought = pd.DataFrame(
        {
            "account_id": partners["account_id"],
            "item": (rng.random_sample(len(partners)) * len(PRODUCTS)).astype(int),
            "begin": begin.astype(int),
            "leaves": AS_OF + 1,
            "running": True,
            "mrr": money(total * size / size.sum()),
        }
    )
    frame = pd.concat([contracts, _finished(bought)], ignore_index=True)
    frame = frame.sort_values(["begin", "account_id", "item"], ignore_index=True)
    frame["contract_id"] = codes("C", len(frame))
    return frame


def add_status(accounts: pd.DataFrame, contracts: pd.DataFrame, deals: pd.DataFrame) -> None:
    """Say who is a customer, who was one and who never was.

    An account that has signed and not begun yet is a customer already.
    """
    known = accounts["account_id"]
    signed = deals.loc[deals["outcome"] == "won", "account_id"]
    left = known.isin(contracts.loc[~contracts["running"], "account_id"])
    customer = known.isin(contracts.loc[contracts["running"], "account_id"]) | known.isin(signed)
    accounts["status"] = np.select([left, customer], ["former customer", "customer"], "prospect")


def _monthly_rows(contracts: pd.DataFrame, first_month: int) -> tuple[Ints, Ints]:
    """List (contract, month) for every month whose first day the contract was in force."""
    begin = month_of(contracts["begin"].to_numpy() - 1) + 1
    last = month_of(contracts["leaves"].clip(upper=AS_OF).to_numpy())
    begin = np.maximum(begin, first_month)
    length = np.maximum(last - begin + 1, 0)
    row = np.repeat(np.arange(len(contracts)), length)
    month = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length) + begin[row]
    return row, month


def draw_invoices(seed: int, contracts: pd.DataFrame) -> pd.DataFrame:
    """Bill every contract on the first day of each month of the history it is in force."""
    rng = stream(seed, "invoices")
    row, month = _monthly_rows(contracts, int(month_of(WINDOW_START)))
    frame = contracts.loc[row, ["account_id", "contract_id", "module", "segment"]]
    frame = frame.reset_index(drop=True)
    frame["month"] = dates(first_days(month))
    frame["amount"] = contracts["mrr"].to_numpy()[row]
    share = (1 - MARGIN) * (0.8 + 0.4 * rng.random_sample(len(row)))
    frame["cost"] = money(frame["amount"] * share)
    frame = frame.sort_values(["month", "contract_id"], ignore_index=True)
    frame["invoice_id"] = codes("I", len(frame))
    return frame


_REACH = np.array([0.25, 0.06, 0.18, 0.45])
_ACTIONS = np.array([9.0, 30.0, 5.0, 14.0])


def draw_usage(seed: int, contracts: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Draw the use of each module by end users, month by month over two years."""
    rng = stream(seed, "usage_monthly")
    own = contracts[contracts["segment"].notna()].reset_index(drop=True)
    row, month = _monthly_rows(own, _LAST_MONTH - _USAGE_MONTHS + 1)
    account = own["row"].to_numpy(int)[row]
    item = own["item"].to_numpy()[row]
    keen = np.exp(0.5 * rng.normal(size=len(accounts)))[account]
    staff = accounts["employees"].to_numpy(float)[account]
    people = np.clip(staff * _REACH[item] * keen / 1.5, 1, staff)
    frame = own.loc[row, ["account_id", "module"]].reset_index(drop=True)
    frame["month"] = dates(first_days(month))
    frame["active_users"] = np.minimum(rng.poisson(people), staff).astype(int)
    frame["events"] = rng.poisson(frame["active_users"] * _ACTIONS[item] * np.sqrt(keen))
    frame["tickets"] = rng.poisson(0.3 + 0.2 * np.sqrt(people))
    return frame.sort_values(["account_id", "month", "module"], ignore_index=True)
