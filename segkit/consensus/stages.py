"""Worth of items from rankings: the Plackett-Luce model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segkit.consensus.rankings import Rankings, read_rankings
from segkit.consensus.worth import Choices, Worths, check_beaten, check_options, fit_worths
from segkit.errors import DataError

__all__ = ["plackett_luce"]

Numbers = NDArray[np.float64]


def plackett_luce(
    rankings: Any,
    *,
    counts: ArrayLike | None = None,
    panelist: str = "panelist",
    item: str = "item",
    rank: str = "rank",
    reference: str | None = None,
    ridge: float = 0.0,
    confidence: float = 0.9,
) -> Worths:
    r"""Estimate the worth of items from rankings (Luce 1959, Plackett 1975).

    A ranking is a row of choices: the first out of all, the second out of the rest, and so on;
    each item is chosen with the chance :math:`\pi_i / \sum_{j \text{ left}} \pi_j`. Maximum
    likelihood. An item that a ranking leaves out took no part in it. Items tied last are known
    only to come after the others, as in rankings of the best few. Other ties are counted by
    Efron's (1977) approximation: as if their order were not known.

    Parameters
    ----------
    rankings : list, mapping, array or frame
        As in `borda`.
    counts : array of shape (ballots,), optional
        How many ranked so.
    panelist, item, rank : str
        Columns of a table with one row a rank.
    reference : str, optional
        Item whose log worth is 0; without one their mean is 0.
    ridge : float
        Draws the log worths together, which also makes unconnected items estimable: a prior of
        variance 1 / ridge.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If rankings cannot be read, items were never ranked together, or some never come after
        the rest (see `ridge`).
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = plackett_luce([["a", "b", "c"], ["b", "a", "c"], ["a", "c", "b"], ["c", "a", "b"]])
    >>> found.worth.round(2).to_dict()
    {'a': 0.62, 'b': 0.19, 'c': 0.19}
    """
    read = read_rankings(rankings, counts, panelist=panelist, item=item, rank=rank)
    check_options("plackett_luce", read.items, reference, ridge, confidence)
    if not any(_tops(row).size for row in read.ranks):
        raise DataError("rankings: nobody ranks one item before another.")
    if not ridge:
        check_beaten(_ahead(read.ranks), read.items, "plackett_luce")
    tied = any(len(np.unique(_tops(row))) < _tops(row).size for row in read.ranks)
    notes = (*read.notes, "Ties are counted by Efron's approximation.") if tied else read.notes
    return fit_worths(
        _choices(read),
        read.items,
        model="Plackett-Luce",
        reference=reference,
        ridge=ridge,
        confidence=confidence,
        notes=notes,
    )


def _tops(row: Numbers) -> Numbers:
    """Give the ranks before the last one."""
    known = row[~np.isnan(row)]
    return known[known < known.max()] if known.size else known


def _ahead(ranks: Numbers) -> Numbers:
    """Count how often the item of the row came before that of the column; a tie above is both."""
    n = ranks.shape[1]
    ahead = np.zeros((n, n))
    for row in ranks:
        # Nobody says which of those tied last is better: that is no choice.
        last = np.max(row, initial=0.0, where=~np.isnan(row))
        ahead += (row[:, None] <= row[None, :]) & (row[:, None] < last)
    return np.where(np.eye(n) > 0, 0.0, ahead)


def _choices(read: Rankings) -> Choices:
    """Take each place of each ranking as a choice out of the items that are left."""
    n = len(read.items)
    features, offsets, starts, times = [], [], [], []
    chosen, length = np.zeros(n), 0
    for row, count in zip(read.ranks, read.counts, strict=True):
        places = np.unique(row[~np.isnan(row)])
        for place in places:
            took, left = row == place, np.flatnonzero(row >= place)
            size = int(took.sum())
            if size == len(left):  # the last, or those tied last: no choice
                break
            chosen += count * took
            for nth in range(size):
                # Of tied items, nth have gone already; nobody knows which.
                share = np.where(took[left], 1 - nth / size, 1.0)
                features.append(np.eye(n)[left])
                offsets.append(np.log(share))
                starts.append(length)
                times.append(count)
                length += len(left)
    return Choices(
        np.concatenate(features),
        np.concatenate(offsets),
        np.array(starts, dtype=np.intp),
        np.array(times, dtype=float),
        chosen,
    )
