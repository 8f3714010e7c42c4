"""Bins of a column that win unlike each other: numbers cut in one direction, levels as they are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from scipy.stats import chi2, chi2_contingency

from segkit.scoring.intake import Numbers, is_flag, numbers_of

__all__ = ["ANY", "UNKNOWN", "BinnedColumn", "bin_column"]

Kind = Literal["number", "flag", "level"]
UNKNOWN, ANY = "unknown", "any other"
# What the largest of all cuts' statistics exceeds by chance in one column of twenty, cuts leaving
# 5 % on either side: the supremum of B(t)^2 / t(1-t) (Miller & Siegmund 1982).
SUPREMUM = 9.77
_ALPHA = 0.05


@dataclass(frozen=True)
class BinnedColumn:
    """How the values of one column fall into bins.

    Attributes
    ----------
    name : str
    kind : str
        "number", "flag" (yes or no) or "level".
    cuts : tuple of float
        Of a number: bin i holds ``cuts[i - 1] <= value < cuts[i]``.
    levels : tuple of str
        Of a category; what is none of them is "any other".
    boolean : bool
        A flag that is stored as a boolean, not as 0 and 1.
    """

    name: str
    kind: Kind
    cuts: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    boolean: bool = False

    @property
    def used(self) -> bool:
        """Whether the column parts the rows at all."""
        return bool(self.cuts or self.levels)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the bins; the last is that of missing values."""
        if not self.used:
            return ("any value", UNKNOWN)
        if self.kind == "level":
            return (*self.levels, ANY, UNKNOWN)
        if self.kind == "flag":
            return ("no", "yes", UNKNOWN)
        words = [f"{cut:,.0f}" if cut == round(cut) else f"{cut:,.4g}" for cut in self.cuts]
        inner = [f"{low} to < {high}" for low, high in itertools.pairwise(words)]
        return (f"< {words[0]}", *inner, f">= {words[-1]}", UNKNOWN)

    def places(self, values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Give the number of the bin of each value."""
        last = len(self.labels) - 1
        if not self.used:
            return np.where(values.isna(), last, 0)
        if self.kind == "level":
            place = {level: number for number, level in enumerate(self.levels)}
            found = values.astype("str").map(place).fillna(len(self.levels)).to_numpy(np.intp)
        else:
            found = np.searchsorted(self.cuts, numbers_of(values), side="right")
        return np.where(values.isna(), last, found)


def bin_column(values: pd.Series[Any], won: Numbers, most: int, smallest: float) -> BinnedColumn:
    """Choose the bins of a column; one that tells nothing of winning gets a single bin.

    Parameters
    ----------
    values : Series
    won : array of 0 and 1
    most : int
        Bins of a number.
    smallest : float
        Share of the rows that a bin must hold.
    """
    name, known = str(values.name), values.notna().to_numpy()
    least = max(int(np.ceil(smallest * len(values))), 1)
    if is_flag(values):
        single = values[known].nunique() < 2
        return BinnedColumn(name, "flag", () if single else (0.5,), boolean=is_bool_dtype(values))
    if is_numeric_dtype(values):
        cuts = _cuts(numbers_of(values)[known], won[known], most, least)
        return BinnedColumn(name, "number", cuts)
    return BinnedColumn(name, "level", levels=_levels(values[known], won[known], least))


def _levels(values: pd.Series[Any], won: Numbers, least: int) -> tuple[str, ...]:
    """Keep the common levels of a category, if levels win unlike each other at all."""
    text = values.astype("str")
    counts = text.value_counts()
    kept = sorted(counts.index[counts >= least])
    grouped = text.where(text.isin(kept), ANY)
    table = pd.crosstab(grouped, won).to_numpy()
    if min(table.shape, default=0) < 2:
        return ()
    tested = chi2_contingency(table, correction=False)
    return tuple(kept) if chi2.sf(tested.statistic, table.shape[0] - 1) < _ALPHA else ()


def _cuts(values: Numbers, won: Numbers, most: int, least: int) -> tuple[float, ...]:
    """Split where the likelihood gains most, then merge bins that break the direction."""
    if not len(values):
        return ()
    order = np.argsort(values, kind="stable")
    x, y = values[order], won[order]
    bounds = [0, len(x)]
    while len(bounds) <= most:
        found = [_best_split(x, y, a, b, least) for a, b in itertools.pairwise(bounds)]
        gain, place = max(found)
        if gain < SUPREMUM:
            break
        bounds = sorted([*bounds, place])
    kept = _monotone(y, bounds)
    cuts = [float((x[b - 1] + x[b]) / 2) for b in kept[1:-1]]
    # Among whole numbers a cut reads better as the first that lies above it.
    return tuple(np.ceil(cuts).tolist() if (x == np.round(x)).all() else cuts)


def _best_split(x: Numbers, y: Numbers, start: int, end: int, least: int) -> tuple[float, int]:
    """Give the largest gain of a split of rows start..end, as 2 log likelihood, and its place."""
    places = np.arange(start + least, end - least + 1)
    places = places[x[places - 1] < x[np.minimum(places, len(x) - 1)]]
    if not places.size:
        return 0.0, start
    wins = np.r_[0.0, np.cumsum(y[start:end])]
    left, n_left, total, n = wins[places - start], places - start, wins[-1], end - start
    gain = 2 * (
        _log_likelihood(left, n_left)
        + _log_likelihood(total - left, n - n_left)
        - _log_likelihood(np.array([total]), np.array([n]))
    )
    best = int(gain.argmax())
    return float(gain[best]), int(places[best])


def _log_likelihood(wins: Numbers, n: Any) -> Numbers:
    losses = n - wins
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(wins > 0, wins * np.log(wins / n), 0.0)
        return np.asarray(parts + np.where(losses > 0, losses * np.log(losses / n), 0.0))


def _monotone(y: Numbers, bounds: Sequence[int]) -> list[int]:
    """Merge neighbours until the rates only rise, or only fall, as from the first to the last."""
    kept = list(bounds)
    while len(kept) > 3:
        rates = np.array([y[a:b].mean() for a, b in itertools.pairwise(kept)])
        steps = np.diff(rates) * (1 if _rising(y, kept) else -1)
        if (steps > 0).all():
            break
        kept.pop(int(steps.argmin()) + 1)
    return kept


def _rising(y: Numbers, bounds: Sequence[int]) -> bool:
    """Tell the direction by the middle of all rows, so that one odd end cannot turn it."""
    place = np.concatenate(
        [np.full(b - a, number) for number, (a, b) in enumerate(itertools.pairwise(bounds))]
    )
    return bool(np.dot(place - place.mean(), y) >= 0)
