"""Ratings from 1 to 5 out of measured numbers, so that unlike measures can be weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import take_columns
from segkit.sizing.columns import POSITIVE, number_columns

__all__ = ["relative_ratings"]

_LOWEST, _MIDDLE, _HIGHEST = 1.0, 3.0, 5.0


def relative_ratings(
    frame: Any, *, item: str, more: Sequence[str] = (), less: Sequence[str] = (), step: float = 1.5
) -> pd.DataFrame:
    r"""Rate items from 1 to 5 by how far they lie from the typical one.

    :math:`3 \pm \ln(x / \tilde x) / \ln(step)` with :math:`\tilde x` the median of the items,
    bounded by 1 and 5: an item like the median is rated 3, one `step` times as good 4. Unlike
    scaling to the best and the worst, this does not blow small differences up.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row an item.
    item : str
        Column of its name.
    more, less : sequence of str
        Columns of numbers, not negative, of which more is better, or less.
    step : float
        Ratio that is worth one point; above 1.

    Returns
    -------
    DataFrame
        `item`, and the ratings under the names of their columns.

    Raises
    ------
    DataError
        If columns are missing, a number is missing or negative (names the rows), or the median of
        a column is 0.
    ParameterError
        If `step` is not above 1, or there is no column to rate by.

    Examples
    --------
    >>> frame = pd.DataFrame({"product": [*"ABC"], "win": [0.2, 0.2, 0.3], "days": [9, 4, 6]})
    >>> relative_ratings(frame, item="product", more=["win"], less=["days"]).round(1)
      product  win  days
    0       A  3.0   2.0
    1       B  3.0   4.0
    2       C  4.0   3.0
    """
    if not step > 1:
        raise ParameterError("step", "relative_ratings", "a number above 1", step)
    columns = [*more, *less]
    if not columns:
        raise ParameterError("more, less", "relative_ratings", "at least one column", columns)
    taken = take_columns(frame, [item, *columns], "measures")
    numbers = number_columns(taken, dict.fromkeys(columns, POSITIVE), "measures")
    _check(taken[item], numbers)
    with np.errstate(divide="ignore"):
        points = np.log(numbers / numbers.median()) / np.log(step)
    points[[*less]] *= -1
    ratings: pd.DataFrame = (points + _MIDDLE).clip(_LOWEST, _HIGHEST)
    rated: pd.DataFrame = pd.concat([taken[item], ratings], axis=1)
    return rated


def _check(items: pd.Series, numbers: pd.DataFrame) -> None:
    faults = [
        f"{column} of {', '.join(map(str, items[numbers[column].isna()]))} is not known."
        for column in numbers.columns[numbers.isna().any()]
    ]
    typical = numbers.median()
    faults += [
        f"{column} has a median of 0: no item is typical." for column in typical.index[typical == 0]
    ]
    if faults:
        raise DataError("\n".join(["measures:", *faults]))
