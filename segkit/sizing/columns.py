"""Columns of frames: which there are, and those that must hold numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from segkit.errors import DataError

__all__ = ["ANY", "POSITIVE", "Bounds", "names_of", "number_columns"]

Bounds = tuple[float, float]
ANY: Bounds = (-np.inf, np.inf)
POSITIVE: Bounds = (0.0, np.inf)
_SHOWN = 5


def number_columns(table: pd.DataFrame, columns: Mapping[str, Bounds], what: str) -> pd.DataFrame:
    """Take columns as numbers, with NaN where a cell is empty.

    Parameters
    ----------
    table : DataFrame
        Rows as they were given; faults name their labels.
    columns : mapping of str to tuple of float
        Lowest and highest value allowed in each column.
    what : str
        What the rows are, to begin a message with.

    Raises
    ------
    DataError
        If a cell holds text, an infinite number or one beyond the bounds; names all columns.

    Examples
    --------
    >>> number_columns(pd.DataFrame({"share": ["0.5", None]}), {"share": (0, 1)}, "rivals")
       share
    0    0.5
    1    NaN
    """
    numbers: pd.DataFrame = table[[*columns]].apply(pd.to_numeric, errors="coerce").astype(float)
    faults = {name: _fault(table[name], numbers[name], bounds) for name, bounds in columns.items()}
    told = [f"{what}: {name} {fault}" for name, fault in faults.items() if fault]
    if told:
        raise DataError("\n".join(told))
    return numbers


def names_of(frame: Any) -> list[str]:
    """List the columns of a pandas, Polars or Arrow frame; none of what is no frame."""
    try:
        return list(nw.from_native(frame, eager_only=True).columns)
    except TypeError:
        return []


def _fault(given: pd.Series, numbers: pd.Series, bounds: Bounds) -> str:
    low, high = bounds
    held = np.isfinite(numbers) & numbers.between(low, high)
    wrong = given[given.notna() & ~held]
    if wrong.empty:
        return ""
    shown = ", ".join(f"{value!r} in row {row}" for row, value in wrong.head(_SHOWN).items())
    more = f" and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
    return f"must be {_words(low, high)}. Got {shown}{more}."


def _words(low: float, high: float) -> str:
    if np.isfinite(low) and np.isfinite(high):
        return f"a number within {low:g} and {high:g}"
    return f"a number of at least {low:g}" if np.isfinite(low) else "a finite number"
