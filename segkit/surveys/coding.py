"""Attributes of offers as columns of a logit: effects coding, and back to all levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from scipy.linalg import block_diag

from segkit.errors import DataError, ParameterError, nearest
from segkit.surveys.best_worst import zero_sum
from segkit.surveys.logit import Floats

__all__ = ["NONE", "Attribute", "Coding", "attribute_of", "kinds_of"]

NONE = "none"
_KINDS = {"linear": "linear", "part-worth": "part-worth", "partworth": "part-worth"}
MOST_LEVELS = 200


@dataclass(frozen=True)
class Attribute:
    """One attribute: its levels, or for a number (without levels) its range in the data."""

    name: str
    levels: tuple[Any, ...] = ()
    least: float = 0.0
    most: float = 0.0

    @property
    def linear(self) -> bool:
        """A number whose utility is proportional to it."""
        return not self.levels

    def turn(self, coding: str) -> Floats:
        """Give the matrix from free coefficients to those of all levels."""
        if self.linear:
            return np.ones((1, 1))
        free = len(self.levels) - 1
        return zero_sum(free + 1) if coding == "effects" else np.asarray(np.eye(free + 1)[:, 1:])

    def rows(self, values: pd.Series, coding: str, owner: str) -> Floats:
        """Code values; where there is none the row is 0.

        Raises
        ------
        DataError
            If a level is unknown.
        """
        if self.linear:
            numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
            return np.where(np.isnan(numbers), 0.0, numbers)[:, None]
        place = pd.Index(self.levels).get_indexer(pd.Index(values))
        odd = (place < 0) & values.notna().to_numpy()
        if odd.any():
            told = [str(level) for level in self.levels]
            first = str(values[odd].iloc[0])
            raise DataError(
                f"{owner}: attribute {self.name!r} has no level {first!r}."
                f"{nearest(first, told)} Levels: {', '.join(told)}."
            )
        turn = np.vstack([self.turn(coding), np.zeros((1, len(self.levels) - 1))])
        return np.asarray(turn[place])


@dataclass(frozen=True)
class Coding:
    """The attributes of a model, and whether "none of these" is on offer."""

    attributes: tuple[Attribute, ...]
    none: bool
    coding: str

    def rows(self, offers: pd.DataFrame, none: Any, owner: str) -> Floats:
        """Code offers; rows flagged in `none` are "none of these"."""
        blocks = [each.rows(offers[each.name], self.coding, owner) for each in self.attributes]
        if self.none:
            blocks.append(np.asarray(none, dtype=float)[:, None])
        return np.hstack(blocks)

    def turn(self) -> Floats:
        """Give the matrix from free coefficients to the rows of `names`."""
        blocks = [each.turn(self.coding) for each in self.attributes]
        return np.asarray(block_diag(*blocks, *([np.ones((1, 1))] if self.none else [])))

    def names(self) -> list[tuple[str, Any]]:
        """Give attribute and level of each coefficient."""
        told = [(each.name, level) for each in self.attributes for level in (each.levels or ("",))]
        return told + ([(NONE, "")] if self.none else [])

    def free_names(self) -> list[str]:
        """Name the free coefficients."""
        told = []
        for each in self.attributes:
            told += [each.name] if each.linear else [f"{each.name}={x}" for x in each.levels[1:]]
        return told + ([NONE] if self.none else [])

    def table(self, values: Mapping[str, Any]) -> pd.DataFrame:
        """Give one row a coefficient: `attribute, level`, and the columns in `values`."""
        names = self.names()
        parts = {"attribute": [name for name, _ in names], "level": [level for _, level in names]}
        return pd.DataFrame(parts | dict(values))

    def part_worths(self, betas: Floats, name: str, whose: Sequence[Any]) -> pd.DataFrame:
        """Give part-worths of many, shape (whose, coefficients), as one long table.

        A linear attribute has its least and its most value.
        """
        parts = []
        for place, each in zip(self.places(), self.attributes, strict=True):
            worths = betas[:, place] @ each.turn(self.coding).T
            ends = (each.least, each.most)
            for at, worth in zip(
                ends if each.linear else each.levels,
                (worths * ends).T if each.linear else worths.T,
                strict=True,
            ):
                columns = {name: list(whose), "attribute": each.name, "level": at}
                parts.append(pd.DataFrame(columns | {"estimate": worth}))
        return pd.concat(parts, ignore_index=True)

    def places(self) -> list[slice]:
        """Say where the free coefficients of each attribute stand."""
        sizes = [max(len(each.levels) - 1, 1) for each in self.attributes]
        ends = np.cumsum(sizes)
        return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]


def kinds_of(attributes: Any, owner: str) -> dict[str, str | None] | None:
    """Read which attributes are wanted, and as what."""
    if attributes is None:
        return None
    if isinstance(attributes, str):
        attributes = [attributes]
    if not isinstance(attributes, Iterable):
        expected = "names of columns, or a mapping from them to their kinds"
        raise ParameterError("attributes", owner, expected, attributes)
    if not isinstance(attributes, Mapping):
        return dict.fromkeys(attributes)
    odd = {name: kind for name, kind in attributes.items() if kind not in _KINDS}
    if odd:
        raise ParameterError("attributes", owner, "'linear' or 'part-worth' for each", odd)
    return {name: _KINDS[kind] for name, kind in attributes.items()}


def attribute_of(values: pd.Series, kind: str | None) -> Attribute:
    """Learn an attribute from its values: numbers are linear, all else has part-worths.

    Raises
    ------
    DataError
        If a linear attribute is no finite number, or an attribute has too many levels.
    """
    name, known = str(values.name), values.dropna().infer_objects()
    number = is_numeric_dtype(known) and not is_bool_dtype(known)
    if kind == "linear" or (kind is None and number):
        numbers = pd.to_numeric(known, errors="coerce").astype(float)
        odd = ~np.isfinite(numbers.to_numpy())
        if odd.any():
            raise DataError(
                f"Attribute {name!r} is linear and must hold numbers. "
                f"Found {known[odd].tolist()[0]!r} in row {known.index[odd][0]}."
            )
        return Attribute(name, (), float(numbers.min()), float(numbers.max()))
    if isinstance(known.dtype, pd.CategoricalDtype):
        levels = [level for level in known.cat.categories if (known == level).any()]
    else:
        levels = sorted(known.unique().tolist(), key=lambda x: (isinstance(x, str), x))
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise DataError(
            f"Attribute {name!r} has {len(levels)} level{'s' * (len(levels) != 1)}; part-worths "
            f"need 2 to {MOST_LEVELS}."
        )
    return Attribute(name, tuple(levels))
