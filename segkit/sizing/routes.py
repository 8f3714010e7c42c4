"""What a route to market leaves over for each product: contribution, cost to win, payback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.sizing.columns import POSITIVE, number_columns

__all__ = ["RouteEconomics", "route_economics"]

_RESAMPLES = 2000
_MONTHS = 12


@dataclass(frozen=True, eq=False)
class RouteEconomics(JsonResult):
    """Economics of routes to market.

    Attributes
    ----------
    table : DataFrame
        One row a product and route: `product, route, deals`, mean `value` and `cost` of a deal won,
        their difference `contribution` with its interval `low, high`, `cost_to_win` and
        `payback_months` (NaN where costs are not known), `chance_best` (share of resampled sets of
        deals in which the route leaves most over).
    best : DataFrame
        One row a product: `product, route, contribution, chance_best, verdict` ("recommended",
        "too close to call", "loses money" or "not enough data").
    fewest : int
        Deals won below which a route is not compared.
    confidence : float
        Confidence of the intervals, and chance to be best from which a route is recommended.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    best: pd.DataFrame
    fewest: int
    confidence: float
    notes: tuple[str, ...]


def route_economics(
    frame: Any,
    *,
    product: str,
    route: str,
    value: str,
    cost: str,
    cost_to_win: str | None = None,
    fewest: int = 8,
    confidence: float = 0.9,
    random_state: int = 0,
) -> RouteEconomics:
    """Compare routes to market by the contribution of a deal won, product by product.

    Contribution is value - cost of a deal, with Student's interval of its mean. The chance to be
    best comes from deals resampled within each route (bootstrap; Efron 1979). Payback is cost to
    win / (contribution / 12), for a value of one year.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a deal won.
    product, route, value, cost : str
        Columns; money of the first year.
    cost_to_win : str, optional
        Column of what it cost to win the deal, such as its share of marketing and sales spending.
    fewest : int
        Deals won below which a route is not compared.
    confidence : float
        Confidence of the intervals, and chance to be best from which a route is recommended.
    random_state : int
        Seed of the resampling.

    Raises
    ------
    DataError
        If columns are missing, an amount is negative or no number (names the rows), or no deal has
        product, route, value and cost.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {
    ...         "product": "Payroll",
    ...         "route": ["direct"] * 8 + ["partner"] * 8,
    ...         "value": [10.0, 12, 11, 11] * 4,
    ...         "cost": [9.0] * 8 + [4.0] * 8,
    ...     }
    ... )
    >>> found = route_economics(
    ...     frame, product="product", route="route", value="value", cost="cost"
    ... )
    >>> found.best[["product", "route", "contribution", "verdict"]]
       product    route  contribution      verdict
    0  Payroll  partner           7.0  recommended
    """
    check_share("confidence", "route_economics", confidence)
    if fewest < 2:
        raise ParameterError("fewest", "route_economics", "a whole number of at least 2", fewest)
    names = {"product": product, "route": route, "value": value, "cost": cost}
    if cost_to_win is not None:
        names["cost_to_win"] = cost_to_win
    given = take_columns(frame, [*names.values()], "deals")
    amounts = {name: POSITIVE for key, name in names.items() if key not in {"product", "route"}}
    numbers = number_columns(given, amounts, "deals")
    taken = given.assign(**numbers)[[*names.values()]].set_axis([*names], axis=1)
    deals = taken.dropna(subset=["product", "route", "value", "cost"])
    if deals.empty:
        raise DataError("deals: no deal has a product, a route, a value and a cost.")
    deals = deals.assign(contribution=deals["value"] - deals["cost"])
    table = _table(deals, fewest, confidence)
    table["chance_best"] = _chances(deals, table, fewest, random_state)
    best = pd.DataFrame(
        [_best(str(name), rows, confidence) for name, rows in table.groupby("product", sort=True)]
    )
    notes = _notes(len(taken) - len(deals), table, fewest)
    return RouteEconomics(table, best, fewest, confidence, notes)


def _table(deals: pd.DataFrame, fewest: int, confidence: float) -> pd.DataFrame:
    grouped = deals.groupby(["product", "route"], sort=True)
    table = grouped.agg(
        deals=("value", "size"),
        value=("value", "mean"),
        cost=("cost", "mean"),
        contribution=("contribution", "mean"),
        sd=("contribution", "std"),
    ).reset_index()
    error = (table["sd"] / np.sqrt(table["deals"])).where(table["deals"] >= fewest)
    reach = error * stdtrit((table["deals"] - 1).clip(lower=1), (1 + confidence) / 2)
    table["low"], table["high"] = table["contribution"] - reach, table["contribution"] + reach
    table["cost_to_win"] = (
        grouped["cost_to_win"].mean().to_numpy() if "cost_to_win" in deals else np.nan
    )
    earns = table["contribution"].where(table["contribution"] > 0)
    table["payback_months"] = _MONTHS * table["cost_to_win"] / earns
    return table.drop(columns="sd")


def _chances(
    deals: pd.DataFrame, table: pd.DataFrame, fewest: int, seed: int
) -> np.ndarray[Any, Any]:
    chances = np.full(len(table), np.nan)
    rng = np.random.default_rng(seed)
    compared = table[table["deals"] >= fewest]
    groups = dict(iter(deals.groupby(["product", "route"])["contribution"]))
    for name, rows in compared.groupby("product", sort=True):
        values = [groups[name, route].to_numpy() for route in rows["route"]]
        means = np.column_stack([_resampled_means(part, rng) for part in values])
        wins = np.bincount(means.argmax(axis=1), minlength=len(values))
        chances[rows.index] = wins / _RESAMPLES
    return chances


def _resampled_means(values: np.ndarray[Any, Any], rng: np.random.Generator) -> Any:
    picks = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=_RESAMPLES)
    return picks @ values / len(values)


def _best(product: str, rows: pd.DataFrame, confidence: float) -> dict[str, object]:
    compared = rows.dropna(subset="chance_best")
    if compared.empty:
        nothing = {"route": None, "contribution": np.nan, "chance_best": np.nan}
        return {"product": product, **nothing, "verdict": "not enough data"}
    first = compared.nlargest(1, "contribution").to_dict("records")[0]
    kept = {name: first[name] for name in ("route", "contribution", "chance_best")}
    if first["contribution"] <= 0:
        verdict = "loses money"
    elif len(compared) == 1:
        verdict = "not enough data"
    else:
        verdict = "recommended" if first["chance_best"] >= confidence else "too close to call"
    return {"product": product, **kept, "verdict": verdict}


def _notes(left_out: int, table: pd.DataFrame, fewest: int) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(f"{left_out:,} deals lack a product, route, value or cost and are left out.")
    thin = table[table["deals"] < fewest]
    if len(thin):
        names = ", ".join(
            f"{row['product']} {row['route']} ({row['deals']})" for row in thin.to_dict("records")
        )
        notes.append(f"Fewer than {fewest} deals won, not compared: {names}.")
    return tuple(notes)
