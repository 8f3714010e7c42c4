"""Where to invest among businesses: attractiveness against strength, growth against share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.sizing.columns import ANY, POSITIVE, number_columns
from segkit.sizing.draws import drawn_weights

__all__ = ["GE_CUTS", "PositionMatrix", "growth_share", "position_matrix"]

GE_CUTS = (7 / 3, 11 / 3)
_DRAWS = 2000
_DIGITS = 9
_LOWEST, _HIGHEST = 1.0, 5.0
_LEVELS = ("low", "medium", "high")
_ADVICE = ("harvest", "harvest", "select", "invest", "invest")


@dataclass(frozen=True, eq=False)
class PositionMatrix(JsonResult):
    """Positions in a matrix of attractiveness and strength.

    Attributes
    ----------
    table : DataFrame
        One row an item, the best position first: `item, attractiveness, strength` (1 to 5),
        `cell` such as "high / medium" (attractiveness / strength), `advice` ("invest", "select" or
        "harvest"), and the shares of drawn weights under which each stays: `keeps_cell` and
        `keeps_advice`.
    attractiveness_weights, strength_weights : mapping of str to float
        Weights used, which sum to 1.
    weight_error : float
        Relative standard deviation of a weight of average size in the draws.
    """

    table: pd.DataFrame
    attractiveness_weights: Mapping[str, float]
    strength_weights: Mapping[str, float]
    weight_error: float


def position_matrix(
    frame: Any,
    *,
    item: str,
    attractiveness: Mapping[str, float],
    strength: Mapping[str, float],
    weight_error: float = 0.5,
    random_state: int = 0,
) -> PositionMatrix:
    r"""Place items in the nine cells of market attractiveness and business strength.

    :math:`A = \sum_k w_k a_k` and :math:`B = \sum_k v_k b_k` over ratings from 1 to 5; cuts at
    2.33 and 3.67 give the cells. Above the diagonal: invest; on it: select; below: harvest (the
    GE-McKinsey matrix; Hichens, Robinson & Wade 1978). Weights are judgements: they are also drawn
    from a Dirichlet distribution around those given, and the table says how often cell and advice
    stay.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row an item.
    item : str
        Column of its name.
    attractiveness, strength : mapping of str to float
        Columns of ratings, from 1 to 5, and their weights, which are scaled to sum to 1.
    weight_error : float
        Relative standard deviation of a weight of average size, in (0, 1).
    random_state : int
        Seed of the draws.

    Raises
    ------
    DataError
        If columns are missing or ratings are not within 1 and 5; names all of them.
    ParameterError
        If weights are missing, negative or all zero.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {"product": ["Payroll", "Fax"], "growth": [5, 1], "size": [4, 2], "share": [5, 1]}
    ... )
    >>> found = position_matrix(
    ...     frame, item="product", attractiveness={"growth": 2, "size": 1}, strength={"share": 1}
    ... )
    >>> found.table[["item", "cell", "advice"]]
          item         cell   advice
    0  Payroll  high / high   invest
    1      Fax    low / low  harvest
    """
    check_share("weight_error", "position_matrix", weight_error)
    weights = {
        "attractiveness": _scaled("attractiveness", attractiveness),
        "strength": _scaled("strength", strength),
    }
    # A column may count on both sides.
    columns = [*dict.fromkeys(name for side in weights.values() for name in side)]
    taken = take_columns(frame, [item, *columns], "ratings")
    ratings = taken[columns].apply(pd.to_numeric, errors="coerce").astype(float)
    if ratings.empty:
        raise DataError("ratings: no item to place.")
    _check(taken[item], ratings)
    rng = np.random.default_rng(random_state)
    scores = {
        side: ratings[[*given]].to_numpy() @ np.array([*given.values()])
        for side, given in weights.items()
    }
    drawn = {
        side: ratings[[*given]].to_numpy()
        @ drawn_weights([*given.values()], weight_error, _DRAWS, rng).T
        for side, given in weights.items()
    }
    cells, drawn_cells = _cells(scores), _cells(drawn)
    advice = _advice(cells)
    same_cell = (drawn_cells == cells[:, :, None]).all(axis=0)
    table = pd.DataFrame(
        {
            "item": taken[item],
            **scores,
            "cell": [f"{_LEVELS[a]} / {_LEVELS[b]}" for a, b in cells.T],
            "advice": advice,
            "keeps_cell": same_cell.mean(axis=1),
            "keeps_advice": (_advice(drawn_cells) == advice[:, None]).mean(axis=1),
        }
    )
    order = table["attractiveness"] + table["strength"]
    table = table.loc[order.sort_values(ascending=False, kind="stable").index]
    return PositionMatrix(
        table.reset_index(drop=True), weights["attractiveness"], weights["strength"], weight_error
    )


def growth_share(
    frame: Any, *, item: str, own: str, largest_rival: str, growth: str, growth_cut: float = 0.1
) -> pd.DataFrame:
    """Place items in the growth-share matrix (Henderson 1970).

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row an item.
    item, own, largest_rival, growth : str
        Columns: name, own revenue, revenue of the largest rival, and yearly growth of the market.
    growth_cut : float
        Growth from which a market counts as growing fast.

    Returns
    -------
    DataFrame
        `item, relative_share, growth, quadrant`: "star", "cash cow", "question mark" or "dog".

    Raises
    ------
    DataError
        If columns are missing, a revenue is negative or no number, or an item has no rival or no
        growth; names all of them.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {"segment": ["schools"], "us": [30.0], "rival": [20.0], "growth": [0.04]}
    ... )
    >>> growth_share(frame, item="segment", own="us", largest_rival="rival", growth="growth")
          item  relative_share  growth  quadrant
    0  schools             1.5    0.04  cash cow
    """
    taken = take_columns(frame, [item, own, largest_rival, growth], "markets")
    bounds = {own: POSITIVE, largest_rival: POSITIVE, growth: ANY}
    numbers = number_columns(taken, bounds, "markets")
    known = numbers.notna().all(axis=1) & (numbers[largest_rival] > 0)
    wrong = taken[item][~known]
    if len(wrong):
        names = ", ".join(map(repr, wrong))
        raise DataError(f"markets: each needs revenue of a rival and a growth; without: {names}.")
    table = pd.DataFrame(
        {
            "item": taken[item],
            "relative_share": numbers[own] / numbers[largest_rival],
            "growth": numbers[growth],
        }
    )
    leads, fast = table["relative_share"] >= 1, table["growth"] >= growth_cut
    table["quadrant"] = np.select(
        [leads & fast, leads, fast], ["star", "cash cow", "question mark"], "dog"
    )
    return table


def _scaled(name: str, weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    if not weights or total <= 0 or any(not weight >= 0 for weight in weights.values()):
        expected = "at least one column with a weight, none negative, not all 0"
        raise ParameterError(name, "position_matrix", expected, dict(weights))
    return {column: weight / total for column, weight in weights.items()}


def _cells(scores: Mapping[str, NDArray[np.float64]]) -> NDArray[np.int64]:
    """Give the levels, 0 to 2, of both sides; a score on a cut belongs above it."""
    both = [scores["attractiveness"], scores["strength"]]
    # Sums of thirds miss the cuts, which are thirds too, by their last digit.
    return np.digitize(np.round(both, _DIGITS), np.round(GE_CUTS, _DIGITS))


def _advice(cells: NDArray[np.int64]) -> NDArray[Any]:
    advice: NDArray[Any] = np.array(_ADVICE)[cells.sum(axis=0)]
    return advice


def _check(items: pd.Series[Any], ratings: pd.DataFrame) -> None:
    outside = ~((ratings >= _LOWEST) & (ratings <= _HIGHEST))
    values, columns = ratings.to_numpy(), list(ratings.columns)
    faults = [
        f"{items.iloc[row]}: {columns[column]} is {values[row, column]:g}"
        for row, column in np.argwhere(outside.to_numpy()).tolist()
    ]
    if faults:
        raise DataError("\n".join(["Ratings must lie within 1 and 5.", *faults]))
