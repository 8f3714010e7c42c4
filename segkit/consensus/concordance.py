"""How far rankings agree: Kendall's coefficient of concordance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, stdtrit

from segkit.consensus.rankings import read_rankings
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult

__all__ = ["Concordance", "kendall_w"]

Numbers = NDArray[np.float64]
_FEW = 7


@dataclass(frozen=True, eq=False)
class Concordance(JsonResult):
    """Agreement of rankings.

    Attributes
    ----------
    w : float
        Kendall's W: 0 no agreement, 1 the same order from all.
    interval : tuple of float
        By leaving out one panelist at a time; NaN for fewer than three.
    chi2, df, p_value : float
        Test that the rankings have nothing in common.
    mean_spearman : float
        Mean rank correlation of two panelists, (m W - 1) / (m - 1).
    panelists, items : int
        How many were counted.
    table : DataFrame
        One row an item, the best first: `item, rank_sum, mean_rank`.
    confidence : float
    notes : tuple of str
    """

    w: float
    interval: tuple[float, float]
    chi2: float
    df: int
    p_value: float
    mean_spearman: float
    panelists: int
    items: int
    table: pd.DataFrame
    confidence: float
    notes: tuple[str, ...]


def kendall_w(
    rankings: Any,
    *,
    panelist: str = "panelist",
    item: str = "item",
    rank: str = "rank",
    confidence: float = 0.9,
) -> Concordance:
    r"""Measure how far panelists agree (Kendall & Babington Smith 1939).

    :math:`W = 12 S / (m^2 (n^3 - n) - m \sum (t^3 - t))` with S the squared deviations of the rank
    sums of n items over m panelists and t the sizes of the ties; :math:`\chi^2 = m (n - 1) W` on
    n - 1 degrees of freedom.

    Parameters
    ----------
    rankings : list, mapping, array or frame
        As in `borda`; an array has one row a panelist, and may hold measurements, which are
        ranked. Panelists who left out items are set aside.
    panelist, item, rank : str
        Columns of a table with one row a rank.
    confidence : float
        Confidence of the interval, in (0, 1).

    Raises
    ------
    DataError
        If fewer than two panelists rank all items, or each ranks all items alike.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = kendall_w([[1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 3, 4]])
    >>> round(found.w, 3), round(found.chi2, 1), found.df
    (0.778, 7.0, 3)
    """
    check_share("confidence", "kendall_w", confidence)
    read = read_rankings(
        rankings, panelist=panelist, item=item, rank=rank, measured=True
    ).one_by_one()
    whole = ~np.isnan(read.ranks).any(axis=1)
    ranks = read.ranks[whole]
    notes = list(read.notes)
    if not whole.all():
        aside = ", ".join(np.array(read.panelists)[~whole].tolist())
        notes.append(f"Set aside, for they do not rank all items: {aside}.")
    m, n = ranks.shape
    if m < 2:
        raise DataError(
            f"Kendall's W needs at least two panelists who rank all {n} items. Found {m}."
        )
    sums, ties = ranks.sum(axis=0), _ties(ranks)
    w = _w(sums, m, float(ties.sum()))
    if np.isnan(w):
        raise DataError("Kendall's W: every panelist ties all items; nothing is ranked.")
    chi2 = m * (n - 1) * w
    if n <= _FEW:
        notes.append(f"The test is approximate for {n} items.")
    table = pd.DataFrame({"item": read.items, "rank_sum": sums, "mean_rank": sums / m})
    return Concordance(
        w=w,
        interval=_interval(ranks, ties, w, confidence),
        chi2=chi2,
        df=n - 1,
        p_value=float(chdtrc(n - 1, chi2)),
        mean_spearman=(m * w - 1) / (m - 1),
        panelists=m,
        items=n,
        table=table.sort_values("rank_sum", kind="stable", ignore_index=True),
        confidence=confidence,
        notes=tuple(notes),
    )


def _w(sums: Numbers, m: int, ties: float) -> float:
    """Give W from the rank sums of m panelists and the sum of t^3 - t over their ties."""
    n = len(sums)
    most = m**2 * (n**3 - n) - m * ties
    return float(12 * ((sums - sums.mean()) ** 2).sum() / most) if most > 0 else float("nan")


def _ties(ranks: Numbers) -> Numbers:
    """Sum t^3 - t over the ties of each panelist."""
    times = [np.unique(row, return_counts=True)[1].astype(float) for row in ranks]
    return np.array([float((t**3 - t).sum()) for t in times])


def _interval(ranks: Numbers, ties: Numbers, w: float, confidence: float) -> tuple[float, float]:
    """Jackknife the mean rank correlation, which does not depend on how many panelists there are.

    Resampled panelists would agree with their own copies.
    """
    m, sums = len(ranks), ranks.sum(axis=0)
    if m < 3:
        return float("nan"), float("nan")
    rest = [_w(sums - row, m - 1, ties.sum() - own) for row, own in zip(ranks, ties, strict=True)]
    left_out = ((m - 1) * np.array(rest) - 1) / (m - 2)
    if np.isnan(left_out).any():
        return float("nan"), float("nan")
    error = np.sqrt((m - 1) / m * ((left_out - left_out.mean()) ** 2).sum())
    half = float(stdtrit(m - 1, (1 + confidence) / 2) * error * (m - 1) / m)
    return max(w - half, 0.0), min(w + half, 1.0)
