"""What comes in: any eager frame or array as a pandas frame, and which columns are meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from segkit.errors import DataError, nearest
from segkit.frames import as_pandas
from segkit.segments.columns import Column, as_floats

__all__ = [
    "Columns",
    "as_frame",
    "first_frame",
    "infinite",
    "known_frame",
    "value_of",
    "wanted",
]

Columns = Sequence[str] | Mapping[str, str | Column] | None


def as_frame(X: Any) -> pd.DataFrame | None:
    """Take any eager frame (pandas, Polars, Arrow) as a pandas frame with text names."""
    try:
        frame = as_pandas(X).reset_index(drop=True)
    except DataError:
        return None
    frame.columns = frame.columns.map(str)
    return frame


def infinite(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """Name the columns that hold infinite values, one line each, ready for an error."""
    numeric = [name for name in names if pd.api.types.is_numeric_dtype(frame[name])]
    rows = {name: np.flatnonzero(np.isinf(as_floats(frame[name])))[:5] for name in numeric}
    return [
        f"Column {name!r} holds infinite values, first in rows {found.tolist()}. "
        "Replace them, for instance by missing values."
        for name, found in rows.items()
        if found.size
    ]


def first_frame(model: Any, X: Any) -> pd.DataFrame:
    """Take the rows a model is fitted on; the model learns the names of the columns."""
    frame = as_frame(X)
    if frame is None:
        return _of_array(model, X, reset=True)
    if len(frame) < 2:
        raise DataError(f"Segments need at least 2 rows; there is 1 sample or none: {len(frame)}.")
    model.feature_names_in_ = frame.columns.to_numpy(dtype=object)
    model.n_features_in_ = frame.shape[1]
    return frame


def known_frame(model: Any, X: Any, names: Sequence[str]) -> pd.DataFrame:
    """Take rows for a fitted model; a frame needs the named columns only, in any order."""
    frame = as_frame(X)
    if frame is None:
        return _of_array(model, X, reset=False)
    lost = [name for name in names if name not in frame.columns]
    if lost:
        raise DataError(
            f"Columns {lost} were used to group and are not there; found {list(frame.columns)}."
        )
    return frame


def _of_array(model: Any, X: Any, *, reset: bool) -> pd.DataFrame:
    array = validate_data(
        model,
        X,
        reset=reset,
        dtype=np.float64,
        ensure_all_finite="allow-nan",
        ensure_min_samples=2 if reset else 1,
    )
    names = [f"x{i}" for i in range(array.shape[1])]
    return pd.DataFrame(array, columns=list(getattr(model, "feature_names_in_", names)))


def wanted(columns: Columns, value: str | None, frame: pd.DataFrame) -> dict[str, Column]:
    """Say what is wished for each column: all but the value one unless they are named."""
    if isinstance(columns, Mapping):
        return {
            name: wish if isinstance(wish, Column) else Column(wish)  # type: ignore[arg-type]  # checked in prepare
            for name, wish in columns.items()
        }
    names = [name for name in frame.columns if name != value] if columns is None else columns
    return {name: Column() for name in names}


def value_of(
    columns: Columns, value: str | None, frame: pd.DataFrame
) -> NDArray[np.float64] | None:
    """Give the column that orders the segments, if there is one."""
    if value is None and isinstance(columns, Mapping):
        roles = {name: getattr(wish, "role", wish) for name, wish in columns.items()}
        value = next((name for name, role in roles.items() if role == "value"), None)
    if value is None:
        return None
    if value not in frame.columns:
        raise DataError(
            f"There is no value column {value!r}; there are {list(frame.columns)}."
            + nearest(value, frame.columns)
        )
    return as_floats(frame[value])
