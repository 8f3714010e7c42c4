"""Frames already in memory: pandas, Polars, Arrow, through Narwhals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from pandas.api.types import (
    is_bool_dtype,
    is_float_dtype,
    is_integer_dtype,
)

from segkit.errors import DataError
from segkit.tables.raw import RawTable, Source, raw_table, words

__all__ = ["frame_sources"]


def frame_sources(frames: Mapping[str, Any]) -> list[Source]:
    """List frames as sources, by name.

    Raises
    ------
    DataError
        If something is no eager frame; names all that are not.

    Examples
    --------
    >>> [source.name for source in frame_sources({"orders": pd.DataFrame()})]
    ['orders']
    >>> frame_sources({"orders": [1, 2]})
    Traceback (most recent call last):
    segkit.errors.DataError: 'orders' must be a pandas, Polars or Arrow frame, not a list.
    """
    faults = []
    sources = []
    for name, frame in frames.items():
        try:
            # Narwhals refuses names that occur twice; pandas has them, and so have exports.
            known = isinstance(frame, pd.DataFrame)
            eager = frame if known else nw.from_native(frame, eager_only=True)
        except TypeError:
            kind = type(frame).__name__
            hint = " Collect it first." if hasattr(frame, "collect") else ""
            faults.append(f"{name!r} must be a pandas, Polars or Arrow frame, not a {kind}.{hint}")
            continue
        sources.append(Source(str(name), f"frame {str(name)!r}", partial(_read, eager)))
    if faults:
        raise DataError("\n".join(faults))
    return sources


def _read(frame: pd.DataFrame | nw.DataFrame[Any]) -> RawTable:
    if isinstance(frame, pd.DataFrame):
        columns = [_pandas(frame.iloc[:, place]) for place in range(frame.shape[1])]
    else:
        columns = [_other(column) for column in frame.iter_columns()]
    return raw_table(pd.DataFrame(dict(enumerate(columns))), list(frame.columns))


def _pandas(column: pd.Series) -> Any:
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return words(column.astype(object))
    if is_bool_dtype(dtype):
        return column.astype("boolean").array
    if is_integer_dtype(dtype):
        return _whole(column)
    if is_float_dtype(dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    if getattr(dtype, "kind", "") == "M":
        zoned = isinstance(dtype, pd.DatetimeTZDtype) or "tz=" in str(dtype)
        return column.astype("datetime64[us, UTC]" if zoned else "datetime64[us]").array
    # What pandas cannot tell apart in Arrow, such as lists, it can as objects.
    return words(column.astype(object) if isinstance(dtype, pd.ArrowDtype) else column)


def _other(column: nw.Series[Any]) -> Any:
    dtype = column.dtype
    if isinstance(dtype, nw.Boolean):
        return pd.array(column.to_list(), dtype="boolean")
    if dtype.is_integer():
        return _whole(column.to_list())
    if dtype.is_float():
        return column.cast(nw.Float64).to_numpy().astype(float)
    if isinstance(dtype, nw.Date):
        return column.cast(nw.Datetime("us")).to_numpy()
    if isinstance(dtype, nw.Datetime):
        return _moments(column, zoned=dtype.time_zone is not None)
    return words(column.to_list())


def _moments(column: nw.Series[Any], *, zoned: bool) -> Any:
    if not zoned:
        return column.cast(nw.Datetime("us")).to_numpy()
    utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(nw.Datetime("us"))
    return pd.DatetimeIndex(utc.to_numpy()).tz_localize("UTC").array


def _whole(values: Any) -> Any:
    try:
        return pd.array(values, dtype="Int64")
    except (OverflowError, TypeError, ValueError):  # longer than 64 bits
        return words(values)
