"""Contracts, checked once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import as_pandas, take_columns
from segkit.value._histories import Floats

__all__ = ["BASE", "check_enough", "contract_log", "flags_of", "read_contracts"]

BASE = "whole base"


def read_contracts(
    given: Any, duration: str, ended: str, margin: str | float, group: str | None
) -> pd.DataFrame:
    """Return years, left, margin and group of each contract, or name all that is wrong."""
    source = as_pandas(given, "The contracts")
    if not isinstance(margin, str):
        if np.size(margin) not in {1, len(source)}:
            expected = "a column, one number, or a number a contract"
            raise ParameterError("margin", "contract_value", expected, margin)
        source, margin = source.assign(margin=margin), "margin"
    wanted = {"years": duration, "left": ended, "margin": margin}
    if group is not None:
        wanted["group"] = group
    taken = take_columns(source, list(wanted.values()), "The contracts")
    frame = pd.DataFrame({new: taken[old] for new, old in wanted.items()}).infer_objects()
    frame["left"] = flags_of(frame["left"])
    faults = list(_faults(frame, wanted))
    if faults:
        raise DataError("The contracts cannot be used: " + "; ".join(faults) + ".")
    frame["group"] = frame["group"].astype(str) if group is not None else BASE
    return frame.astype({"years": "float64", "margin": "float64", "left": "bool"})


def _faults(frame: pd.DataFrame, names: dict[str, str]) -> Iterator[str]:
    if frame.empty:
        yield "there are none"
    if not frame.index.is_unique:
        yield "their index repeats"
    for column, name in names.items():
        empty = int(frame[column].isna().sum())
        if empty:
            yield f"{name!r} is empty in {empty:,} rows"
    for column in ("years", "margin"):
        if not pd.api.types.is_numeric_dtype(frame[column]):
            yield f"{names[column]!r} must hold numbers"
        elif not np.isfinite(frame[column].dropna().astype("float64")).all():
            yield f"{names[column]!r} is not finite everywhere"
        elif column == "years" and (frame[column] < 0).any():
            yield f"{names[column]!r} is negative in {int((frame[column] < 0).sum()):,} rows"
    if not pd.api.types.is_bool_dtype(frame["left"]):
        yield f"{names['left']!r} must hold True or False"


def contract_log(
    data: Any, ended: Any = None
) -> tuple[Floats, npt.NDArray[np.bool_], pd.Index[Any]]:
    """Return durations, whether each has ended, and the names of the contracts."""
    if ended is None:
        frame = take_columns(data, ["duration", "ended"], "The contracts")
        data, ended, index = frame["duration"], frame["ended"], frame.index
    else:
        index = getattr(data, "index", pd.RangeIndex(len(data)))
    data, ended = pd.Series(data), flags_of(pd.Series(ended).infer_objects())
    numbers, flags = pd.api.types.is_numeric_dtype(data), pd.api.types.is_bool_dtype(ended)
    if not (numbers and flags) or data.isna().any() or ended.isna().any():
        raise DataError(
            "Durations must be numbers and `ended` must hold True or False, without gaps. "
            f"Found {data.dtype} with {int(data.isna().sum()):,} gaps and {ended.dtype} with "
            f"{int(ended.isna().sum()):,}."
        )
    duration, left = data.to_numpy(np.float64), ended.to_numpy(bool)
    if duration.shape != left.shape or not (duration >= 0).all() or np.isinf(duration).any():
        raise DataError("Durations must be finite, not negative, and as many as `ended`.")
    return duration, left, index


def flags_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """Turn 1 and 0, as survival data often have it, into True and False."""
    numeric = pd.api.types.is_numeric_dtype(column)
    return column.astype("boolean") if numeric and column.dropna().isin([0, 1]).all() else column


def check_enough(frame: pd.DataFrame, min_ended: int) -> None:
    """Refuse contracts of which too few have ended."""
    if frame["left"].sum() < min_ended:
        raise DataError(
            f"Not enough data: {int(frame['left'].sum())} of {len(frame):,} contracts have ended "
            f"in {frame['years'].sum():,.0f} years observed, and churn needs at least {min_ended}. "
            "Add contracts that ended earlier, or wait for more to end."
        )
