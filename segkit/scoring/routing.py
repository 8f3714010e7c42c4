"""Which deals get the full sales process: what each route takes, brings, and whether it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.scoring.intake import Flags, Numbers, as_array

__all__ = ["ROUTES", "Routing", "route_deals"]

FULL, STANDARD, NOT_TAKEN = "full process", "standard offer", "not taken"
ROUTES: Mapping[str, str] = {"target": FULL, "undecided": FULL, "non-target": STANDARD}
"""Route of each profile that `Criteria.predict` tells; change it by `{**ROUTES, ...}`."""
_SUMS = ("deals", "hours_in_full", "hours", "value", "expected", "low", "high", "worked")


@dataclass(frozen=True)
class Routing(JsonResult):
    """What deals take and bring, by profile and route.

    Attributes
    ----------
    table : DataFrame
        One row a profile, in the order of the routes, and "all": `profile, route, deals,
        hours_in_full` (if all were worked in full), `hours` (by the route), `value, expected`
        (worked in full) with its ends `low, high`, `per_hour` (expected / hours in full),
        `worked` (deals in the full process that the capacity covers; all without one).
    deals : DataFrame
        One row a deal in the order given: `profile, route, hours` (by the route), `expected`,
        `worked`.
    capacity : float or None
        Hours there are.
    hours, hours_in_full : float
        Hours that the routes take, and that all deals would take in full.
    at_risk : float
        Expected value of the deals that are not worked in full: the most that routing can lose.
    """

    table: pd.DataFrame
    deals: pd.DataFrame
    capacity: float | None
    hours: float
    hours_in_full: float
    at_risk: float


def route_deals(
    profile: Any,
    hours: Any,
    chance: Any,
    value: Any = 1.0,
    *,
    low: Any = None,
    high: Any = None,
    capacity: float | None = None,
    routes: Mapping[str, str] = ROUTES,
    standard_hours: float = 1.0,
) -> Routing:
    """Send deals down their routes and add up hours, expected value and capacity.

    Targets get the full process, non-targets a standard offer or nothing. Capacity is used up in
    the order of the routes, within a profile by expected value an hour, and stops at the first
    deal that does not fit: smaller ones behind it wait too. What a deal of a standard
    offer still brings is not known, so that its whole expected value counts as at risk.

    Parameters
    ----------
    profile : array of str, shape (n,)
        Profile of each open deal, such as "target", "undecided" or "non-target".
    hours : array of shape (n,), or float
        Hours that each deal takes in full.
    chance : array of shape (n,), or float
        Chance to win it, worked in full.
    value : array of shape (n,), or float
        What a win brings; 1 counts wins.
    low, high : array of shape (n,), or float, optional
        Ends of the interval of the chance.
    capacity : float, optional
        Hours there are.
    routes : mapping of str to str
        Profile -> "full process", "standard offer" or "not taken", the most promising first.
    standard_hours : float
        Hours that a standard offer takes, no more than the full process.

    Raises
    ------
    DataError
        If lengths differ, a number is missing or out of range, or a profile has no route.
    ParameterError
        If a route is unknown, or capacity or hours are negative.

    Examples
    --------
    >>> found = route_deals(["target"] * 2 + ["non-target"] * 3, 10.0, [0.6, 0.6, 0.1, 0.1, 0.1],
    ...                 1000.0, capacity=30)
    >>> found.table[["profile", "route", "deals", "hours_in_full", "hours", "expected", "worked"]]
          profile           route  deals  hours_in_full  hours  expected  worked
    0      target    full process      2           20.0   20.0    1200.0       2
    1  non-target  standard offer      3           30.0    3.0     300.0       0
    2         all                      5           50.0   23.0    1500.0       2
    """
    _check(routes, capacity, standard_hours)
    deals = _deals(profile, hours, chance, value, low, high)
    unknown = sorted(set(deals["profile"]) - set(routes))
    if unknown:
        raise DataError(f"No route for the profiles {unknown}; routes name {list(routes)}.")
    deals["route"] = deals["profile"].map(dict(routes))
    full = (deals["route"] == FULL).to_numpy()
    offer = np.minimum(deals["hours_in_full"], standard_hours)
    other = np.where(deals["route"] == STANDARD, offer, 0.0)
    deals["hours"] = np.where(full, deals["hours_in_full"], other)
    deals["expected"] = deals["chance"] * deals["value"]
    for end in ("low", "high"):
        deals[end] = deals[end] * deals["value"]
    deals["worked"] = _worked(deals, full, list(routes), capacity)
    return Routing(
        table=_table(deals, routes),
        deals=deals[["profile", "route", "hours", "expected", "worked"]],
        capacity=capacity,
        hours=float(deals["hours"].sum()),
        hours_in_full=float(deals["hours_in_full"].sum()),
        at_risk=float(deals.loc[~full, "expected"].sum()),
    )


def _check(routes: Mapping[str, str], capacity: float | None, standard_hours: float) -> None:
    wrong = sorted(set(routes.values()) - {FULL, STANDARD, NOT_TAKEN})
    if wrong:
        expected = f"profile -> '{FULL}', '{STANDARD}' or '{NOT_TAKEN}'"
        raise ParameterError("routes", "route_deals", expected, wrong)
    for name, amount in (("capacity", capacity), ("standard_hours", standard_hours)):
        if amount is not None and not amount >= 0:
            raise ParameterError(name, "route_deals", "a number of hours, 0 or more", amount)


def _deals(profile: Any, hours: Any, chance: Any, value: Any, low: Any, high: Any) -> pd.DataFrame:
    names = pd.Series(np.asarray(profile, dtype=object).ravel()).astype("str")
    given = {"hours_in_full": hours, "chance": chance, "value": value}
    given |= {name: one for name, one in (("low", low), ("high", high)) if one is not None}
    columns = {name: as_array(one) for name, one in given.items()}
    uneven = {name: len(one) for name, one in columns.items() if len(one) not in {1, len(names)}}
    if uneven or names.empty:
        raise DataError(f"One value a deal is needed: {len(names):,} deals, found {uneven}.")
    table = pd.DataFrame({"profile": names})
    for name, one in columns.items():
        table[name] = one[0] if len(one) == 1 else one
    for end in {"low", "high"} - set(given):
        table[end] = table["chance"]
    faults = [
        f"{name} must be {words}; it is not for {int(rows.sum()):,} deals, first in rows "
        f"{np.flatnonzero(rows)[:5].tolist()}"
        for name, words, rows in _odd(table)
        if rows.any()
    ]
    if faults:
        raise DataError("\n".join(faults))
    return table


def _odd(table: pd.DataFrame) -> list[tuple[str, str, Flags]]:
    shares = [
        (name, "in [0, 1]", (~table[name].between(0, 1)).to_numpy())
        for name in ("chance", "low", "high")
    ]
    amounts = [
        (name, "finite and 0 or more", ~(np.isfinite(own) & (own >= 0)))
        for name in ("hours_in_full", "value")
        for own in [table[name].to_numpy()]
    ]
    return [*shares, *amounts]


def _worked(deals: pd.DataFrame, full: Flags, order: list[str], capacity: float | None) -> Flags:
    """Use up the capacity; standard offers come first, for they are promised to all."""
    if capacity is None:
        return full
    left = capacity - float(deals.loc[~full, "hours"].sum())
    rate: Numbers = (deals["expected"] / deals["hours"].clip(lower=1e-9)).to_numpy()
    place = deals["profile"].map(order.index).to_numpy()
    ranked = np.lexsort((-rate, place))
    ranked = ranked[full[ranked]]
    fits = deals["hours"].to_numpy()[ranked].cumsum() <= left * (1 + 1e-12)
    worked = np.zeros(len(deals), dtype=np.bool_)
    worked[ranked[fits]] = True
    return worked


def _table(deals: pd.DataFrame, routes: Mapping[str, str]) -> pd.DataFrame:
    sums = deals.assign(deals=1).groupby("profile")[list(_SUMS)].sum()
    there = [name for name in routes if name in sums.index]
    table = sums.loc[there].rename_axis("profile").reset_index()
    table.insert(1, "route", [routes[name] for name in there])
    whole = {"profile": "all", "route": "", **table[list(_SUMS)].sum().to_dict()}
    table = pd.concat([table, pd.DataFrame([whole])], ignore_index=True)
    table = table.astype({"deals": "int64", "worked": "int64"})
    each = table["expected"] / table["hours_in_full"].where(table["hours_in_full"] > 0)
    table.insert(table.columns.get_loc("worked"), "per_hour", each)  # type: ignore[arg-type]  # the name is unique
    return table
