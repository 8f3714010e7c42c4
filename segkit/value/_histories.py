"""The summary frame checked once, and its distinct histories with their counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.errors import DataError
from segkit.frames import as_pandas, take_columns

__all__ = [
    "Floats",
    "Histories",
    "Values",
    "as_summary",
    "checked",
    "distinct",
    "dot",
    "joint",
    "pairs",
    "repeat_buyers",
]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_DENSE = 4
_NUMBERS = "iuf"


@dataclass(frozen=True)
class Values:
    """A column stored as its distinct values and each row's place among them."""

    distinct: Floats
    place: Places

    @classmethod
    def of(cls, column: Any) -> Values:
        values = np.asarray(column, dtype=np.float64)
        if values.size and values.min() >= 0 and values.max() <= _DENSE * values.size:
            codes = values.astype(np.intp)
            if (codes == values).all():
                place, whole = ranked(codes, int(values.max()) + 1)
                return cls(whole.astype(np.float64), place)
        place, found = pd.factorize(values, sort=True)
        return cls(np.asarray(found, dtype=np.float64), place)

    @property
    def rows(self) -> Floats:
        return self.distinct[self.place]


@dataclass(frozen=True)
class Histories:
    """Distinct (x, t_x, T) and how many customers share each: all a purchase model needs.

    The unit of the times is known where `customer_summary` made the summary.
    """

    x: Values
    t_x: Values
    T: Values
    count: Floats
    unit: str | None = None

    @cached_property
    def customers(self) -> float:
        return float(self.count.sum())

    @cached_property
    def share(self) -> Floats:
        """Share of the customers in each row: a mean log-likelihood is a dot product."""
        return self.count / self.customers

    def share_by(self, column: Values) -> Floats:
        """Share of the customers at each distinct value of a column."""
        return np.bincount(column.place, self.share, column.distinct.size).astype(np.float64)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the data, the same in any order of the customers."""
        rows = np.stack([self.x.rows, self.t_x.rows, self.T.rows, self.count])
        return hashlib.sha256(rows.tobytes()).hexdigest()[:16]

    @cached_property
    def by_recency(self) -> tuple[Floats, Floats, Places]:
        """Distinct (x, t_x) and each row's place among them."""
        return joint(self.x, self.t_x)

    @cached_property
    def by_age(self) -> tuple[Floats, Floats, Places]:
        """Distinct (x, T) and each row's place among them."""
        return joint(self.x, self.T)

    def without_recency(self) -> Histories:
        """Merge the histories that differ only in the time of the last purchase."""
        x, age, place = self.by_age
        count = np.bincount(place, self.count).astype(np.float64)
        recency = Values.of(np.zeros_like(x))
        return Histories(Values.of(x), recency, Values.of(age), count, self.unit)


def ranked(codes: Places, size: int) -> tuple[Places, Places]:
    """Return each code's rank among the distinct codes below `size`, and these.

    Counting is several times faster than hashing where the codes are dense.
    """
    if size > _DENSE * codes.size:
        place, key = pd.factorize(codes, sort=True)
        return place, np.asarray(key)
    seen = np.zeros(size, dtype=bool)
    seen[codes] = True
    return (np.cumsum(seen) - 1)[codes], np.flatnonzero(seen)


def dot(first: Floats, second: npt.NDArray[Any]) -> Any:
    """Sum of products along the last axis, the same on any number of threads, unlike BLAS."""
    return np.einsum("...i,i->...", first, second)


class CheckedSummary(pd.DataFrame):
    """A summary that has passed its check, so that no step checks it again."""


def as_summary(given: Any) -> pd.DataFrame:
    """Return a summary as pandas: a frame, its columns by name, or one customer of it."""
    return as_pandas(_by_column(given), "The summary")


