"""Opportunities and threats: weighted evaluation, and pairs with strengths and weaknesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, take_columns
from segkit.sizing.draws import drawn_weights

__all__ = ["FactorEvaluation", "evaluate_factors", "tows_pairs", "weighted_score"]

_DRAWS = 4000
_LOWEST, _MIDDLE, _HIGHEST = 1.0, 2.5, 4.0
_TOLERANCE = 1e-3
_PAIRS = {
    ("strength", "opportunity"): "SO",
    ("strength", "threat"): "ST",
    ("weakness", "opportunity"): "WO",
    ("weakness", "threat"): "WT",
}


@dataclass(frozen=True, eq=False)
class FactorEvaluation(JsonResult):
    """Evaluation of factors.

    Attributes
    ----------
    score : float
        Weighted rating, 1 to 4; 2.5 is an average response.
    interval : tuple of float
        Interval of the score if each weight were misjudged by `weight_error`.
    table : DataFrame
        One row a factor, what counts most first: `factor, kind, weight, rating, weighted`.
    weight_error : float
        Relative standard deviation of a weight of average size.
    confidence : float
        Confidence of the interval.
    """

    score: float
    interval: tuple[float, float]
    table: pd.DataFrame
    weight_error: float
    confidence: float


def weighted_score(weight: ArrayLike, rating: ArrayLike) -> float:
    """Weigh ratings: the sum of weight x rating; NaN where nothing is weighed.

    Examples
    --------
    >>> weighted_score([0.5, 0.5, None], [4, 1, None])
    2.5
    """
    weights, ratings = np.asarray(weight, dtype=float), np.asarray(rating, dtype=float)
    known = ~np.isnan(weights)
    return float(weights[known] @ ratings[known]) if known.any() else np.nan


def evaluate_factors(
    frame: Any,
    *,
    factor: str,
    kind: str,
    weight: str,
    rating: str,
    weight_error: float = 0.25,
    confidence: float = 0.9,
    random_state: int = 0,
) -> FactorEvaluation:
    r"""Evaluate external factors: the sum of weight x rating (David 1986).

    Weights and ratings are judgements, so the interval says what becomes of the score if the
    weights were misjudged: they are drawn from a Dirichlet distribution around those given, whose
    concentration lets a weight of average size vary by `weight_error`.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a factor.
    factor, kind, weight, rating : str
        Columns: a name, "opportunity" or "threat", weights that sum to 1, and how well the
        company responds, from 1 (poor) to 4 (superior).
    weight_error : float
        Relative standard deviation of a weight of average size, in (0, 1).
    confidence : float
        Confidence of the interval, in (0, 1).
    random_state : int
        Seed of the draws.

    Raises
    ------
    DataError
        If columns are missing, weights do not sum to 1 or are not positive, a rating is not
        within 1 and 4, or a kind is unknown; names all of them.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {
    ...         "factor": ["cloud mandate", "price cut"],
    ...         "kind": ["opportunity", "threat"],
    ...         "weight": [0.6, 0.4],
    ...         "rating": [4, 2],
    ...     }
    ... )
    >>> found = evaluate_factors(
    ...     frame, factor="factor", kind="kind", weight="weight", rating="rating"
    ... )
    >>> round(found.score, 2)
    3.2
    """
    for name, value in (("weight_error", weight_error), ("confidence", confidence)):
        if not 0 < value < 1:
            raise ParameterError(name, "evaluate_factors", "a number in (0, 1)", value)
    taken = take_columns(frame, [factor, kind, weight, rating], "factors")
    table = taken.set_axis(["factor", "kind", "weight", "rating"], axis=1)
    for name in ("weight", "rating"):
        table[name] = pd.to_numeric(table[name], errors="coerce").astype(float)
    _check(table)
    table["weighted"] = table["weight"] * table["rating"]
    share, ratings = table["weight"].to_numpy(), table["rating"].to_numpy()
    draws = drawn_weights(share, weight_error, _DRAWS, np.random.default_rng(random_state))
    low, high = np.quantile(draws @ ratings, [(1 - confidence) / 2, (1 + confidence) / 2])
    order = table.sort_values(["weighted", "factor"], ascending=[False, True], ignore_index=True)
    score = weighted_score(share, ratings)
    return FactorEvaluation(score, (float(low), float(high)), order, weight_error, confidence)


def tows_pairs(internal: Any, external: Any) -> pd.DataFrame:
    """Pair strengths and weaknesses with opportunities and threats (Weihrich 1982).

    The score of a pair is impact x likelihood of success, both from the evaluations: impact is
    the product of the weights, and each side counts as far as its rating lies from the average of
    2.5: what is far better or far worse than average asks for action first.

    Parameters
    ----------
    internal : frame
        Columns `attribute, verdict, weight, rating`: `strengths_and_weaknesses(...).table`.
    external : frame
        Columns `factor, kind, weight, rating`: `evaluate_factors(...).table`.

    Returns
    -------
    DataFrame
        `pair` (SO, ST, WO or WT), `internal, external, score`, the highest score first; scores
        sum to 1.

    Examples
    --------
    >>> inside = pd.DataFrame(
    ...     {"attribute": ["speed"], "verdict": ["strength"], "weight": [1.0], "rating": [4.0]}
    ... )
    >>> outside = pd.DataFrame(
    ...     {"factor": ["mandate"], "kind": ["opportunity"], "weight": [1.0], "rating": [4.0]}
    ... )
    >>> tows_pairs(inside, outside)
      pair internal external  score
    0   SO    speed  mandate    1.0
    """
    inside = take_columns(internal, ["attribute", "verdict", "weight", "rating"], "internal")
    outside = take_columns(external, ["factor", "kind", "weight", "rating"], "external")
    counted = inside[inside["weight"].notna() & (inside["weight"] > 0)]
    pairs = counted.merge(outside, how="cross", suffixes=("_in", "_out"))
    table = pd.DataFrame(
        {
            "pair": [
                _PAIRS[verdict, kind]
                for verdict, kind in zip(pairs["verdict"], pairs["kind"], strict=True)
            ],
            "internal": pairs["attribute"],
            "external": pairs["factor"],
            "score": _stress(pairs, "in") * _stress(pairs, "out"),
        }
    )
    table["score"] /= table["score"].sum() or 1.0
    order = ["score", "internal", "external"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _stress(pairs: pd.DataFrame, side: str) -> pd.Series:
    stress: pd.Series = pairs[f"weight_{side}"] * (pairs[f"rating_{side}"] - _MIDDLE).abs()
    return stress


def _check(table: pd.DataFrame) -> None:
    faults = []
    for row in table.to_dict("records"):
        name, kind = row["factor"], row["kind"]
        if not row["weight"] > 0:
            faults.append(f"{name}: a weight is above 0. Got {row['weight']}.")
        if not _LOWEST <= row["rating"] <= _HIGHEST:
            faults.append(f"{name}: a rating lies within 1 and 4. Got {row['rating']}.")
        if kind not in {"opportunity", "threat"}:
            faults.append(f"{name}: the kind is opportunity or threat. Got {kind!r}.")
    total = table["weight"].sum()
    if abs(total - 1) > _TOLERANCE:
        faults.append(f"Weights must sum to 1. They sum to {total:.4g}.")
    if faults:
        raise DataError("\n".join(["factors:", *faults]))
