"""Rankings counted: Borda points, and how firmly they order the items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from segkit.consensus.rankings import Rankings, read_rankings
from segkit.errors import check_share
from segkit.frames import JsonResult
from segkit.intervals import rank_interval

__all__ = ["Borda", "borda", "full_ranks"]

_DRAWS = 2_000


@dataclass(frozen=True, eq=False)
class Borda(JsonResult):
    """Borda points of items.

    Attributes
    ----------
    table : DataFrame
        One row an item, most points first: `item, points, low, high, mean_rank, firsts, rank,
        rank_low, rank_high`. The bounds come from resampled ballots; one ballot has none.
    ballots : float
        How many voted.
    confidence : float
    notes : tuple of str
    """

    table: pd.DataFrame
    ballots: float
    confidence: float
    notes: tuple[str, ...]

    @property
    def points(self) -> pd.Series[float]:
        """Points of each item, by name, most first."""
        return self.table.set_index("item")["points"]

    @property
    def order(self) -> tuple[str, ...]:
        """Items, most points first."""
        return tuple(self.table["item"])


def borda(
    rankings: Any,
    *,
    counts: ArrayLike | None = None,
    panelist: str = "panelist",
    item: str = "item",
    rank: str = "rank",
    confidence: float = 0.9,
    random_state: int = 0,
) -> Borda:
    """Count Borda points: n - 1 for a first place down to 0 for the last of n (Borda 1784).

    Tied items share the mean of their points. Items that a ballot leaves out tie for the places
    that are left.

    Parameters
    ----------
    rankings : list, mapping, array or frame
        Orders of names, best first, ties as a tuple or set within: ``[["a", ("b", "c")]]``; a
        mapping of orders to how many voted so, or of panelists to orders; a numeric array or
        frame of ranks, one row a ballot, one column an item, 1 is best, NaN where not ranked; or
        a table with one row a rank.
    counts : array of shape (ballots,), optional
        How many voted so.
    panelist, item, rank : str
        Columns of a table with one row a rank.
    confidence : float
        Confidence of the bounds, in (0, 1).
    random_state : int
        Seed of the resamples.

    Raises
    ------
    DataError
        If the rankings cannot be read; names all faults.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> borda({("a", "b", "c"): 3, ("b", "c", "a"): 2}).points.to_dict()
    {'b': 7.0, 'a': 6.0, 'c': 2.0}
    """
    check_share("confidence", "borda", confidence)
    read = read_rankings(rankings, counts, panelist=panelist, item=item, rank=rank)
    ranks = full_ranks(read)
    each = len(read.items) - ranks
    points = read.counts @ each
    table = pd.DataFrame({"item": read.items, "points": points})
    bounds = _bounds(each, read.counts, confidence, random_state)
    table["low"], table["high"], rank_low, rank_high = bounds
    table["mean_rank"] = read.counts @ ranks / read.counts.sum()
    table["firsts"] = read.counts @ (read.ranks == 1)
    table["rank"] = rankdata(-points.round(9), "min").astype(int)
    table["rank_low"], table["rank_high"] = rank_low, rank_high
    table = table.sort_values("rank", kind="stable", ignore_index=True)
    return Borda(table, float(read.counts.sum()), confidence, (*read.notes, *_left_out(read)))


def full_ranks(read: Rankings) -> NDArray[np.float64]:
    """Give items that a ballot leaves out the mean of the places that are left."""
    known = ~np.isnan(read.ranks)
    ranked = known.sum(axis=1, keepdims=True)
    rest = (ranked + 1 + len(read.items)) / 2
    return np.where(known, read.ranks, rest)


def _left_out(read: Rankings) -> list[str]:
    partial = [
        name for name, row in zip(read.panelists, read.ranks, strict=True) if np.isnan(row).any()
    ]
    if not partial:
        return []
    shown = ", ".join(partial[:5]) + (" and others" if len(partial) > 5 else "")
    return [f"Not all items are ranked by {shown}; those left out share the last places."]


def _bounds(
    each: NDArray[np.float64], counts: NDArray[np.float64], confidence: float, random_state: int
) -> tuple[Any, Any, Any, Any]:
    """Bound points and ranks by resampled ballots."""
    size = round(float(counts.sum()))
    if size < 2:
        unknown = np.full(each.shape[1], np.nan)
        return unknown, unknown, unknown, unknown
    rng = np.random.default_rng(random_state)
    drawn = rng.multinomial(size, counts / counts.sum(), _DRAWS) * (counts.sum() / size) @ each
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(drawn, ends, axis=0)
    return low, high, *rank_interval(drawn, confidence)
