"""Columns as bins, and the conditions that each half-open range of bins stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.scoring.conditions import Condition, as_numbers

__all__ = ["Attribute", "attributes_of"]

MOST_LEVELS = 30
_FEW_LEVELS = 6  # of so many levels, not being one of them tells something


@dataclass(frozen=True, eq=False)
class Attribute:
    """A column as bins, and what can be said of it.

    Attributes
    ----------
    name : str
    codes : array of shape (n,)
        Bin of each row; the last bin is that of missing values.
    covers : array of shape (tests, bins)
        1 where a test holds in a bin; tests of one condition come first.
    tests : tuple of tuple of Condition
        One condition, or two that bound a half-open interval.
    simple : int
        Number of tests of one condition.
    bounds : array of shape (2, tests)
        The tests of one condition that an interval consists of; itself for any other.
    """

    name: str
    codes: NDArray[np.intp]
    covers: NDArray[np.float32]
    tests: tuple[tuple[Condition, ...], ...]
    simple: int
    bounds: NDArray[np.intp]


def attributes_of(
    frame: pd.DataFrame, bins: int, least: int
) -> tuple[list[Attribute], dict[str, str]]:
    """Make attributes of columns; those of which nothing can be said are left out with a reason."""
    found, left_out = [], {}
    for name in frame.columns:
        values = frame[name]
        reason = _useless(values, least)
        if reason:
            left_out[str(name)] = reason
        else:
            found.append(_attribute(str(name), values, bins, least))
    return found, left_out


def _useless(values: pd.Series[Any], least: int) -> str:
    known = values.dropna()
    if len(known) < least:
        return f"only {len(known):,} values are known"
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "dates are no criteria: give the days between two of them"
    if known.nunique() < 2:
        return "all values are the same"
    if not pd.api.types.is_numeric_dtype(values.dtype):
        sizes = known.astype("str").value_counts()
        if sizes.iloc[0] < least:
            return f"{len(sizes):,} levels, none of them in {least:,} deals"
    return ""


def _attribute(name: str, values: pd.Series[Any], bins: int, least: int) -> Attribute:
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return _levels(name, values.astype("str"), least)
    numbers = as_numbers(values)
    known = numbers[~np.isnan(numbers)]
    if set(np.unique(known)) <= {0.0, 1.0}:
        codes = np.where(np.isnan(numbers), 2, numbers).astype(np.intp)
        tests = [Condition(name, "is", False), Condition(name, "is", True)]
        return _simple(name, codes, np.eye(2, 3), tests)
    return _numbers(name, numbers, _cuts(known, bins))


def _cuts(known: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Cut at quantiles, each a value of the column: a row is above a cut or at most at it."""
    cuts = np.quantile(known, np.arange(1, bins) / bins, method="inverted_cdf")
    return np.unique(cuts[cuts < known.max()])


def _levels(name: str, values: pd.Series[Any], least: int) -> Attribute:
    sizes = values.value_counts()
    common = sorted(sizes.index[sizes >= least], key=lambda one: (-sizes[one], one))
    levels = common[:MOST_LEVELS]
    places = {level: place for place, level in enumerate(levels)}
    spare, missing = len(levels), len(levels) + 1
    codes = np.where(values.isna(), missing, values.map(places).fillna(spare)).astype(np.intp)
    eye = np.eye(len(levels), missing + 1)
    tests = [Condition(name, "is", level) for level in levels]
    if 2 < sizes.size <= _FEW_LEVELS:  # of two, not being the one is being the other
        known = np.arange(missing + 1) < missing
        eye = np.vstack([eye, known & (eye == 0)])
        tests += [test.opposite() for test in tests]
    return _simple(name, codes, eye, tests)


def _simple(name: str, codes: Any, covers: Any, tests: list[Condition]) -> Attribute:
    own = np.arange(len(tests))
    return Attribute(
        name,
        codes,
        np.asarray(covers, dtype=np.float32),
        tuple((test,) for test in tests),
        len(tests),
        np.array([own, own]),
    )


def _numbers(name: str, numbers: NDArray[np.float64], cuts: NDArray[np.float64]) -> Attribute:
    """Bin i holds what is above cut i - 1 and at most cut i; the tests are ranges of bins."""
    size = len(cuts) + 1
    codes = np.where(np.isnan(numbers), size, np.searchsorted(cuts, numbers, side="left"))
    tests: list[tuple[Condition, ...]] = []
    covers, bounds = [], []
    for start, stop in _ranges(size):
        above = () if start == 0 else (Condition(name, "above", float(cuts[start - 1])),)
        below = () if stop == size else (Condition(name, "at most", float(cuts[stop - 1])),)
        own = len(tests)
        tests.append((*above, *below))
        covers.append((np.arange(size + 1) >= start) & (np.arange(size + 1) < stop))
        # The first tests are those above each cut, then those at most at each cut.
        inner = start > 0 and stop < size
        bounds.append((start - 1, len(cuts) + stop - 1) if inner else (own, own))
    return Attribute(
        name,
        codes.astype(np.intp),
        np.array(covers, dtype=np.float32),
        tuple(tests),
        2 * len(cuts),
        np.array(bounds, dtype=np.intp).T,
    )


def _ranges(size: int) -> Iterator[tuple[int, int]]:
    yield from ((start, size) for start in range(1, size))
    yield from ((0, stop) for stop in range(1, size))
    yield from combinations(range(1, size), 2)
