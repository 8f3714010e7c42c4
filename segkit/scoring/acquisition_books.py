"""Books of spending and the deals it brought: read whole, month by month, shared to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.frames import take_columns
from segkit.scoring.intake import Numbers, as_outcome

__all__ = ["apportioned", "balance", "read_books", "read_deals", "usual_lag"]

_DAYS_A_MONTH = 365.25 / 12
_SHOWN = 5


def read_books(costs: Any, month: str, channel: str, amount: str) -> pd.DataFrame:
    """Take spending as whole cents by month and channel; refuse rows that lack one of these."""
    taken = take_columns(costs, [month, channel, amount], "costs")
    taken = taken.set_axis(["month", "channel", "amount"], axis=1)
    day = pd.to_datetime(taken["month"], errors="coerce")
    money = pd.to_numeric(taken["amount"], errors="coerce").astype(float)
    wrong = np.flatnonzero(day.isna() | taken["channel"].isna() | ~np.isfinite(money))
    if wrong.size or taken.empty:
        raise DataError(
            f"costs: {wrong.size:,} of {len(taken):,} rows lack a month, a channel or an amount, "
            f"first {wrong[:_SHOWN].tolist()}. A ledger must be whole to be matched to the cent."
        )
    cents = (100 * money).round().astype(np.int64)
    return pd.DataFrame(
        {"month": day.dt.to_period("M"), "channel": taken["channel"].astype("str"), "cents": cents}
    )


def read_deals(deals: Any, named: Mapping[str, str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Take deals that were decided, with what they count for, and say how many are left out."""
    frame = take_columns(deals, [*named.values()], "deals")
    taken = pd.DataFrame({name: frame[column] for name, column in named.items()})
    day = pd.to_datetime(taken["closed"], errors="coerce")
    usable = day.notna() & taken["channel"].notna() & taken["won"].notna()
    taken = taken[usable].assign(month=day[usable].dt.to_period("M"), closed=day[usable])
    if taken.empty:
        raise DataError("deals: none has a day on which it was decided, a channel and an outcome.")
    taken["channel"] = taken["channel"].astype("str")
    taken["won"] = as_outcome(taken["won"], len(taken), f"deals: {named['won']}") == 1
    for name, default in (("activity", 1.0), ("added", 0.0)):
        given = taken[name] if name in taken else pd.Series(default, taken.index)
        taken[name] = pd.to_numeric(given, errors="coerce").astype(float).fillna(default)
    if "revenue" in taken:
        taken["revenue"] = pd.to_numeric(taken["revenue"], errors="coerce").astype(float)
    if "group" in taken:
        taken["group"] = taken["group"].astype("str").fillna("unknown")
    lost = int((~usable).sum())
    notes = (f"{lost:,} deals lack a day, a channel or an outcome: left out.",) if lost else ()
    return taken.reset_index(drop=True), notes


def usual_lag(deals: pd.DataFrame) -> int:
    """Give the months from the opening of a won deal to its decision, 0 where none is known."""
    if "created" not in deals:
        return 0
    won = deals[deals["won"]]
    days = (won["closed"] - pd.to_datetime(won["created"], errors="coerce")).dt.days
    return 0 if days.isna().all() else round(float(days.median()) / _DAYS_A_MONTH)


def apportioned(cents: int, weights: Numbers) -> list[int]:
    """Share whole cents in proportion, the largest remainders first: the sum is exact."""
    if weights.sum() <= 0:
        weights = np.ones(len(weights))
    exact = cents * weights / weights.sum()
    found = np.floor(exact).astype(np.int64)
    most = np.argsort(-(exact - found), kind="stable")[: cents - int(found.sum())]
    found[most] += 1
    return [int(part) for part in found]


def balance(books: pd.DataFrame, matched: pd.DataFrame) -> pd.DataFrame:
    """Part the spending of each channel into what is matched and what is for later."""
    booked = books.groupby("channel", sort=False)["cents"].sum()
    used = matched.groupby("channel")["cents"].sum().reindex(booked.index, fill_value=0)
    found = pd.DataFrame({"booked": booked, "matched": used, "later": booked - used}) / 100
    return found.reset_index()
