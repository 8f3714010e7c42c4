"""What marks each segment: its means and shares against those of all customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.intervals import mean_interval, wilson_interval
from segkit.segments.columns import PreparedColumn
from segkit.segments.preparation import Preparation

__all__ = ["profile", "suggested_names"]

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
        `segment, column, level, n, mean, low, high, overall, difference, effect, index, index_low,
        index_high, marker`. For a level `mean` is its share. `n` counts known values; `low` and
        `high` bound the mean (Student's t) or share (Wilson) at 90 %; `effect` is the difference
        in standard deviations of all rows; `index` is 100 x mean / overall, for columns without
        negative values, and its bounds take the overall mean as known.

    Notes
    -----
    A marker (Dolnicar, Gruen & Leisch 2018, "Market Segmentation Analysis") deviates from the
    overall mean by more than a quarter of the greatest value or, where no value is negative, by
    more than half of the overall mean.
    """
    kept = labels >= 0
    parts = [
        _described(column, level, values, labels[kept])
        for column in preparation.columns
        for level, values in _measures(frame.loc[kept, column.name], column)
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values("segment", kind="stable", ignore_index=True)


def suggested_names(table: pd.DataFrame) -> list[str]:
    """Suggest a short name for each segment from its two strongest markers.

    Examples
    --------
    >>> suggested_names(pd.DataFrame({"segment": [0, 0, 1], "column": ["spend", "plan", "spend"],
    ...     "level": ["", "pro", ""], "effect": [1.2, 0.8, -0.2], "marker": [True, True, False]}))
    ['high spend, plan pro', 'average']
    """
    names: list[str] = []
    for _, rows in table.groupby("segment"):
        marked = rows[rows["marker"]]
        marked = marked.assign(size=marked["effect"].abs().round(6))
        # Two levels of a column say the same thing twice; what a segment has says it best.
        strongest = marked.sort_values(["size", "effect"], ascending=False, kind="stable")
        strongest = strongest.drop_duplicates("column").head(2)
        words = [_word(row) for row in strongest.to_dict("records")]
        name = ", ".join(words) or "average"
        names.append(f"{name} ({len(names) + 1})" if name in names else name)
    return names


def _word(row: dict[Any, Any]) -> str:
    if row["level"] == "":
        return f"{'high' if row['effect'] > 0 else 'low'} {row['column']}"
    return f"{'' if row['effect'] > 0 else 'not '}{row['column']} {row['level']}"


def _measures(
    values: pd.Series[Any], column: PreparedColumn
) -> Iterator[tuple[Any, NDArray[np.float64]]]:
    if column.role == "categorical":
        yield from zip(column.levels, column.indicators(values).T, strict=True)
    else:
        yield "", column.numbers(values)


def _described(
    column: PreparedColumn,
    level: Any,
    values: NDArray[np.float64],
    labels: NDArray[np.intp],
) -> pd.DataFrame:
    k = int(labels.max()) + 1
    known = ~np.isnan(values)
    # In units of the greatest value: squares of huge ones would overflow.
    unit = float(np.abs(values[known]).max()) or 1.0
    values, labels = values[known] / unit, labels[known]
    counts = np.bincount(labels, minlength=k)
    sums = np.bincount(labels, weights=values, minlength=k)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    if column.role == "categorical":
        low, high = wilson_interval(sums, counts)
    else:
        squares = np.bincount(labels, weights=(values - means[labels]) ** 2, minlength=k)
        deviations = np.sqrt(squares / np.maximum(counts - 1, 1))
        low, high = mean_interval(means, deviations, counts)
    overall, spread = float(values.mean()), float(values.std())
    difference = means - overall
    # A column that crosses zero has no ratios.
    base = overall if values.min() >= 0 and overall > 0 else np.nan
    marker = (np.abs(difference) > ABSOLUTE) | (np.abs(difference) > RELATIVE * base)
    return pd.DataFrame(
        {
            "segment": np.arange(k),
            "column": column.name,
            "level": level,
            "n": counts,
            "mean": means * unit,
            "low": low * unit,
            "high": high * unit,
            "overall": overall * unit,
            "difference": difference * unit,
            "effect": difference / spread if spread > 0 else 0.0,
            "index": 100 * means / base,
            "index_low": 100 * low / base,
            "index_high": 100 * high / base,
            "marker": marker,
        }
    )
