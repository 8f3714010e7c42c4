"""A panel's ranking against that of the data: how far they agree, and where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata, spearmanr

from segkit.errors import DataError, check_share
from segkit.frames import JsonResult

__all__ = ["RankComparison", "compare_rankings"]

_FEWEST = 4
_COUNTED = 7


@dataclass(frozen=True, eq=False)
class RankComparison(JsonResult):
    """Agreement of two scores of the same items.

    Attributes
    ----------
    rho : float
        Spearman's rank correlation.
    interval : tuple of float
    p_value : float
        Of no association, two-sided; exact up to seven items.
    table : DataFrame
        One row an item, the farthest apart first: `item, panel, data, panel_rank, data_rank,
        difference` (panel_rank - data_rank: above 0 where the data rank it higher).
    items : int
        How many both score.
    confidence : float
    notes : tuple of str
    """

    rho: float
    interval: tuple[float, float]
    p_value: float
    table: pd.DataFrame
    items: int
    confidence: float
    notes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the whole interval lies above 0."""
        return self.interval[0] > 0


def compare_rankings(
    panel: Mapping[str, float] | pd.Series[float],
    data: Mapping[str, float] | pd.Series[float],
    *,
    confidence: float = 0.9,
) -> RankComparison:
    r"""Compare a panel's scores with those of the data by Spearman's rank correlation.

    The interval is that of Fisher's z with the variance :math:`(1 + \rho^2 / 2) / (n - 3)` of
    Bonett & Wright (2000).

    Parameters
    ----------
    panel, data : mapping of str to float, or Series
        Score of each item, more is better: `borda(...).points`, `plackett_luce(...).worth`,
        `ahp(...).weights`, or a column of the data. Ranks must be turned round (negated).
    confidence : float
        Confidence of the interval, in (0, 1).

    Raises
    ------
    DataError
        If both score fewer than four items alike, or one of them scores all items the same.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = compare_rankings(
    ...     {"a": 9, "b": 7, "c": 4, "d": 1, "e": 2}, {"a": 90, "b": 80, "c": 30, "d": 20, "e": 10}
    ... )
    >>> round(found.rho, 2), [round(end, 2) for end in found.interval]
    (0.9, [0.09, 0.99])
    """
    check_share("confidence", "compare_rankings", confidence)
    sides = [_scores(panel, "panel"), _scores(data, "data")]
    both = [name for name in sides[0].index if name in sides[1].index]
    notes = [
        f"Not scored by the {other}: {', '.join(left)}."
        for side, rest, other in ((sides[0], sides[1], "data"), (sides[1], sides[0], "panel"))
        if (left := [name for name in side.index if name not in rest.index])
    ]
    if len(both) < _FEWEST:
        raise DataError(
            f"A comparison takes at least {_FEWEST} items scored by panel and data. "
            + " ".join([f"Found {len(both)}.", *notes])
        )
    first, second = (side[both].to_numpy() for side in sides)
    for values, name in ((first, "panel"), (second, "data")):
        if np.ptp(values) == 0:
            raise DataError(f"The {name} scores all {len(both)} items the same: no ranking.")
    found = spearmanr(first, second)
    rho = float(np.clip(found.statistic, -1, 1))
    table = pd.DataFrame({"item": both, "panel": first, "data": second})
    table["panel_rank"], table["data_rank"] = rankdata(-first), rankdata(-second)
    table["difference"] = table["panel_rank"] - table["data_rank"]
    order = table["difference"].abs().sort_values(ascending=False, kind="stable").index
    return RankComparison(
        rho=rho,
        interval=_interval(rho, len(both), confidence),
        p_value=_p_value(first, second, float(found.pvalue)),
        table=table.loc[order].reset_index(drop=True),
        items=len(both),
        confidence=confidence,
        notes=tuple(notes),
    )


def _scores(scores: Any, name: str) -> pd.Series[float]:
    try:
        found = pd.Series(dict(scores.items()), dtype=float)
    except (AttributeError, TypeError, ValueError):
        kind = type(scores).__name__
        raise DataError(f"The {name} must map items to numbers. Got {kind}.") from None
    found.index = found.index.map(str)
    if found.index.duplicated().any():
        twice = ", ".join(found.index[found.index.duplicated()].unique())
        raise DataError(f"The {name} scores an item twice: {twice}.")
    return found[np.isfinite(found)]


def _p_value(first: NDArray[Any], second: NDArray[Any], approximate: float) -> float:
    """Count all orders of a few items; of many, the t approximation is close."""
    if len(first) > _COUNTED:
        return approximate
    one, other = rankdata(first), rankdata(second)
    one, other = one - one.mean(), other - other.mean()
    products = np.array(list(permutations(other))) @ one
    return float((np.abs(products) >= abs(other @ one) - 1e-9).mean())


def _interval(rho: float, n: int, confidence: float) -> tuple[float, float]:
    error = np.sqrt((1 + rho**2 / 2) / (n - 3))
    # A perfect correlation has no finite z; one rank exchanged is the nearest to it that does.
    nearest_to_one = 1 - 12 / (n * (n**2 - 1))
    z = np.arctanh(np.clip(rho, -nearest_to_one, nearest_to_one))
    half = float(ndtri((1 + confidence) / 2)) * error
    low, high = float(np.tanh(z - half)), float(np.tanh(z + half))
    return (min(low, rho), max(high, rho))
