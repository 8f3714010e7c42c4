"""What a new customer costs: paid and fully loaded, lagged by the cycle, to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtri

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult
from segkit.scoring.acquisition_books import (
    apportioned,
    balance,
    read_books,
    read_deals,
    usual_lag,
)

__all__ = ["AcquisitionCost", "acquisition_cost", "ltv_to_cac", "payback_months"]

_SHOWN = 5
_ALL = "all"


@dataclass(frozen=True)
class AcquisitionCost(JsonResult):
    """Cost of a new customer by channel.

    Attributes
    ----------
    table : DataFrame
        One row a channel and one for "all": `channel, customers, deals, own, shared, added, total,
        paid, loaded` (a customer) with `low, high`, and where known `payback_months` and
        `ltv_to_cac`.
    groups : DataFrame
        `channel, group, customers, deals, total, loaded, low, high`, where deals have a group
        ("unknown" without one).
    ledger : DataFrame
        `channel, booked, matched, later`: spending in the books, matched to customers here, and of
        the last months, whose customers are not decided yet. To the cent.
    booked : float
        Sum of the books: matched + later.
    lag : int
        Months from spending to customer.
    months : tuple of str
        First and last month of the spending matched.
    confidence : float
    notes : tuple of str
    """

    table: pd.DataFrame
    groups: pd.DataFrame
    ledger: pd.DataFrame
    booked: float
    lag: int
    months: tuple[str, str]
    confidence: float
    notes: tuple[str, ...]


def acquisition_cost(
    costs: Any,
    deals: Any,
    *,
    month: str = "month",
    channel: str = "channel",
    amount: str = "amount",
    closed: str = "closed",
    won: str = "won",
    deal_channel: str | None = None,
    created: str | None = None,
    activity: str | None = None,
    added: str | None = None,
    group: str | None = None,
    monthly_revenue: str | None = None,
    gross_margin: float = 1.0,
    ltv: Mapping[Any, float] | float | None = None,
    shared: Sequence[str] | str = "shared",
    lag: int | None = None,
    confidence: float = 0.9,
) -> AcquisitionCost:
    """Divide spending by the customers it won: paid, and fully loaded, channel by channel.

    Paid is the channel's own spending a customer; fully loaded adds its part of what is shared,
    by activity, and what comes on top, such as a partner's margin. Spending of a month is set
    against customers of `lag` months later.

    Parameters
    ----------
    costs : frame
        Ledger with `month`, `channel`, `amount`; channels in `shared` serve all.
    deals : frame
        One row a decided deal: `closed` (day), `won` (1 or True), its channel.
    month, channel, amount, closed, won : str
        Columns.
    deal_channel : str, optional
        Column of a deal's channel; the same name as in the ledger by default.
    created : str, optional
        Day a deal was opened: gives the lag.
    activity : str, optional
        Touches, hours or the like, by which shared spending is allocated; each deal counts once by
        default.
    added : str, optional
        Cost of the won deal that is in no ledger, such as partner margin.
    group : str, optional
        Such as the segment: cost by channel and group, by activity within the channel.
    monthly_revenue : str, optional
        Of a won deal; gives payback.
    gross_margin : float
        Share of revenue kept, for payback.
    ltv : float or mapping of channel to float, optional
        Lifetime value on margin of a new customer.
    shared : str or sequence of str
        Channels of the ledger that serve several.
    lag : int, optional
        Months; None: the median days from `created` to `closed` of won deals, 0 without `created`.
    confidence : float
        Of intervals: the number of customers that the spending brings is a count (Garwood 1936).

    Raises
    ------
    DataError
        If columns are missing, spending is not matched by any deal, or nobody was won.

    Examples
    --------
    >>> books = pd.DataFrame({
    ...     "month": ["2026-01-01"] * 3, "channel": ["web", "fair", "shared"],
    ...     "amount": [500.0, 900.0, 100.0]})
    >>> sold = pd.DataFrame({"closed": ["2026-01-10"] * 5, "won": [1, 1, 1, 0, 1],
    ...                      "channel": ["web", "web", "fair", "fair", "web"]})
    >>> acquisition_cost(books, sold).table[["channel", "customers", "paid", "loaded"]].round(2)
      channel  customers    paid  loaded
    0     web          3  166.67  186.67
    1    fair          1  900.00  940.00
    2     all          4  350.00  375.00
    """
    check_share("confidence", "acquisition_cost", confidence)
    if not 0 < gross_margin <= 1:
        raise ParameterError("gross_margin", "acquisition_cost", "a share in (0, 1]", gross_margin)
    if lag is not None and (not isinstance(lag, int) or lag < 0):
        raise ParameterError("lag", "acquisition_cost", "an int in the range [0, inf)", lag)
    books = read_books(costs, month, channel, amount)
    optional = {"created": created, "activity": activity, "added": added, "group": group,
                "revenue": monthly_revenue}  # fmt: skip
    named = {"closed": closed, "won": won, "channel": deal_channel or channel}
    taken, notes = read_deals(deals, named | {k: v for k, v in optional.items() if v is not None})
    common = {shared} if isinstance(shared, str) else set(shared)
    months = usual_lag(taken) if lag is None else lag
    first, last = books["month"].min() + months, min(books["month"].max() + months,
                                                     taken["month"].max())  # fmt: skip
    window = taken[taken["month"].between(first, last)]
    if outside := len(taken) - len(window):
        notes = (*notes, f"{outside:,} deals were not decided from {first} to {last}: left out.")
    if not window["won"].any():
        raise DataError(
            f"No deal was won from {first} to {last}: a lag of {months} months after the spending "
            f"of {books['month'].min()} to {books['month'].max()}."
        )
    matched = books[books["month"] <= last - months]
    names = [name for name in books["channel"].unique() if name not in common]
    unspent = sorted(set(window["channel"]) - set(names))
    if unspent:
        notes = (*notes, f"Deals of channels without spending: {', '.join(unspent[:_SHOWN])}.")
    names += unspent
    if _ALL in names:
        raise DataError(
            f"A channel is called {_ALL!r}, as the row of all channels is. If it serves all, say "
            f"shared={_ALL!r}; else rename it."
        )
    cents = matched.groupby("channel")["cents"].sum()
    own = cents.reindex(names, fill_value=0)
    by_channel = window.groupby("channel")
    touches = by_channel["activity"].sum().reindex(names, fill_value=0.0)
    pool = int(cents[cents.index.isin(common)].sum())
    spread = pd.Series(apportioned(pool, touches.to_numpy()), index=names)
    table = _table(window, names, own, spread, confidence)
    table = _worth(table, window, gross_margin, ltv)
    ledger = balance(books, matched)
    return AcquisitionCost(
        table=table,
        groups=_groups(window, table, confidence),
        ledger=ledger,
        booked=float(books["cents"].sum()) / 100,
        lag=months,
        months=(str(matched["month"].min()), str(matched["month"].max())),
        confidence=confidence,
        notes=notes,
    )


def payback_months(cac: float, monthly_revenue: float, gross_margin: float = 1.0) -> float:
    """Give the months until a customer's margin has paid what it cost: CAC / (revenue x margin).

    Examples
    --------
    >>> payback_months(1000, 100, 0.8)
    12.5
    """
    margin = monthly_revenue * gross_margin
    return float("inf") if margin <= 0 else cac / margin


def ltv_to_cac(ltv: float, cac: float) -> float:
    """Give lifetime value on margin / cost to acquire; 3 is a common convention (Skok).

    Examples
    --------
    >>> ltv_to_cac(2500, 500)
    5.0
    """
    return float("inf") if cac <= 0 else ltv / cac


def _table(
    window: pd.DataFrame, names: list[str], own: Any, spread: Any, confidence: float
) -> pd.DataFrame:
    by_channel = window.groupby("channel")
    extra = window[window["won"]].groupby("channel")["added"].sum()
    table = pd.DataFrame(
        {
            "channel": names,
            "customers": by_channel["won"].sum().reindex(names, fill_value=0).astype(int),
            "deals": by_channel.size().reindex(names, fill_value=0),
            "own": own / 100,
            "shared": spread / 100,
            "added": extra.reindex(names, fill_value=0.0).round(2),
        }
    ).reset_index(drop=True)
    whole = table.drop(columns="channel").sum()
    table = pd.concat([table, pd.DataFrame([{"channel": _ALL, **whole}])], ignore_index=True)
    table[["customers", "deals"]] = table[["customers", "deals"]].astype(int)
    table["total"] = (table["own"] + table["shared"] + table["added"]).round(2)
    wins = table["customers"].where(table["customers"] > 0)
    table["paid"], table["loaded"] = table["own"] / wins, table["total"] / wins
    table["low"], table["high"] = _interval(table, confidence)
    return table


def _interval(table: pd.DataFrame, confidence: float) -> tuple[Any, Any]:
    """Divide spending by the ends of Garwood's interval of the count of customers.

    What is added comes with each customer: their number does not make it uncertain.
    """
    tail, n = (1 - confidence) / 2, table["customers"].to_numpy(float)
    added = table["added"].to_numpy(float)
    spent = table["total"].to_numpy(float) - added
    fewest = np.where(n > 0, chdtri(2 * np.maximum(n, 1), 1 - tail) / 2, np.nan)
    most = chdtri(2 * (n + 1), tail) / 2
    each = added / np.maximum(n, 1)
    return spent / most + each, spent / fewest + each


def _worth(
    table: pd.DataFrame,
    window: pd.DataFrame,
    margin: float,
    ltv: Mapping[Any, float] | float | None,
) -> pd.DataFrame:
    if "revenue" in window:
        won = window[window["won"]]
        each = won.groupby("channel")["revenue"].mean().reindex(table["channel"])
        each[_ALL] = won["revenue"].mean()
        table["payback_months"] = [
            payback_months(cost, revenue, margin)
            for cost, revenue in zip(table["loaded"], each, strict=True)
        ]
    if ltv is not None:
        values = ltv if isinstance(ltv, Mapping) else dict.fromkeys(table["channel"], ltv)
        table["ltv_to_cac"] = table["channel"].map(values).astype(float) / table["loaded"]
    return table


def _groups(window: pd.DataFrame, table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    if "group" not in window:
        names = ["channel", "group", "customers", "deals", "total", "loaded", "low", "high"]
        return pd.DataFrame(columns=names)
    spent = (table["own"] + table["shared"]).set_axis(table["channel"])
    gained = window["added"].where(window["won"], 0.0)
    parts = window.assign(added=gained).groupby(["channel", "group"], as_index=False)
    found = parts.agg(
        customers=("won", "sum"),
        deals=("won", "size"),
        activity=("activity", "sum"),
        added=("added", "sum"),
    )
    totals = []
    for name, rows in found.groupby("channel", sort=False):
        shared = apportioned(round(100 * spent[str(name)]), rows["activity"].to_numpy())
        totals.append(pd.Series(shared, rows.index) / 100)
    found["added"] = found["added"].round(2)
    found["total"] = pd.concat(totals) + found["added"]
    wins = found["customers"].where(found["customers"] > 0)
    found["loaded"] = found["total"] / wins
    found["low"], found["high"] = _interval(found, confidence)
    return found.drop(columns=["activity", "added"])
