"""Money of each customer and period, from a ledger with one row a movement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError
from segkit.frames import take_columns
from segkit.segments.columns import as_floats

__all__ = ["Money", "read_money"]

Numbers = NDArray[np.float64]
MONTHS = 12


@dataclass(frozen=True)
class Money:
    """Amounts by customer and period, every period kept in its place, paid for or not.

    Attributes
    ----------
    ids : Index
        Customers, in the order of the arrays' rows.
    amounts : dict
        Measure -> array of shape (customers, periods), oldest period first.
    first : array of int, shape (customers,)
        The period that a customer first appears in, 0 for one that came before.
    later : int
        Rows of the ledger after the last period; they are left out.
    """

    ids: pd.Index[Any]
    amounts: Mapping[str, Numbers]
    first: NDArray[np.intp]
    later: int

    def summed(self, groups: NDArray[np.intp], names: Sequence[Any]) -> Money:
        """Give the money of groups of customers; -1 belongs to none."""
        inside, k = groups >= 0, len(names)
        amounts = {}
        for name, values in self.amounts.items():
            total = np.zeros((k, values.shape[1]))
            np.add.at(total, groups[inside], values[inside])
            amounts[name] = total
        first = np.full(k, len(next(iter(amounts.values()))[0]), dtype=np.intp)
        np.minimum.at(first, groups[inside], self.first[inside])
        return Money(pd.Index(names, dtype=object), amounts, first, 0)


def read_money(
    ledger: Any,
    customer: str,
    period: str,
    measures: Mapping[str, str | None],
    as_of: Any,
    periods: int,
) -> Money:
    """Sum a ledger by customer and period.

    Parameters
    ----------
    ledger : frame
    customer, period : str
        Columns of the customer and of the day, month or number of the period.
    measures : mapping of str to str or None
        Measure -> its column; None where there is none, which counts as 0.
    as_of : date or int or None
        The last period; None for that of the last row.
    periods : int
        Most periods to keep, counted back from the last.

    Raises
    ------
    DataError
        If columns are missing or hold the wrong kind, or no row is left; names all faults.
    """
    named = [name for name in measures.values() if name is not None]
    frame = take_columns(ledger, [customer, period, *named], "the ledger")
    _check(frame, customer, period, named)
    number = _numbers(frame[period])
    last = int(number.max()) if as_of is None else _number(as_of, frame[period])
    kept = number <= last
    if not kept.any():
        raise DataError(f"The ledger holds no row up to as_of = {as_of!r}.")
    codes, ids = pd.factorize(frame.loc[kept, customer], sort=True)
    periods = min(periods, last - int(number[kept].min()) + 1)
    place = number[kept] - (last - periods + 1)
    recent = place >= 0
    flat = (codes * periods + place)[recent]
    amounts = {
        measure: _summed(
            None if name is None else frame.loc[kept, name][recent], flat, len(ids), periods
        )
        for measure, name in measures.items()
    }
    first = np.full(len(ids), periods, dtype=np.intp)
    np.minimum.at(first, codes, np.maximum(place, 0))
    return Money(pd.Index(ids), amounts, first, int((~kept).sum()))


def _check(frame: pd.DataFrame, customer: str, period: str, named: Sequence[str]) -> None:
    if frame.empty:
        raise DataError("The ledger has no rows.")
    faults = [
        f"Column {name!r} of the ledger is empty in {int(frame[name].isna().sum()):,} rows, first "
        f"in rows {np.flatnonzero(frame[name].isna())[:5].tolist()}: every movement needs one."
        for name in (customer, period)
        if frame[name].isna().any()
    ]
    dated = pd.api.types.is_datetime64_any_dtype(frame[period])
    if not dated and not pd.api.types.is_integer_dtype(frame[period]):
        faults.append(
            f"Column {period!r} of the ledger holds {frame[period].dtype} where dates or whole "
            "numbers of periods are expected."
        )
    elif not dated and _year_months(frame[period]):
        faults.append(
            f"Column {period!r} of the ledger holds years and months such as "
            f"{frame[period].iloc[0]}: give dates, or whole numbers without gaps."
        )
    for name in named:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            faults.append(f"Column {name!r} of the ledger holds {frame[name].dtype}, not amounts.")
        elif np.isinf(as_floats(frame[name])).any():
            faults.append(f"Column {name!r} of the ledger holds infinite amounts.")
    if faults:
        raise DataError("\n".join(faults))


def _year_months(values: pd.Series[Any]) -> bool:
    """Say whether numbers read like 202407: after December a year's worth of them is missing."""
    known = values.dropna()
    months = known.between(190001, 210012) & (known % 100).between(1, 12)
    return bool(months.all()) and bool(known.min() < known.max())


def _numbers(values: pd.Series[Any]) -> NDArray[np.int64]:
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.asarray(values.dt.year * MONTHS + values.dt.month, dtype=np.int64)
    return np.asarray(values, dtype=np.int64)


def _number(as_of: Any, values: pd.Series[Any]) -> int:
    return int(_numbers(pd.Series([as_of], dtype=values.dtype))[0])


def _summed(
    values: pd.Series[Any] | None, flat: NDArray[np.intp], customers: int, periods: int
) -> Numbers:
    if values is None:
        return np.zeros((customers, periods))
    weights = np.nan_to_num(as_floats(values))
    total = np.bincount(flat, weights=weights, minlength=customers * periods)
    return np.asarray(total.reshape(customers, periods), dtype=np.float64)
