"""What became of customers and of segment sizes between two periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from segkit.errors import DataError
from segkit.frames import JsonResult
from segkit.intervals import wilson_interval

__all__ = ["Migration", "migration", "psi"]

NONE = "none"
SHIFTED, MOVED = 0.1, 0.25


@dataclass(frozen=True)
class Migration(JsonResult):
    """Customers by their segment before (rows) and after (columns).

    Attributes
    ----------
    counts : pandas.DataFrame
        Customers; first column `before`, then one a segment after. "none" stands for no segment,
        or not a customer in that period.
    stayed : pandas.DataFrame
        `segment, before, stayed, share, low, high`: of those with a segment in both periods, the
        share that kept it, with its 90 % Wilson interval.
    psi : float
        Population stability index of the segment shares.
    """

    counts: pd.DataFrame
    stayed: pd.DataFrame
    psi: float

    @property
    def judgement(self) -> str:
        """The index in words, by the cuts of credit scoring (0.1 and 0.25)."""
        if self.psi < SHIFTED:
            return "the mix of segments is the same"
        return "the mix has shifted" if self.psi < MOVED else "this is another base of customers"


def migration(before: pd.Series[Any] | ArrayLike, after: pd.Series[Any] | ArrayLike) -> Migration:
    """Follow customers from their segment before to that after.

    Parameters
    ----------
    before, after : Series or array of shape (n,)
        Segments; -1 and missing mean none. Two Series are joined by their index, so that
        customers may come and go; arrays must hold the same customers in the same order.

    Raises
    ------
    DataError
        If arrays differ in length, a customer occurs twice, or no one has a segment in both.

    Examples
    --------
    >>> moved = migration([0, 0, 0, 1, 1], [0, 0, 1, 1, -1])
    >>> moved.counts
       before  0  1  none
    0       0  2  1     0
    1       1  0  1     1
    >>> moved.stayed["share"].round(2).tolist()
    [0.67, 1.0]
    """
    pairs = _joined(before, after)
    known = pairs[(pairs != NONE).all(axis=1)]
    if known.empty:
        raise DataError("No customer has a segment in both periods: compare the same customers.")
    counts = pd.crosstab(pairs["before"], pairs["after"]).rename_axis(columns=None).reset_index()
    stays = known["before"].eq(known["after"]).groupby(known["before"]).agg(["size", "sum"])
    low, high = wilson_interval(stays["sum"], stays["size"])
    stayed = pd.DataFrame(
        {
            "segment": stays.index,
            "before": stays["size"].to_numpy(),
            "stayed": stays["sum"].to_numpy(),
            "share": (stays["sum"] / stays["size"]).to_numpy(),
            "low": low,
            "high": high,
        }
    )
    sides = [pairs.loc[pairs[side] != NONE, side] for side in ("before", "after")]
    # A segment that only new or lost customers hold has moved the mix as well.
    names = sorted({*sides[0], *sides[1]})
    index = psi(*(side.value_counts().reindex(names, fill_value=0) for side in sides))
    return Migration(counts, stayed, index)


def psi(before: ArrayLike, after: ArrayLike) -> float:
    """Measure how far shares have moved: ``sum (b - a) ln(b / a)``.

    Parameters
    ----------
    before, after : array of shape (k,)
        Counts. Half a customer is added to each, so that an empty segment does not make the
        index infinite.

    Notes
    -----
    The population stability index of credit scoring (Siddiqi 2006, "Credit Risk Scorecards"):
    below 0.1 no change, above 0.25 another population.

    Examples
    --------
    >>> round(psi([500, 300, 200], [400, 300, 300]), 3)
    0.063
    """
    shares = [_shares(counts) for counts in (before, after)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _shares(counts: ArrayLike) -> NDArray[np.float64]:
    padded = np.asarray(counts, dtype=np.float64) + 0.5
    return np.asarray(padded / padded.sum())


def _joined(before: Any, after: Any) -> pd.DataFrame:
    if isinstance(before, pd.Series) and isinstance(after, pd.Series):
        twice = [side.index[side.index.duplicated()][:5].tolist() for side in (before, after)]
        if any(twice):
            raise DataError(f"A customer may occur once in a period. Twice: {twice}.")
    elif len(before) != len(after):
        raise DataError(
            f"Both periods need the same customers in the same order. Found {len(before)} and "
            f"{len(after)}; give Series with the customers as index to join them."
        )
    else:
        before, after = pd.Series(np.asarray(before)), pd.Series(np.asarray(after))
    pairs = pd.DataFrame({"before": before, "after": after}).astype(object)
    return pairs.mask(pairs.isna() | (pairs == -1), NONE).map(_whole)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) else value
