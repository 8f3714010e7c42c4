"""Days given by hand or in a column, and the calendar between them."""

from __future__ import annotations

from datetime import date, datetime
from numbers import Number
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.engine import DAY_ZERO, LAST_DAY
from segkit.errors import DataError, ParameterError

__all__ = ["Days", "day_of", "days_of", "months_between"]

Days = npt.NDArray[np.datetime64]
Months = npt.NDArray[np.timedelta64]

# Day and month in text such as 03/04/2024 are not guessed.
_ISO = r"\s*(?:\d{4}-\d{2}-\d{2}(?:[T ].*)?|\d{8})\s*"


def day_of(name: str, owner: str, value: Any) -> date:
    """Read a day given as an argument, or refuse it."""
    try:
        # Text that could be two days is not guessed, nor is there a clock for "today".
        day = datetime.fromisoformat(value) if isinstance(value, str) else value
        stamp = None if isinstance(day, Number) else pd.Timestamp(day)
    except (TypeError, ValueError):
        stamp = None
    if stamp is None or pd.isna(stamp) or not DAY_ZERO <= stamp.date() <= LAST_DAY:
        raise ParameterError(name, owner, "a day such as '2024-12-31'", value)
    return stamp.date()


def days_of(column: pd.Series[Any]) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Read a column of dates, instants or text; tell which cells hold something unreadable.

    Raises
    ------
    DataError
        If cells are filled, and no one can be read.
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return column.to_numpy().astype("datetime64[D]"), np.zeros(len(column), dtype=bool)
    if pd.api.types.is_float_dtype(column.dtype) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")  # Whole numbers such as 20240131 beside empty cells.
    text = column.astype("str").where(column.notna(), "")
    filled = text.str.strip() != ""
    plain = text.where(text.str.fullmatch(_ISO)).str.strip().str.slice(0, 10)
    days = pd.to_datetime(plain, format="ISO8601", errors="coerce")
    if filled.any() and days.isna().all():
        found = ", ".join(repr(cell) for cell in text[filled].unique()[:3])
        raise DataError(
            f"The contracts: {str(column.name)!r} holds no dates such as 2024-01-31 or 20240131. "
            f"Found {found}."
        )
    return days.to_numpy().astype("datetime64[D]"), (filled & days.isna()).to_numpy()


def months_between(first: Days, last: Days) -> npt.NDArray[np.float64]:
    """Count months by the calendar: whole ones, and the share of the one that has begun.

    A month is over on the day of the month on which it began, or on the last day of a shorter one.
    """
    month = first.astype("datetime64[M]")
    in_month = first - month.astype("datetime64[D]")
    one = np.timedelta64(1, "M")

    def anniversary(months: Months) -> Days:
        at = month + months
        begins = at.astype("datetime64[D]")
        last_day = (at + one).astype("datetime64[D]") - begins - np.timedelta64(1, "D")
        return np.asarray(begins + np.minimum(in_month, last_day))

    whole = last.astype("datetime64[M]") - month
    whole = np.where(anniversary(whole) > last, whole - one, whole)
    begun, over = anniversary(whole), anniversary(whole + one)
    return np.asarray(whole.astype(np.int64) + (last - begun) / (over - begun))
