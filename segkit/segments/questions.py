"""Questions of a sheet: columns as answers that a person can tick or a number to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.segments.columns import Column, Numbers, PreparedColumn, as_floats
from segkit.segments.preparation import prepare
from segkit.segments.schemes import band_cuts, band_names

__all__ = ["Question", "ask"]

MOST_NUMBERS = 20
BANDS = 5


@dataclass(frozen=True)
class Question:
    """A column as it is asked.

    Attributes
    ----------
    column : PreparedColumn
    cuts : tuple of float
        Upper ends of bands, for numbers of many values; else empty.
    """

    column: PreparedColumn
    cuts: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be answered, in the order of `encoded`."""
        if self.cuts:
            return band_names(self.cuts)
        if self.column.role == "categorical":
            return tuple(map(str, self.column.levels))
        return ("x number",) if self.column.role == "numeric" else (self._order(),)

    def _order(self) -> str:
        steps = ", ".join(f"{place} {level}" for place, level in enumerate(self.column.levels))
        return f"x number ({steps})"

    def encoded(self, frame: pd.DataFrame) -> Numbers:
        """Give the answers as numbers, shape (n, answers); a missing number is the median."""
        values = frame[self.name]
        if self.column.role == "categorical":
            return self.column.indicators(values)
        raw = self.column.numbers(values)
        filled = np.where(np.isnan(raw), self.column.fill, raw)
        if not self.cuts:
            return filled[:, None]
        band = np.searchsorted(self.cuts, filled, side="left")
        return np.asarray(band[:, None] == np.arange(len(self.cuts) + 1), dtype=np.float64)


def ask(frame: pd.DataFrame, names: Sequence[str]) -> list[Question]:
    """Make questions of columns; those that tell nothing (constant, empty) are left out."""
    contract = prepare(frame, {name: Column() for name in names})
    return [Question(column, _cuts(column, frame[column.name])) for column in contract.columns]


def _cuts(column: PreparedColumn, values: pd.Series[Any]) -> tuple[float, ...]:
    """Cut numbers of many values into fifths."""
    if column.role != "numeric" or values.nunique() <= MOST_NUMBERS:
        return ()
    return band_cuts(as_floats(values.dropna()), BANDS)
