"""What goes in: rows as a frame, outcomes as 0 and 1, groups and times as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from segkit.errors import DataError, ParameterError, nearest

__all__ = [
    "Flags",
    "Numbers",
    "aligned",
    "as_array",
    "as_frame",
    "as_outcome",
    "is_flag",
    "moments",
    "numbers_of",
    "rising_cuts",
    "table_of",
]

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
_SHOWN = 5


def table_of(X: Any, what: str) -> pd.DataFrame:
    """Take rows as a pandas frame with text names; an array's columns are x0, x1, ...

    Columns or rows by name (a mapping, a list of mappings) are a table too.

    Raises
    ------
    DataError
        If it is neither.
    """
    if isinstance(X, Mapping) or (isinstance(X, list) and X and isinstance(X[0], Mapping)):
        X = _of_mappings(X, what)
    if isinstance(X, pd.DataFrame) and X.columns.has_duplicates:
        twice = sorted({str(name) for name in X.columns[X.columns.duplicated()]})
        raise DataError(f"{what}: columns stand more than once: {', '.join(twice)}. Rename them.")
    native = nw.from_native(X, eager_only=True, pass_through=True)
    if isinstance(native, nw.DataFrame):
        frame = native.to_pandas().reset_index(drop=True)
    else:
        array = np.asarray(X)
        if array.ndim != 2:
            raise DataError(
                f"{what} must be a frame or an array of shape (rows, columns). Found "
                f"{type(X).__name__} of shape {array.shape}."
            )
        frame = pd.DataFrame(array, columns=[f"x{place}" for place in range(array.shape[1])])
    frame.columns = frame.columns.map(str)
    return frame


def as_frame(X: Any, columns: Sequence[str] | None, what: str) -> pd.DataFrame:
    """Take rows as `table_of` does, and of them the named columns.

    Raises
    ------
    DataError
        If there are no rows, columns are missing or hold infinite values or dates; names all.
    """
    frame = table_of(X, what)
    names = list(frame.columns if columns is None else columns)
    faults = [
        f"{what}: no column {name!r}.{nearest(name, frame.columns)}"
        for name in names
        if name not in frame
    ]
    faults += [fault for name in names if name in frame for fault in _unusable(frame[name], what)]
    if faults or not len(frame):
        raise DataError("\n".join(faults or [f"{what} holds no rows."]))
    return frame[names].infer_objects()


def _of_mappings(X: Any, what: str) -> pd.DataFrame:
    """Take columns by name, or a list of rows by name."""
    try:
        return pd.DataFrame(X)
    except ValueError as error:
        raise DataError(f"{what}: no table can be made of these columns: {error}.") from None


def _unusable(values: pd.Series[Any], what: str) -> list[str]:
    name = values.name
    if pd.api.types.is_datetime64_any_dtype(values):
        return [f"{what}: column {name!r} holds dates; give days or years since a day instead."]
    if is_numeric_dtype(values) and not is_bool_dtype(values):
        rows = np.flatnonzero(np.isinf(numbers_of(values)))
        if rows.size:
            shown = rows[:_SHOWN].tolist()
            return [f"{what}: column {name!r} holds infinite values, first in rows {shown}."]
    return []


def as_outcome(y: Any, rows: int, what: str = "y") -> NDArray[np.float64]:
    """Take an outcome of yes and no as 1 and 0.

    Raises
    ------
    DataError
        If it is missing somewhere, has another length, or holds anything but 0 and 1.
    """
    values = pd.Series(np.asarray(y).ravel() if not isinstance(y, pd.Series) else y)
    if len(values) != rows:
        raise DataError(
            f"{what} must hold one outcome a row: {rows:,} rows, found {len(values):,}."
        )
    lost = np.flatnonzero(values.isna())
    found = sorted(map(str, pd.unique(values.dropna())))
    faults = []
    if lost.size:
        shown = lost[:_SHOWN].tolist()
        faults.append(f"{what} is missing in {lost.size:,} rows, first in {shown}.")
    if not set(found) <= {"0", "1", "0.0", "1.0", "True", "False"}:
        faults.append(
            f"{what} must hold 1 (or True) where it happened and 0 where not. Found "
            f"{', '.join(found[:_SHOWN])}. Write it as a comparison, such as outcome == 'won'."
        )
    if faults:
        raise DataError("\n".join(faults))
    yes = values.astype("str").isin(["1", "1.0", "True"])
    return np.asarray(yes, dtype=np.float64)


def aligned(values: Any, rows: int, name: str) -> NDArray[Any] | None:
    """Take one value a row, or nothing.

    Raises
    ------
    DataError
        If it has another length.
    """
    if values is None:
        return None
    series = pd.Series(np.asarray(values).ravel() if not isinstance(values, pd.Series) else values)
    if len(series) != rows:
        raise DataError(f"{name} must hold one value a row: {rows:,} rows, found {len(series):,}.")
    return series.to_numpy()


def moments(time: Any, rows: int) -> NDArray[Any] | None:
    """Take a time a row, text as dates; numbers and dates have their order already.

    Raises
    ------
    DataError
        If it has another length, or text that is no date.
    """
    found = aligned(time, rows, "time")
    if found is None or pd.api.types.is_numeric_dtype(found) or found.dtype.kind == "M":
        return found
    try:
        return pd.to_datetime(pd.Series(found)).to_numpy()
    except (ValueError, TypeError) as error:
        words = str(error).splitlines()[0]
        raise DataError(f"time must hold dates or numbers; it cannot be read: {words}") from None


def numbers_of(values: pd.Series[Any]) -> Numbers:
    """Give numbers as float64, missing ones as NaN."""
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))


def is_flag(values: pd.Series[Any]) -> bool:
    """Tell a column of yes and no: booleans, or numbers that are 0 or 1 alone."""
    if is_bool_dtype(values):
        return True
    known = values.dropna()
    return bool(is_numeric_dtype(values) and len(known) and known.isin([0, 1]).all())


def rising_cuts(cuts: Sequence[float], owner: str, most: float) -> tuple[float, float]:
    """Refuse cuts that are not two rising numbers between 0 and `most`."""
    found = tuple(map(float, cuts))
    if len(found) != 2 or not 0 < found[0] < found[1] < most:
        raise ParameterError("cuts", owner, "two rising numbers, such as (0.8, 0.95)", cuts)
    return found[0], found[1]


def as_array(values: ArrayLike) -> Numbers:
    """Give a flat array of numbers; what a column misses is NaN."""
    if isinstance(values, pd.Series):
        return numbers_of(values)
    return np.asarray(values, dtype=np.float64).ravel()
