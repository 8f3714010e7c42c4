"""Items ranked by several criteria at once, and how far the ranking hangs on the weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from segkit.errors import DataError, ParameterError, check_share, nearest
from segkit.frames import JsonResult, take_columns
from segkit.intervals import rank_interval
from segkit.sizing.draws import drawn_weights

__all__ = ["CriteriaRanking", "rank_by_criteria"]

Numbers = NDArray[np.float64]
_DRAWS = 4_000


@dataclass(frozen=True, eq=False)
class CriteriaRanking(JsonResult):
    """Items ranked by a weighted sum of criteria.

    Attributes
    ----------
    table : DataFrame
        One row an item, the best first: `item, score, low, high, rank, keeps` (share of drawn
        weights that leave it on its rank), `rank_low, rank_high`.
    scaled, parts : DataFrame
        One row an item, one column a criterion: after scaling, more is better; and times its
        weight, the parts of which the score is the sum.
    rank_shares : DataFrame
        One row an item, one column a rank: share of the drawn weights that give it that rank.
    weights : mapping of str to float
        Weights used; they sum to 1.
    scale : str
    weight_error, confidence : float
    notes : tuple of str
    """

    table: pd.DataFrame
    scaled: pd.DataFrame
    parts: pd.DataFrame
    rank_shares: pd.DataFrame
    weights: Mapping[str, float]
    scale: str
    weight_error: float
    confidence: float
    notes: tuple[str, ...]


def rank_by_criteria(
    frame: Any,
    *,
    item: str,
    weights: Mapping[str, float] | pd.Series[float],
    less_is_better: Collection[str] = (),
    scale: Literal["min-max", "z"] = "min-max",
    weight_error: float = 0.5,
    confidence: float = 0.9,
    random_state: int = 0,
) -> CriteriaRanking:
    r"""Rank items by the weighted sum of their criteria (Fishburn 1967).

    :math:`\sum_k w_k z_{ik}` with each criterion scaled over the items: from 0 (worst) to 1
    (best), or to mean 0 and standard deviation 1. Weights are judgements: they are also drawn
    from a Dirichlet distribution around those given, and `keeps` says how often a rank stays.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row an item.
    item : str
        Column of its name.
    weights : mapping of str to float, or Series
        Columns of criteria and their weights, scaled to sum to 1; `ahp(...).weights` fits.
    less_is_better : collection of str
        Criteria, such as a length of time, of which less is better.
    scale : {"min-max", "z"}
    weight_error : float
        Relative standard deviation of a weight of average size, in (0, 1).
    confidence : float
        Confidence of the bounds, in (0, 1).
    random_state : int
        Seed of the draws.

    Raises
    ------
    DataError
        If columns are missing, an item stands twice, a value is infinite, or fewer than two items
        have all criteria; names all faults.
    ParameterError
        If a parameter is out of bounds.

    Notes
    -----
    An item without a value of some criterion is set aside, and said. A criterion on which all
    items are equal tells nothing: it counts 0.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {"segment": ["large", "small"], "margin": [0.6, 0.4], "days": [80, 60]}
    ... )
    >>> found = rank_by_criteria(
    ...     frame, item="segment", weights={"margin": 3, "days": 1}, less_is_better=["days"]
    ... )
    >>> found.table[["item", "score", "rank"]]
        item  score  rank
    0  large   0.75     1
    1  small   0.25     2
    """
    given = _weights(weights, less_is_better, scale, weight_error, confidence)
    names = list(given)
    taken = take_columns(frame, [item, *names], "criteria")
    values = taken[names].apply(pd.to_numeric, errors="coerce").astype(float)
    _check(taken[item], values)
    known = values.notna().all(axis=1)
    notes = _set_aside(taken[item][~known], values[~known])
    if known.sum() < 2:
        raise DataError(
            "criteria: a ranking needs two items with all criteria. "
            + " ".join([f"Found {known.sum()}.", *notes])
        )
    values, items = values[known], taken.loc[known, item].astype(str).to_numpy()
    scaled = _scaled(values.to_numpy(), [name in less_is_better for name in names], scale)
    flat = [name for name, column in zip(names, scaled.T, strict=True) if not column.any()]
    notes += [f"{name} is the same for all items and tells nothing." for name in flat]
    share = np.array([*given.values()])
    scores = scaled @ share
    rng = np.random.default_rng(random_state)
    drawn = scaled @ drawn_weights(share, weight_error, _DRAWS, rng).T
    table, shares = _ranked(items, scores, drawn, confidence)
    order = np.argsort(table["rank"].to_numpy(), kind="stable")
    return CriteriaRanking(
        table=table.iloc[order].reset_index(drop=True),
        scaled=_laid_out(scaled, names, items, order),
        parts=_laid_out(scaled * share, names, items, order),
        rank_shares=shares.iloc[order].reset_index(drop=True),
        weights=given,
        scale=scale,
        weight_error=weight_error,
        confidence=confidence,
        notes=tuple(notes),
    )


def _laid_out(
    values: Numbers, names: list[str], items: NDArray[Any], order: NDArray[np.intp]
) -> pd.DataFrame:
    table = pd.DataFrame(values, columns=names)
    table.insert(0, "item", items, allow_duplicates=True)
    return table.iloc[order].reset_index(drop=True)


def _weights(
    weights: Mapping[str, float] | pd.Series[float],
    less_is_better: Collection[str],
    scale: str,
    weight_error: float,
    confidence: float,
) -> dict[str, float]:
    owner = "rank_by_criteria"
    if scale not in {"min-max", "z"}:
        raise ParameterError("scale", owner, "'min-max' or 'z'", scale)
    for name, value in (("weight_error", weight_error), ("confidence", confidence)):
        check_share(name, owner, value)
    given = {str(name): float(value) for name, value in weights.items()}
    total = sum(given.values())
    if not given or not 0 < total < np.inf or any(not value >= 0 for value in given.values()):
        expected = "at least one criterion with a weight, none negative, not all 0"
        raise ParameterError("weights", owner, expected, given)
    for name in less_is_better:
        if name not in given:
            expected = f"criteria among {', '.join(given)}.{nearest(name, given)}"
            raise ParameterError("less_is_better", owner, expected, name)
    return {name: value / total for name, value in given.items()}


def _check(items: pd.Series[Any], values: pd.DataFrame) -> None:
    faults = [f"criteria: {name} stands twice." for name in items[items.duplicated()].unique()]
    if items.isna().any():
        rows = ", ".join(map(str, items.index[items.isna()][:5]))
        faults.append(f"criteria: no name in row {rows}.")
    columns = list(values.columns)
    faults += [
        f"criteria: {columns[column]} of {items.iloc[row]} is infinite."
        for row, column in np.argwhere(np.isinf(values.to_numpy())).tolist()
    ]
    if faults:
        raise DataError("\n".join(faults))


def _set_aside(items: pd.Series[Any], values: pd.DataFrame) -> list[str]:
    return [
        f"{name} is set aside: no {', '.join(values.columns[row])}."
        for name, row in zip(items, values.isna().to_numpy(), strict=True)
    ]


def _scaled(values: Numbers, reverse: list[bool], scale: str) -> Numbers:
    spread = np.ptp(values, axis=0) if scale == "min-max" else values.std(axis=0)
    middle = values.min(axis=0) if scale == "min-max" else values.mean(axis=0)
    # A spread of rounding errors is none.
    flat = spread <= 1e-12 * np.abs(values).max(axis=0)
    scaled = (values - middle) / np.where(flat, 1.0, spread)
    turned = (1.0 if scale == "min-max" else 0.0) - scaled
    return np.where(flat, 0.0, np.where(reverse, turned, scaled))


def _ranked(
    items: NDArray[Any], scores: Numbers, drawn: Numbers, confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rank = rankdata(-scores.round(12), "min").astype(int)
    ranks = rankdata(-drawn.round(12), "min", axis=0).astype(int)
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(drawn, ends, axis=1)
    table = pd.DataFrame({"item": items, "score": scores, "low": low, "high": high, "rank": rank})
    table["keeps"] = (ranks == rank[:, None]).mean(axis=1)
    table["rank_low"], table["rank_high"] = rank_interval(drawn.T, confidence)
    places = np.arange(1, len(items) + 1)
    shares = (ranks[:, :, None] == places).mean(axis=1)
    found = pd.DataFrame(shares, columns=[str(place) for place in places])
    found.insert(0, "item", items)
    return table, found
