"""The portfolio: protect, grow, fix or migrate, for each customer and each segment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.segments.ledger import Money, read_money
from segkit.segments.quadrants import (
    ACTIONS,
    PORTFOLIO_ACTIONS,
    QUADRANTS,
    PortfolioThresholds,
    contributions,
    quadrants,
    returns,
)
from segkit.segments.whale import WhaleCurve, whale_curve

__all__ = ["Portfolio", "portfolio"]

SUMMED = ["revenue", "cost", "service", "contribution", "referral", "worth"]
WITHOUT = "no segment"


@dataclass(frozen=True)
class Portfolio(JsonResult):
    """What each customer and each segment is worth, where it goes, and what to do.

    Attributes
    ----------
    customers : pandas.DataFrame
        `customer, segment, revenue, slope, slope_low, slope_high, p, p_adjusted, change, trend,
        quadrant, cost, service, contribution, contribution_low, contribution_high, service_share,
        referral, worth, advocate, returns, action`, the highest revenue first. Money is that of
        the recent periods; `slope` is revenue a period per period, `change` the rise over the
        recent number of periods as a share of their mean revenue; `worth` is contribution and
        referral value.
    segments : pandas.DataFrame
        The same of each segment as a whole, with its number of customers.
    actions, quadrants : pandas.DataFrame
        `customers, revenue, cost, service, contribution, referral, worth` at stake and
        `share_of_revenue`, one row an action (quadrant); they add up to `base`.
    base : dict
        The same for all customers.
    whale : WhaleCurve
        Of the contributions.
    high_level : float
        Least revenue of a high level.
    thresholds : PortfolioThresholds
    notes : tuple of str
        What was left out or cannot be told.
    """

    customers: pd.DataFrame
    segments: pd.DataFrame
    actions: pd.DataFrame
    quadrants: pd.DataFrame
    base: Mapping[str, float]
    whale: WhaleCurve
    high_level: float
    thresholds: PortfolioThresholds
    notes: tuple[str, ...]


def portfolio(
    ledger: Any,
    *,
    customer: str,
    period: str,
    revenue: str,
    cost: str | None = None,
    service: str | None = None,
    segments: Mapping[Any, Any] | pd.Series[Any] | None = None,
    referrals: Mapping[Any, float] | pd.Series[Any] | None = None,
    promoters: Collection[Any] = (),
    thresholds: PortfolioThresholds | None = None,
    actions: Mapping[tuple[str, str], str] = PORTFOLIO_ACTIONS,
    as_of: Any = None,
) -> Portfolio:
    """Say for each customer and segment where its money goes and what to do about it.

    Parameters
    ----------
    ledger : frame
        One row a movement of money (an invoice, a month of service); any eager frame.
    customer, period : str
        Columns of the customer, and of a date (taken by months) or whole number of the period.
    revenue, cost, service : str
        Columns of revenue, of direct cost, and of cost to serve; missing values count as 0.
    segments : mapping or Series
        Customer -> segment.
    referrals : mapping or Series
        Customer -> value attributed to it, as by `referral_value`.
    promoters : collection
        Customers that would recommend, such as those with a score of 9 or 10.
    thresholds : PortfolioThresholds
    actions : mapping
        (quadrant, return) -> action, for all 12 pairs. An advocate that does not lose money is
        protected whatever the map says.
    as_of : date or int
        The last period; that of the ledger's last row without it.

    Raises
    ------
    DataError
        If columns are missing or hold the wrong kind, no customer has money in the recent periods
        or a segment of those given, or a referral value is no finite number.
    ParameterError
        If a threshold is out of range, or `actions` does not name all 12 pairs.

    Notes
    -----
    *Quadrant*: high level and falling "falling", high level else "cash", low level and rising
    "rising", else "small". The slope is the median of the slopes of all pairs of periods since
    the customer's first, at most `history` back (Theil 1950, Sen 1968), tested by Mann (1945) and
    Kendall (1975); p-values are adjusted over all customers (Benjamini & Hochberg 1995). The test
    takes periods as independent: a few steps of a subscription can look like a trend, hence
    `change`.
    *Return*: "loses" if the whole 90 % interval of contribution and referral value is below 0,
    "costly" if cost to serve eats more than its share of the margin or the worth is not above 0,
    else "pays".

    Examples
    --------
    >>> table = pd.DataFrame({"who": np.repeat(["A", "B", "C"], 24), "month": [*range(24)] * 3})
    >>> table["paid"] = np.r_[np.full(24, 90.0), np.arange(24) / 2, np.full(24, 2.0)]
    >>> table["served"] = np.r_[np.full(48, 1.0), np.full(24, 3.0)]
    >>> found = portfolio(table, customer="who", period="month", revenue="paid", service="served")
    >>> found.customers[["customer", "revenue", "contribution", "quadrant", "action"]]
      customer  revenue  contribution quadrant   action
    0        A   1080.0        1068.0     cash  protect
    1        B    105.0          93.0   rising     grow
    2        C     24.0         -12.0    small  migrate
    """
    limits = thresholds or PortfolioThresholds()
    _check(limits, actions)
    measures = {"revenue": revenue, "cost": cost, "service": service}
    kept = max(limits.history, limits.recent)
    everyone = read_money(ledger, customer, period, measures, as_of, kept)
    money = _recent(everyone, limits.recent)
    given = _by_customer(referrals, money)
    advocate = (given > 0) | money.ids.isin(list(promoters))
    table, cut = _judged(money, given, advocate, limits, actions)
    table.insert(0, "customer", money.ids.to_numpy())
    named = _segment_of(segments, money)
    table.insert(1, "segment", named)
    totals = {name: float(table[name].sum()) for name in SUMMED}
    return Portfolio(
        customers=table.sort_values("revenue", ascending=False, kind="stable", ignore_index=True),
        segments=_by_segment(money, named, given, limits, actions),
        actions=_summed(table, "action", ACTIONS),
        quadrants=_summed(table, "quadrant", QUADRANTS),
        base={"customers": float(len(table)), **totals},
        whale=whale_curve(table["contribution"]),
        high_level=cut,
        thresholds=limits,
        notes=_notes(everyone, money, table, named, referrals, limits),
    )


def _check(limits: PortfolioThresholds, actions: Mapping[tuple[str, str], str]) -> None:
    for name in ("core", "false_trends", "service"):
        if not 0 < getattr(limits, name) <= 1:
            got = getattr(limits, name)
            raise ParameterError(name, "PortfolioThresholds", "a number in (0, 1]", got)
    if limits.change < 0:
        raise ParameterError("change", "PortfolioThresholds", "a number >= 0", limits.change)
    for name in ("recent", "history"):
        if getattr(limits, name) < 1:
            got = getattr(limits, name)
            raise ParameterError(name, "PortfolioThresholds", "an int >= 1", got)
    wrong = sorted(set(PORTFOLIO_ACTIONS) ^ set(actions))
    unknown = sorted(set(actions.values()) - set(ACTIONS))
    if wrong or unknown:
        got = f"missing or unknown pairs {wrong}, unknown actions {unknown}"
        expected = f"one of {ACTIONS} for each of the 12 pairs in PORTFOLIO_ACTIONS"
        raise ParameterError("actions", "portfolio", expected, got)


def _recent(money: Money, recent: int) -> Money:
    """Leave out customers without any money in the recent periods."""
    moved = np.any([values[:, -recent:].any(axis=1) for values in money.amounts.values()], axis=0)
    if not moved.any():
        raise DataError(f"No customer of the ledger has money in its last {recent} periods.")
    amounts = {name: values[moved] for name, values in money.amounts.items()}
    return Money(money.ids[moved], amounts, money.first[moved], money.later)


def _by_customer(
    given: Mapping[Any, float] | pd.Series[Any] | None, money: Money
) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = dict(given.items()) if given is not None else {}
    wrong = [one for one, value in values.items() if not np.isfinite(value)]
    if wrong:
        raise DataError(f"Referral value must be finite numbers. It is not for {wrong[:5]}.")
    return np.array([float(values.get(one, 0.0)) for one in money.ids])


def _segment_of(
    segments: Mapping[Any, Any] | pd.Series[Any] | None, money: Money
) -> np.ndarray[Any, np.dtype[np.object_]]:
    known = dict(segments.items()) if segments is not None else {}
    named = pd.Series([known.get(one) for one in money.ids], dtype=object)
    if known and named.isna().all():
        raise DataError(
            f"No customer of the ledger, such as {money.ids[0]!r}, has a segment; the segments "
            f"given are those of customers such as {next(iter(known))!r}."
        )
    return named.where(named.notna(), WITHOUT).to_numpy(dtype=object)


def _judged(
    money: Money,
    referral: Any,
    advocate: Any,
    limits: PortfolioThresholds,
    actions: Mapping[tuple[str, str], str],
) -> tuple[pd.DataFrame, float]:
    """Place rows of money, compute what they leave, and choose the action."""
    table, cut = quadrants(money, limits)
    table = pd.concat([table, contributions(money, limits.recent)], axis=1)
    table["referral"] = referral
    table["worth"] = table["contribution"] + table["referral"]
    table["advocate"] = advocate
    table["returns"] = returns(table, limits)
    pairs = zip(table["quadrant"], table["returns"], strict=True)
    chosen = np.array([actions[pair] for pair in pairs], dtype=object)
    spared = table["advocate"] & (table["returns"] != "loses")
    table["action"] = np.where(spared, "protect", chosen)
    return table, cut


def _by_segment(
    money: Money,
    named: Any,
    referral: Any,
    limits: PortfolioThresholds,
    actions: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    codes, names = pd.factorize(pd.Series(named), sort=False)
    credited = np.bincount(codes, weights=referral, minlength=len(names))
    # That some member recommends does not make an advocate of the whole segment.
    nobody = np.zeros(len(names), dtype=bool)
    together = money.summed(codes, list(names))
    table = _judged(together, credited, nobody, limits, actions)[0].drop(columns="advocate")
    table.insert(0, "segment", np.asarray(names))
    table.insert(1, "customers", np.bincount(codes, minlength=len(names)))
    return table.sort_values("revenue", ascending=False, kind="stable", ignore_index=True)


def _summed(table: pd.DataFrame, by: str, names: tuple[str, ...]) -> pd.DataFrame:
    groups = table.groupby(by)
    summed = groups[SUMMED].sum().reindex(list(names), fill_value=0.0)
    summed.insert(0, "customers", groups.size().reindex(list(names), fill_value=0))
    total = float(table["revenue"].sum())
    summed["share_of_revenue"] = summed["revenue"] / total if total > 0 else np.nan
    return summed.reset_index()


def _notes(
    everyone: Money,
    money: Money,
    table: pd.DataFrame,
    named: Any,
    referrals: Any,
    limits: PortfolioThresholds,
) -> tuple[str, ...]:
    notes = []
    gone = len(everyone.ids) - len(money.ids)
    if gone:
        notes.append(
            f"{gone:,} customers without money in the last {limits.recent} periods are left out"
        )
    if everyone.later:
        notes.append(f"{everyone.later:,} rows of the ledger after as_of are left out")
    short = int((table["trend"] == "unknown").sum())
    if short:
        notes.append(f"{short:,} customers have fewer than 8 periods: too few to tell a trend")
    without = int((named == WITHOUT).sum())
    if 0 < without < len(named):
        notes.append(f"{without:,} customers have no segment")
    credited = 0.0 if referrals is None else float(sum(dict(referrals.items()).values()))
    lost = credited - float(table["referral"].sum())
    if abs(lost) > 1e-9 * max(abs(credited), 1.0):
        notes.append(f"referral value of {lost:,.0f} belongs to nobody in this base")
    return tuple(notes)
