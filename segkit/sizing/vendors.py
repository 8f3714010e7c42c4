"""Vendors of a market: what they hold of it, how they sell, and how often they are beaten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, take_columns
from segkit.intervals import wilson_interval
from segkit.sizing.columns import POSITIVE, number_columns

__all__ = ["WinRates", "channel_mix", "market_shares", "win_rates"]

_ROUNDED = 0.01


def market_shares(
    frame: Any, *, vendor: str, revenue: str, customers: str, accounts: float | None = None
) -> pd.DataFrame:
    r"""Say what each vendor holds of a market.

    The share of revenue is the share of customers x usage: what a customer of the vendor pays,
    relative to the average customer (Parfitt & Collins 1968). Penetration is customers /
    addressable accounts.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a vendor, or a vendor and segment: rows of a vendor are added up.
    vendor, revenue, customers : str
        Columns.
    accounts : float, optional
        Accounts that could buy, customers or not.

    Returns
    -------
    DataFrame
        One row a vendor, the largest first: `vendor, revenue, customers, share, customer_share,
        usage, penetration` (NaN without `accounts`).

    Raises
    ------
    DataError
        If columns are missing, a number is negative or none (names the rows), nobody sells, or a
        vendor has more customers than there are accounts.
    ParameterError
        If `accounts` is no number above 0.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": ["A", "B"], "paid": [60.0, 40.0], "customers": [30, 70]})
    >>> found = market_shares(
    ...     frame, vendor="who", revenue="paid", customers="customers", accounts=200
    ... )
    >>> found[["vendor", "share", "customer_share", "usage", "penetration"]].round(2)
      vendor  share  customer_share  usage  penetration
    0      A    0.6             0.3   2.00         0.15
    1      B    0.4             0.7   0.57         0.35
    """
    if accounts is not None and not 0 < accounts < np.inf:
        raise ParameterError("accounts", "market_shares", "a number above 0", accounts)
    taken = take_columns(frame, [vendor, revenue, customers], "vendors")
    numbers = number_columns(taken, {revenue: POSITIVE, customers: POSITIVE}, "vendors")
    empty = numbers.index[numbers.isna().any(axis=1)]
    if len(empty):
        # As 0, an unknown number would raise the shares of all the others.
        shown = ", ".join(map(str, empty[:5]))
        raise DataError(f"vendors: {revenue} or {customers} is empty in row {shown}.")
    summed = numbers.set_axis(["revenue", "customers"], axis=1).groupby(taken[vendor]).sum()
    if not (summed.sum() > 0).all():
        raise DataError("vendors: nobody has revenue and customers.")
    table = summed.rename_axis("vendor").reset_index()
    table["share"] = table["revenue"] / table["revenue"].sum()
    table["customer_share"] = table["customers"] / table["customers"].sum()
    table["usage"] = table["share"] / table["customer_share"].where(table["customers"] > 0)
    table["penetration"] = np.nan if accounts is None else table["customers"] / accounts
    beyond = table[table["penetration"] > 1]
    if len(beyond):
        names = ", ".join(
            f"{row['vendor']} ({row['customers']:,.0f})" for row in beyond.to_dict("records")
        )
        raise DataError(f"vendors: more customers than the {accounts:,.0f} accounts: {names}.")
    return table.sort_values(["share", "vendor"], ascending=[False, True], ignore_index=True)


def channel_mix(
    frame: Any, *, vendor: str, routes: Sequence[str], weight: str | None = None
) -> pd.DataFrame:
    """Average the routes over which each vendor sells.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a vendor, or a vendor and segment.
    vendor : str
        Column of its name.
    routes : sequence of str
        Columns of the share of its sales that each route makes, as fractions.
    weight : str, optional
        Column of what the vendor sells in the segment, not negative; segments count alike without,
        or where a vendor sells nothing.

    Returns
    -------
    DataFrame
        One row a vendor: `vendor` and the routes; NaN where not known.

    Raises
    ------
    DataError
        If columns are missing, a share lies beyond 0 and 1, or the shares of a row sum to more
        than 1; names the rows.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": ["A", "A"], "direct": [1.0, 0.5], "online": [0.0, 0.5],
    ...                       "sold": [3.0, 1.0]})
    >>> channel_mix(frame, vendor="who", routes=["direct", "online"], weight="sold")
      vendor  direct  online
    0      A   0.875   0.125
    """
    names = [vendor, *routes, *([] if weight is None else [weight])]
    taken = take_columns(frame, names, "vendors")
    shares = number_columns(taken, dict.fromkeys(routes, (0.0, 1.0)), "vendors")
    summed = shares.sum(axis=1)
    beyond = (summed > 1 + _ROUNDED).to_numpy()
    if beyond.any():
        found = zip(summed[beyond], taken[vendor][beyond], taken.index[beyond], strict=True)
        rows = ", ".join(f"{total:.4g} of {name} in row {row}" for total, name, row in found)
        raise DataError(f"vendors: shares of the routes sum to more than 1: {rows}.")
    weights = pd.Series(1.0, index=taken.index)
    if weight is not None:
        given = number_columns(taken, {weight: POSITIVE}, "vendors")[weight]
        sells = given.groupby(taken[vendor]).transform("sum") > 0
        weights = given.where(sells, 1.0).fillna(0.0)
    mixed = {
        route: (shares[route] * weights).groupby(taken[vendor]).sum()
        / weights.where(shares[route].notna()).groupby(taken[vendor]).sum()
        for route in routes
    }
    return pd.DataFrame(mixed).rename_axis("vendor").reset_index()


@dataclass(frozen=True, eq=False)
class WinRates(JsonResult):
    """How often deals are won against each rival.

    Attributes
    ----------
    table : DataFrame
        One row a rival: `vendor, deals, won, win_rate` with Wilson's interval `low, high`; NaN
        below `fewest` deals.
    differ : bool
        Whether rates differ from rival to rival by more than chance.
    rate : float
        Rate against all rivals of the table together.
    interval : tuple of float
        Its interval.
    fewest : int
        Deals below which there is no rate.
    """

    table: pd.DataFrame
    differ: bool
    rate: float
    interval: tuple[float, float]
    fewest: int


def win_rates(
    frame: Any,
    *,
    rival: str,
    won: str,
    fewest: int = 8,
    confidence: float = 0.9,
    alpha: float = 0.05,
) -> WinRates:
    """Measure how often deals are won against each rival, and whether rivals differ at all.

    Intervals are Wilson's (1927); rivals differ if the chi-square test of homogeneity says so
    (Pearson 1900).

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a closed deal; those that name no rival are left out.
    rival, won : str
        Columns: who was in the deal, and whether it was won (true or false, 1 or 0).
    fewest : int
        Deals below which a rival gets no rate.
    confidence : float
        Confidence of the intervals.
    alpha : float
        Chance of calling equal rivals different.

    Raises
    ------
    DataError
        If columns are missing, `won` holds anything else, or no rival has deals enough.

    Examples
    --------
    >>> rival, won = ["A"] * 20 + ["B"] * 20, [1] * 15 + [0] * 20 + [1] * 5
    >>> frame = pd.DataFrame({"rival": rival, "won": won})
    >>> found = win_rates(frame, rival="rival", won="won")
    >>> found.table[["vendor", "deals", "win_rate"]]
      vendor  deals  win_rate
    0      A     20      0.75
    1      B     20      0.25
    >>> found.differ, found.rate
    (True, 0.5)
    """
    taken = take_columns(frame, [rival, won], "deals")
    numbers = number_columns(taken, {won: (0.0, 1.0)}, "deals")[won]
    partly = numbers[numbers.notna() & ~numbers.isin([0.0, 1.0])]
    if len(partly):
        raise DataError(
            f"deals: won is true or false. Got {partly.iloc[0]} in row {partly.index[0]}."
        )
    named = pd.DataFrame({"vendor": taken[rival], "won": numbers}).dropna()
    table = named.groupby("vendor")["won"].agg(deals="size", won="sum").reset_index()
    table = table.astype({"deals": int, "won": int})
    enough = table["deals"] >= fewest
    if not enough.any():
        raise DataError(f"deals: no rival is named in {fewest} closed deals.")
    table["win_rate"] = (table["won"] / table["deals"]).where(enough)
    bounds = [
        wilson_interval(of_won, of, confidence) if of >= fewest else (np.nan, np.nan)
        for of_won, of in table[["won", "deals"]].to_numpy().tolist()
    ]
    table[["low", "high"]] = bounds
    wins, losses = table["won"][enough], (table["deals"] - table["won"])[enough]
    tested = len(wins) > 1 and min(wins.sum(), losses.sum()) > 0
    # Without Yates' correction, which would count for two rivals and not for three.
    differ = bool(tested and chi2_contingency([wins, losses], correction=False).pvalue < alpha)
    of = int((wins + losses).sum())
    interval = wilson_interval(int(wins.sum()), of, confidence)
    return WinRates(table, differ, float(wins.sum() / of), interval, fewest)
