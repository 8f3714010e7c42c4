"""A frame of contracts, checked once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.frames import as_pandas

__all__ = ["BASE", "check_enough", "read_contracts"]

BASE = "whole base"


def read_contracts(
    given: Any, duration: str, ended: str, margin: str, group: str | None
) -> pd.DataFrame:
    """Return years, left, margin and group of each contract, or name all that is wrong."""
    source = as_pandas(given)
    wanted = {"years": duration, "left": ended, "margin": margin}
    if group is not None:
        wanted["group"] = group
    missing = [name for name in wanted.values() if name not in source]
    if missing:
        found = list(map(str, source.columns))
        near = "".join(nearest(str(name), found) for name in missing)
        raise DataError(f"The contracts lack the columns {missing}.{near}")
    twice = [name for name in wanted.values() if source.columns.tolist().count(name) > 1]
    if twice:
        raise DataError(f"The contracts hold more than one column {twice}: rename or drop one.")
    frame = pd.DataFrame({new: source[old] for new, old in wanted.items()}).infer_objects()
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


def check_enough(frame: pd.DataFrame, min_ended: int) -> None:
    """Refuse contracts of which too few have ended."""
    if frame["left"].sum() < min_ended:
        raise DataError(
            f"Not enough data: {int(frame['left'].sum())} of {len(frame):,} contracts have ended "
            f"in {frame['years'].sum():,.0f} years observed, and churn needs at least {min_ended}. "
            "Add contracts that ended earlier, or wait for more to end."
        )
