"""The geographic way: where customers are, how dense, and whether territories balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from segkit.adjustment import holm
from segkit.errors import DataError
from segkit.frames import JsonResult, take_columns
from segkit.intervals import wilson_interval
from segkit.segments.columns import as_floats

__all__ = ["Geography", "geography"]

Numbers = NDArray[np.float64]
LEVEL = 0.1


@dataclass(frozen=True)
class Geography(JsonResult):
    """Customers by region.

    Attributes
    ----------
    regions : pandas.DataFrame
        `region, customers, share`, with `value` the sum of it, and with `universe` also `density,
        density_low, density_high` (customers for each account of the universe, Wilson's 90 %
        interval) and the location quotient of the region, `quotient, quotient_low, quotient_high,
        p_adjusted, judgement`; most customers first.
    groups : pandas.DataFrame
        The location quotient of each group in each region, `region, group, customers, quotient,
        quotient_low, quotient_high, p_adjusted, judgement`; empty without `group`.
    balance : pandas.DataFrame
        `measure, territories, gini, max_min, effective`, of customers, value and universe over
        the territories.
    notes : tuple of str
    """

    regions: pd.DataFrame
    groups: pd.DataFrame
    balance: pd.DataFrame
    notes: tuple[str, ...]


def geography(
    customers: Any,
    *,
    region: str,
    universe: Mapping[Any, float] | pd.Series[Any] | None = None,
    group: str | None = None,
    value: str | None = None,
    territory: str | None = None,
) -> Geography:
    """Count customers by region, and set them beside the universe and each other.

    Parameters
    ----------
    customers : frame of shape (n, columns)
    region : str
        Column of the region, such as a state; rows without one are counted in the notes.
    universe : mapping or Series
        Region -> number of all accounts there, customers included; regions without customers
        count too.
    group : str
        Column of a group, such as an industry or segment.
    value : str
        Column of numbers, such as revenue.
    territory : str
        Column of the territory, for the balance; the region without it.

    Raises
    ------
    DataError
        If columns are missing or hold no numbers, no customer has a region, or a region has more
        customers than accounts.

    Notes
    -----
    *Location quotient* of a region: its share of customers / its share of the universe; of a group
    in a region: the group's share of the region's customers / its share of all customers (Isard
    1960, "Methods of Regional Analysis"). 90 % Wilson intervals take the divisor as known. A
    quotient is judged "above" or "below" 1 where the exact binomial test, adjusted by Holm over
    all quotients, falls below 0.1.
    *Balance*: Gini coefficient (0 is even), largest / smallest territory, and effective number
    ``1 / sum(s^2)`` of shares s (equal to the number of territories if they are even).

    Examples
    --------
    >>> table = pd.DataFrame({"state": ["NY"] * 60 + ["MA"] * 20 + ["VT"] * 20})
    >>> found = geography(table, region="state", universe={"NY": 200, "MA": 200, "VT": 40})
    >>> found.regions[["region", "customers", "density", "quotient", "judgement"]].round(2)
      region  customers  density  quotient judgement
    0     NY         60      0.3      1.32     above
    1     MA         20      0.1      0.44     below
    2     VT         20      0.5      2.20     above
    >>> found.balance[["measure", "gini", "max_min", "effective"]].round(2)
         measure  gini  max_min  effective
    0  customers  0.27      3.0       2.27
    1   universe  0.24      5.0       2.37
    """
    named = [name for name in (region, group, value, territory) if name is not None]
    frame = take_columns(customers, named, "customers").reset_index(drop=True)
    known = frame[region].notna()
    _check(frame, region, value)
    inside = frame[known]
    counts = pd.Series(0, index=_regions(inside[region], universe), dtype=int)
    counts = counts.add(inside[region].value_counts(), fill_value=0).astype(int)
    table = pd.DataFrame({"region": counts.index, "customers": counts.to_numpy()})
    table["share"] = table["customers"] / table["customers"].sum()
    if value is not None:
        table["value"] = table["region"].map(inside.groupby(region)[value].sum()).fillna(0.0)
    notes = [f"{int((~known).sum()):,} customers have no {region}"] if (~known).any() else []
    if universe is not None:
        table = _beside(table, dict(universe.items()))
    order = table.sort_values(["customers", "region"], ascending=[False, True], ignore_index=True)
    groups = _groups(inside, region, group)
    return Geography(order, groups, _balance(frame, order, value, territory), tuple(notes))


def _check(frame: pd.DataFrame, region: str, value: str | None) -> None:
    faults = []
    if not frame[region].notna().any():
        faults.append(f"No customer has a {region!r}.")
    if value is not None and not pd.api.types.is_numeric_dtype(frame[value]):
        faults.append(f"Column {value!r} holds {frame[value].dtype} where numbers are expected.")
    elif value is not None and np.isinf(as_floats(frame[value])).any():
        faults.append(f"Column {value!r} holds infinite values.")
    if faults:
        raise DataError("\n".join(faults))


def _regions(values: pd.Series[Any], universe: Any) -> list[Any]:
    known = set(values.unique()) | (set() if universe is None else set(dict(universe.items())))
    return sorted(known, key=str)


def _beside(table: pd.DataFrame, universe: Mapping[Any, float]) -> pd.DataFrame:
    """Add density and location quotient against the universe."""
    accounts = np.array([float(universe.get(one, np.nan)) for one in table["region"]])
    customers = table["customers"].to_numpy()
    wrong = ~(accounts >= customers)
    if wrong.any():
        shown = [
            f"{one!r}: {n} customers, {of:g} accounts"
            for one, n, of in zip(
                table["region"][wrong], customers[wrong], accounts[wrong], strict=True
            )
        ]
        raise DataError(
            "The universe must hold every region with all its accounts, customers included. "
            f"Found {'; '.join(shown[:5])}."
        )
    low, high = wilson_interval(customers, accounts)
    some = accounts > 0
    density = np.where(some, customers / np.where(some, accounts, 1), np.nan)
    table = table.assign(
        universe=accounts,
        density=density,
        density_low=np.where(some, low, np.nan),
        density_high=np.where(some, high, np.nan),
    )
    total = np.full(len(table), customers.sum())
    expected = accounts / accounts.sum()
    return pd.concat([table, _quotients(customers, total, expected)], axis=1)


def _groups(frame: pd.DataFrame, region: str, group: str | None) -> pd.DataFrame:
    if group is None:
        return pd.DataFrame()
    counts = pd.crosstab(frame[region], frame[group])
    of_region = np.repeat(counts.sum(axis=1).to_numpy(), counts.shape[1])
    expected = np.tile((counts.sum() / counts.to_numpy().sum()).to_numpy(), len(counts))
    table = pd.DataFrame(
        {
            "region": np.repeat(counts.index.to_numpy(), counts.shape[1]),
            "group": np.tile(counts.columns.to_numpy(), len(counts)),
            "customers": counts.to_numpy().ravel(),
        }
    )
    return pd.concat([table, _quotients(counts.to_numpy().ravel(), of_region, expected)], axis=1)


def _quotients(counts: Any, totals: Any, expected: Numbers) -> pd.DataFrame:
    low, high = wilson_interval(counts, totals)
    base = np.where(expected > 0, expected, np.nan)
    below, above = binom.cdf(counts, totals, expected), binom.sf(counts - 1, totals, expected)
    p = holm(np.minimum(1.0, 2 * np.minimum(below, above)))
    quotient = counts / totals / base
    judgement = np.where(p >= LEVEL, "as expected", np.where(quotient > 1, "above", "below"))
    return pd.DataFrame(
        {
            "quotient": quotient,
            "quotient_low": low / base,
            "quotient_high": high / base,
            "p_adjusted": p,
            "judgement": judgement,
        }
    )


def _balance(
    frame: pd.DataFrame, regions: pd.DataFrame, value: str | None, territory: str | None
) -> pd.DataFrame:
    if territory is None:
        kept = [name for name in ("customers", "value", "universe") if name in regions]
        loads = {name: regions[name].to_numpy(dtype=np.float64) for name in kept}
    else:
        grouped = frame.groupby(territory)
        loads = {"customers": grouped.size().to_numpy(dtype=np.float64)}
        if value is not None:
            loads["value"] = grouped[value].sum().to_numpy(dtype=np.float64)
    return pd.DataFrame([{"measure": name, **_evenness(load)} for name, load in loads.items()])


def _evenness(load: Numbers) -> dict[str, float]:
    """Give number, Gini coefficient, largest / smallest, and effective number of territories."""
    n, total = load.size, float(load.sum())
    if load.min() < 0 or not total > 0:
        nothing = float("nan")
        return {"territories": n, "gini": nothing, "max_min": nothing, "effective": nothing}
    ranked = np.sort(load)
    gini = float((2 * np.arange(1, n + 1) - n - 1) @ ranked / (n * total))
    least, most = float(ranked[0]), float(ranked[-1])
    share = load / total
    return {
        "territories": n,
        "gini": gini,
        "max_min": most / least if least > 0 else float("inf"),
        "effective": float(1 / (share**2).sum()),
    }