def checked(summary: Any, *columns: str) -> pd.DataFrame:
    """Return columns of a summary as floats, or name all that is wrong with them."""
    if isinstance(summary, CheckedSummary) and set(columns) <= set(summary):
        return summary
    given = as_summary(summary)
    taken = take_columns(given, columns, "The summary").infer_objects()
    wrong = [name for name in columns if taken[name].dtype.kind not in _NUMBERS]
    if wrong:
        raise DataError(f"Columns {wrong} of the summary must be numbers, not text or dates.")
    frame = taken.astype("float64")
    if {"frequency", "monetary_value"} <= set(columns):
        # A mean of no repeat purchases is often left empty; it is not looked at.
        unspent = frame["monetary_value"].isna() & (frame["frequency"] == 0)
        frame.loc[unspent, "monetary_value"] = 0.0
    faults = list(_faults(frame)) if len(frame) else ["it has no customers"]
    if faults:
        raise DataError("The summary cannot be used: " + "; ".join(faults) + ".")
    found = CheckedSummary(frame)
    found.attrs = {"unit": given.attrs.get("unit")}
    return found


def repeat_buyers(summary: Any) -> pd.DataFrame:
    """Return frequency and mean spend of the customers who bought again."""
    frame = checked(summary, "frequency", "monetary_value")
    return frame[frame["frequency"] > 0]


def _by_column(summary: Any) -> Any:
    """Give columns by name, or one customer, as a frame; leave everything else as it is."""
    if isinstance(summary, pd.Series) and "frequency" in summary.index:
        return summary.to_frame().T.infer_objects()
    if not isinstance(summary, Mapping):
        return summary
    try:
        return pd.DataFrame({name: np.atleast_1d(column) for name, column in summary.items()})
    except ValueError as error:
        raise DataError(f"The summary cannot be used: {error}.") from error


def distinct(summary: Any) -> Histories:
    """Merge the customers who share (frequency, recency, T)."""
    frame = checked(summary, "frequency", "recency", "T")
    x, t_x, age = (Values.of(frame[name]) for name in ("frequency", "recency", "T"))
    widths = t_x.distinct.size, age.distinct.size
    codes = (x.place * widths[0] + t_x.place) * widths[1] + age.place
    place, key = ranked(codes, x.distinct.size * widths[0] * widths[1])
    rest, age_place = np.divmod(key, widths[1])
    x_place, t_x_place = np.divmod(rest, widths[0])
    return Histories(
        Values(x.distinct, x_place),
        Values(t_x.distinct, t_x_place),
        Values(age.distinct, age_place),
        np.bincount(place).astype(np.float64),
        frame.attrs.get("unit"),
    )


def pairs(frame: pd.DataFrame) -> tuple[Floats, Floats, Places]:
    """Return the distinct (x, T) of a checked frame and each customer's place among them."""
    return joint(Values.of(frame["frequency"]), Values.of(frame["T"]))


def joint(first: Values, second: Values) -> tuple[Floats, Floats, Places]:
    """Return the distinct pairs of two columns and each row's place among them."""
    width = second.distinct.size
    place, key = ranked(first.place * width + second.place, first.distinct.size * width)
    return first.distinct[key // width], second.distinct[key % width], place


def _faults(frame: pd.DataFrame) -> Any:
    columns = {name: frame[name].to_numpy() for name in frame}
    for name, values in columns.items():
        yield from _fault(frame, ~np.isfinite(values), f"{name} is empty or not finite")
        yield from _fault(frame, values < 0, f"{name} is negative")
    x = columns.get("frequency")
    if x is not None:
        yield from _fault(frame, x != np.floor(x), "frequency is not a whole number")
    if {"recency", "T"} <= columns.keys():
        t_x = columns["recency"]
        yield from _fault(frame, t_x > columns["T"], "recency is later than T")
        if x is not None:
            late = (x == 0) & (t_x > 0)
            yield from _fault(frame, late, "recency is above 0 without a repeat purchase")


def _fault(frame: pd.DataFrame, wrong: npt.NDArray[np.bool_], what: str) -> Any:
    if wrong.any():
        first = ", ".join(map(str, frame.index[wrong][:5]))
        yield f"{what} for {int(wrong.sum()):,} customers (first: {first})"
