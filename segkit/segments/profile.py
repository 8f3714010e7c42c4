"""What marks each segment: its means and shares against those of all customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.segments.columns import PreparedColumn
from segkit.segments.preparation import Preparation

__all__ = ["profile"]

ABSOLUTE = 0.25
RELATIVE = 0.5


def profile(
    frame: pd.DataFrame, labels: NDArray[np.intp], preparation: Preparation
) -> pd.DataFrame:
    """Describe each segment by every column that grouped it.

    Parameters
    ----------
    frame : DataFrame of shape (n, columns)
    labels : array of int, shape (n,)
        -1 marks rows without a segment; they are left out.
    preparation : Preparation

    Returns
    -------
    pandas.DataFrame
        `segment, column, level, n, mean, overall, difference, index, marker`. For a level
        `mean` is its share. `n` counts known values; `index` is 100 x mean / overall, for columns
        without negative values.

    Notes
    -----
    A marker (Dolnicar, Gruen & Leisch 2018, "Market Segmentation Analysis") deviates from the
    overall mean by more than a quarter of the greatest value or, where no value is negative, by
    more than half of the overall mean.
    """
    kept = labels >= 0
    rows = [
        described
        for column in preparation.columns
        for level, values in _measures(frame.loc[kept, column.name], column)
        for described in _describe(column.name, level, values, labels[kept])
    ]
    order = ["segment", "column", "level", "n", "mean", "overall", "difference", "index", "marker"]
    table = pd.DataFrame(rows)[order]
    return table.sort_values("segment", kind="stable", ignore_index=True)


def _measures(
    values: pd.Series[Any], column: PreparedColumn
) -> Iterator[tuple[Any, NDArray[np.float64]]]:
    if column.role == "categorical":
        yield from zip(column.levels, column.indicators(values).T, strict=True)
    else:
        yield "", column.numbers(values)


def _describe(
    name: str, level: Any, values: NDArray[np.float64], labels: NDArray[np.intp]
) -> Iterator[dict[str, Any]]:
    known = ~np.isnan(values)
    overall = float(values[known].mean())
    greatest = float(np.abs(values[known]).max())
    # A column that crosses zero has no ratios.
    base = overall if values[known].min() >= 0 and overall > 0 else float("nan")
    counts = np.bincount(labels[known], minlength=labels.max() + 1)
    sums = np.bincount(labels[known], weights=values[known], minlength=labels.max() + 1)
    for segment, n in enumerate(counts):
        mean = float(sums[segment] / n) if n else float("nan")
        difference = mean - overall
        yield {
            "segment": segment,
            "column": name,
            "level": level,
            "n": int(n),
            "mean": mean,
            "overall": overall,
            "difference": difference,
            "index": 100 * mean / base,
            "marker": bool(
                abs(difference) > ABSOLUTE * greatest or abs(difference) > RELATIVE * base
            ),
        }
