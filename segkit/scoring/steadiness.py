"""XYZ: how steady the demand is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, take_columns
from segkit.scoring.intake import Numbers, rising_cuts

__all__ = ["XYZ", "xyz"]

_SHOWN = 5


@dataclass(frozen=True)
class XYZ(JsonResult):
    """Classes of items by how steady their demand is.

    Attributes
    ----------
    table : DataFrame
        One row an item: `item, periods, mean, deviation, variation, class`.
    classes : DataFrame
        `class, items, share_of_items`.
    cuts : tuple of float
        X up to the first, Y up to the second, Z above: standard deviation / mean.
    notes : tuple of str
    """

    table: pd.DataFrame
    classes: pd.DataFrame
    cuts: tuple[float, float]
    notes: tuple[str, ...]


def xyz(
    demand: Any,
    *,
    cuts: tuple[float, float] = (0.5, 1.0),
    key: str | None = None,
    period: str | None = None,
    amount: str | None = None,
    ddof: int = 1,
) -> XYZ:
    """Class items by the coefficient of variation of their demand: X steady, Y variable, Z erratic.

    Parameters
    ----------
    demand : array, frame
        One row an item, one column a period, and the column `key` where one names the items; or
        rows with `key`, `period`, `amount`, where a period without a row is a demand of 0.
    cuts : tuple of two floats
        X up to the first, Y up to the second.
    key, period, amount : str, optional
        Columns of a frame of rows.
    ddof : int
        1: the standard deviation of a sample; 0: of a population.

    Raises
    ------
    DataError
        If there are fewer than two periods, or a demand is missing or infinite.
    ParameterError
        If cuts do not rise.

    Examples
    --------
    >>> xyz([[10, 11, 9, 10], [5, 15, 2, 10], [0, 0, 30, 0]]).table["class"].tolist()
    ['X', 'Y', 'Z']
    """
    cuts = rising_cuts(cuts, "xyz", most=np.inf)
    wide = _periods(demand, key, period, amount)
    amounts: Numbers = wide.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(amounts).all(axis=1))
    if wrong.size or amounts.shape[1] < 2 or not len(amounts):
        raise DataError(
            "xyz needs the demand of each item in at least two periods, as finite numbers. Found "
            f"{len(amounts):,} items and {amounts.shape[1]:,} periods; not finite in "
            f"{[str(wide.index[row]) for row in wrong[:_SHOWN]]}."
        )
    mean, deviation = amounts.mean(axis=1), amounts.std(axis=1, ddof=ddof)
    with np.errstate(divide="ignore", invalid="ignore"):
        variation = np.where(mean > 0, deviation / mean, np.nan)
    letters = np.where(variation <= cuts[0], "X", np.where(variation <= cuts[1], "Y", "Z"))
    table = pd.DataFrame(
        {
            "item": wide.index,
            "periods": amounts.shape[1],
            "mean": mean,
            "deviation": deviation,
            "variation": variation,
            "class": letters,
        }
    )
    counts = table["class"].value_counts().reindex(["X", "Y", "Z"], fill_value=0)
    classes = pd.DataFrame(
        {"class": counts.index, "items": counts.to_numpy(), "share_of_items": counts / len(table)}
    ).reset_index(drop=True)
    idle = int((mean <= 0).sum())
    notes = (f"{idle:,} items without demand are in Z.",) if idle else ()
    return XYZ(table, classes, cuts, notes)


def _periods(demand: Any, key: str | None, period: str | None, amount: str | None) -> pd.DataFrame:
    """Lay out demand with one row an item and one column a period."""
    if key is not None and period is not None and amount is not None:
        rows = take_columns(demand, [key, period, amount], "xyz")
        lost = np.flatnonzero(rows.isna().any(axis=1))
        if lost.size:
            raise DataError(
                f"xyz: {lost.size:,} rows lack {key}, {period} or {amount}, first "
                f"{lost[:_SHOWN].tolist()}. Leave them out, or fill them."
            )
        wide = rows.pivot_table(index=key, columns=period, values=amount, aggfunc="sum")
        return wide.fillna(0.0)
    if period is not None or amount is not None:
        expected = "all three for rows, key alone for columns of periods, or none"
        raise ParameterError("key, period, amount", "xyz", expected, (key, period, amount))
    native = nw.from_native(demand, eager_only=True, pass_through=True)
    if not isinstance(native, nw.DataFrame):
        return pd.DataFrame(np.atleast_2d(np.asarray(demand, dtype=np.float64)))
    frame: pd.DataFrame = native.to_pandas()
    if key is not None:
        take_columns(frame, [key], "xyz")
        frame = frame.set_index(key)
    words = [str(name) for name in frame if not pd.api.types.is_numeric_dtype(frame[name].dtype)]
    if words:
        raise DataError(
            f"xyz: columns {words} hold no numbers. Name the column of the item as key; all others "
            "are periods."
        )
    return frame
