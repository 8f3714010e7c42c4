"""Events reduced to customers: the same rows, types and order from every engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from segkit.engine.events import DAY_ZERO, FATES, LARGE, EventQueries
from segkit.errors import DataError

__all__ = ["Reduction", "reduce_events"]


@dataclass(frozen=True)
class Reduction:
    """What the statements answered.

    Attributes
    ----------
    queries : EventQueries
        The statements.
    as_of : datetime.date
        The end of the observation.
    fates : pandas.DataFrame
        For each of `FATES`: `line_count, customer_count, money`.
    customers : pandas.Index
        The ids, sorted.
    groups : pandas.DataFrame
        The rows of `EventQueries.customers`, indexed by the customer's place in `customers`: whole
        numbers are aligned many times faster than text.
    copied, copied_money : int, float
        The events left out as equal to an earlier one, and their money.
    """

    queries: EventQueries
    as_of: date
    fates: pd.DataFrame
    customers: pd.Index
    groups: pd.DataFrame
    copied: int
    copied_money: float

    @cached_property
    def bought(self) -> pd.DataFrame:
        """Days that are purchases."""
        return self.groups[self.groups["bought"]]

    @cached_property
    def before(self) -> pd.DataFrame:
        """Purchases until the split day."""
        return self.bought[~self.bought["later"]]

    @cached_property
    def after(self) -> pd.DataFrame:
        """Purchases after the split day."""
        return self.bought[self.bought["later"]]

    @cached_property
    def idle(self) -> pd.DataFrame:
        """Days that are no purchases."""
        return self.groups[~self.groups["bought"]]

    def ask(self, sql: str) -> pd.Series:
        """Collect the one row of a further statement."""
        return self.queries.projection.source.engine.query(sql).iloc[0].fillna(0)


def reduce_events(queries: EventQueries, as_of: date | None) -> Reduction:
    """Run the statements that every summary needs.

    Parameters
    ----------
    queries : EventQueries
        The statements.
    as_of : datetime.date or None
        The end of the observation; None for the last day of an event that counts.

    Raises
    ------
    DataError
        If nobody bought until the split day.

    Examples
    --------
    >>> from datetime import date
    >>> from segkit.engine import locate, project
    >>> events = pd.DataFrame({"id": ["a", "a"], "day": ["2024-01-05", "2024-02-09"]})
    >>> day = date(2024, 12, 31)
    >>> source = project(locate(events, None, text_ids="id"), "id", "day", None)
    >>> queries = EventQueries(
    ...     source, last_day=day, split_day=day, distinct=False, zeros_buy=True, net_refunds=False
    ... )
    >>> reduce_events(queries, day).before["day_count"].tolist()
    [2]
    """
    query = queries.projection.source.engine.query
    fates = query(queries.fates)
    if fates["cents"].sum() >= LARGE:
        queries = replace(queries, large=True)
        fates = query(queries.fates)
    fates = fates.drop(columns="cents").set_index("fate").reindex(FATES, fill_value=0)
    groups = _typed(query(queries.customers))
    if not (groups["bought"] & ~groups["later"]).any():
        raise DataError(_nobody(queries, fates, as_of))
    ids = groups.pop("customer")
    first = np.append(True, np.asarray(ids.array[1:] != ids.array[:-1], dtype=bool))
    groups.index = first.cumsum() - 1
    counted = fates.loc[["zero amount", "paid", *(["refund"] if queries.net_refunds else [])]]
    return Reduction(
        queries=queries,
        as_of=as_of or DAY_ZERO + timedelta(days=int(groups["last_day"].max())),
        fates=fates,
        customers=pd.Index(ids[first]),
        groups=groups,
        copied=int(counted["line_count"].sum() - groups["line_count"].sum()),
        copied_money=round(counted["money"].sum() - groups["spend"].sum(), 2),
    )


def _typed(groups: pd.DataFrame) -> pd.DataFrame:
    types = dict.fromkeys(("bought", "later"), "bool")
    types |= dict.fromkeys(("day_count", "line_count", "first_day", "last_day"), "int64")
    types |= dict.fromkeys(("spend", "repeat_spend"), "float64")
    types["customer"] = "int64" if is_integer_dtype(groups["customer"].dtype) else "str"
    groups = groups.astype(types)
    if groups["customer"].is_monotonic_increasing:
        return groups
    # A database may order text by the rules of a language; the order of a sum shall not vary.
    return groups.sort_values(["customer", "bought", "later"], ignore_index=True)


def _nobody(queries: EventQueries, fates: pd.DataFrame, as_of: date | None) -> str:
    until = "" if as_of is None else f" until {as_of}"
    counts = "; ".join(f"{fate}: {rows}" for fate, rows in fates["line_count"].items() if rows)
    forms = ""
    if queries.projection.text_dates:
        forms = " Dates in text are read as 2024-01-31 or 20240131."
    return f"No customer has a purchase{until}. Rows by kind: {counts}.{forms}"
