"""What the user wants of a column, and what was decided: the rule from values to numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["OTHER", "ROLES", "UNKNOWN", "Column", "PreparedColumn", "plain"]

Role = Literal["numeric", "categorical", "ordinal", "id", "value"]
Missing = Literal["fill", "set aside"]
Numbers = NDArray[np.float64]

ROLES = ("numeric", "categorical", "ordinal", "id", "value")
UNKNOWN, OTHER = "Unknown", "Other"


@dataclass(frozen=True)
class Column:
    """What the user wants for one column; what is left out is inferred.

    Attributes
    ----------
    role : str or None
        "numeric", "categorical", "ordinal", "id" (names rows, never groups them) or "value"
        (never groups them; orders the segments).
    log : bool or None
        Take log(1 + x) first; inferred from the skewness.
    weight : float
        Counts this many times in distances; 1 is one standard deviation.
    missing : str
        "fill": the median, or the level "Unknown"; "set aside": the row gets no segment.
    levels : tuple
        Levels of an ordinal in their order, lowest first.
    """

    role: Role | None = None
    log: bool | None = None
    weight: float = 1.0
    missing: Missing = "fill"
    levels: tuple[Any, ...] = ()


@dataclass(frozen=True)
class PreparedColumn:
    """What was decided for one column: with this alone new rows become the same numbers.

    Attributes
    ----------
    name, role, weight, missing
        As in `Column`.
    log : bool
        log(1 + x) is taken after clipping.
    lower, upper : float
        Values are clipped to these (1 and 99 % of the rows fitted), in the column's own unit.
    center, scale : float
        Median and spread (range from 1 to 99 % over 4.65, the standard deviation of a normal
        column) after clipping and logarithm; for a categorical block 0 and
        ``sqrt(sum p (1 - p))``, so that it counts as much as one such column.
    fill : float
        What a missing number becomes.
    levels : tuple
        Levels of a category or ordinal; "Other" stands for every rarer one.
    missing_share : float
        Of the rows fitted.
    """

    name: str
    role: Role
    log: bool = False
    lower: float = -np.inf
    upper: float = np.inf
    center: float = 0.0
    scale: float = 1.0
    weight: float = 1.0
    missing: Missing = "fill"
    fill: float = np.nan
    levels: tuple[Any, ...] = ()
    missing_share: float = 0.0

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the numbers that the column becomes."""
        if self.role == "categorical":
            return tuple(f"{self.name} = {level}" for level in self.levels)
        return (self.name,)

    def numbers(self, values: pd.Series[Any]) -> Numbers:
        """Turn values into numbers on their own scale, missing ones into NaN."""
        if self.role == "ordinal":
            places = level_places(values, self.levels, spare=False)
            return np.where(places < 0, np.nan, places)
        return as_floats(values)

    def scaled(self, values: pd.Series[Any]) -> Numbers:
        """Turn values into the numbers that distances are taken of, shape (n, features)."""
        if self.role == "categorical":
            return self.indicators(values) * (self.weight / self.scale)
        raw = self.numbers(values)
        clipped = np.clip(np.where(np.isnan(raw), self.fill, raw), self.lower, self.upper)
        moved = np.log1p(clipped) if self.log else clipped
        # Divided first: one over the smallest of scales would be infinite.
        return ((moved - self.center) / self.scale * self.weight)[:, None]

    def indicators(self, values: pd.Series[Any]) -> Numbers:
        """Give one column of 0 and 1 a level; a level never seen before is 0 in all."""
        places = level_places(values, self.levels)
        return np.asarray(places[:, None] == np.arange(len(self.levels)), dtype=np.float64)


def as_floats(values: pd.Series[Any]) -> Numbers:
    """Give numbers as float64, missing ones as NaN."""
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))


def level_places(
    values: pd.Series[Any], levels: Sequence[Any], *, spare: bool = True
) -> NDArray[np.intp]:
    """Give the place of each value among the levels, -1 where it has none.

    With `spare` a missing value has the place of "Unknown", if that is a level, and one that is
    no level, or missing without "Unknown", that of "Other".
    """
    codes, found = pd.factorize(values)
    places = {level: place for place, level in enumerate(levels)}
    other = places.get(OTHER, -1) if spare else -1
    missing = places.get(UNKNOWN, other) if spare else -1
    of_found = [places.get(plain(value), other) for value in found]
    return np.array([*of_found, missing], dtype=np.intp)[codes]


def plain(value: Any) -> Any:
    """Give a level as a plain Python value; whole numbers are int however they are stored."""
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, str | int | float):
        return str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
