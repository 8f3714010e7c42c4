"""Evaluation of internal or external factors, and pairs of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.sizing.draws import drawn_weights

__all__ = ["FactorEvaluation", "evaluate_factors", "tows_pairs", "weighted_score"]

_DRAWS = 4000
_LOWEST, _MIDDLE, _HIGHEST = 1.0, 2.5, 4.0
_TOLERANCE = 1e-3
_INTERNAL = ("strength", "weakness")
_EXTERNAL = ("opportunity", "threat")
_LETTERS = {"strength": "S", "weakness": "W", "opportunity": "O", "threat": "T"}


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
    r"""Evaluate external or internal factors: the sum of weight x rating (EFE, IFE; David 1986).

    Weights and ratings are judgements, so the interval says what becomes of the score if the
    weights were misjudged: they are drawn from a Dirichlet distribution around those given, whose
    concentration lets a weight of average size vary by `weight_error`.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a factor.
    factor, kind, weight, rating : str
        Columns: a name, "opportunity" or "threat" (external) or "strength" or "weakness"
        (internal), weights that sum to 1, and ratings from 1 to 4: how well the company responds (1
        poor, 4 superior), or how strong it is (1 major weakness, 4 major strength).
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
        within 1 and 4, a factor stands there twice, or kinds are unknown or both external and
        internal; names all of them.
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
        check_share(name, "evaluate_factors", value)
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
    r"""Pair strengths and weaknesses with opportunities and threats (Weihrich 1982).

    Pairs are ranked by impact x likelihood. Impact is the product of the two weights: how much is
    at stake. Likelihood that the pair tells is judged by the ratings: the product of
    :math:`|r - 2.5| / 1.5` of both sides, 1 where both are as far from average as can be.

    Parameters
    ----------
    internal : frame
        Columns `attribute, verdict, weight, rating`: `strengths_and_weaknesses(...).table`. Rows
        without a weight are neither strength nor weakness and stay out.
    external : frame
        Columns `factor, kind, weight, rating`: `evaluate_factors(...).table`.

    Returns
    -------
    DataFrame
        `pair` (SO, ST, WO or WT), `internal, external, impact, likelihood` and `score`, the highest
        first; scores sum to 1.

    Raises
    ------
    DataError
        If columns are missing, or a row has another verdict or kind; names all of them.

    Examples
    --------
    >>> inside = pd.DataFrame(
    ...     {"attribute": ["speed"], "verdict": ["strength"], "weight": [1.0], "rating": [4.0]}
    ... )
    >>> outside = pd.DataFrame(
    ...     {"factor": ["mandate"], "kind": ["opportunity"], "weight": [1.0], "rating": [4.0]}
    ... )
    >>> tows_pairs(inside, outside)
      pair internal external  impact  likelihood  score
    0   SO    speed  mandate     1.0         1.0    1.0
    """
    inside = take_columns(internal, ["attribute", "verdict", "weight", "rating"], "internal")
    outside = take_columns(external, ["factor", "kind", "weight", "rating"], "external")
    counted = inside[inside["weight"].notna() & (inside["weight"] > 0)]
    faults = [
        *_unknown(counted, "attribute", "verdict", _INTERNAL),
        *_unknown(outside, "factor", "kind", _EXTERNAL),
    ]
    if faults:
        raise DataError("\n".join(["pairs:", *faults]))
    pairs = counted.merge(outside, how="cross", suffixes=("_in", "_out"))
    table = pd.DataFrame(
        {
            "pair": [
                _LETTERS[verdict] + _LETTERS[kind]
                for verdict, kind in zip(pairs["verdict"], pairs["kind"], strict=True)
            ],
            "internal": pairs["attribute"],
            "external": pairs["factor"],
            "impact": pairs["weight_in"] * pairs["weight_out"],
            "likelihood": _distance(pairs["rating_in"]) * _distance(pairs["rating_out"]),
        }
    )
    score = table["impact"] * table["likelihood"]
    table["score"] = score / (score.sum() or 1.0)
    order = ["score", "internal", "external"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _distance(rating: pd.Series) -> pd.Series:
    """Say how far a rating lies from average, from 0 to 1."""
    distance: pd.Series = (rating - _MIDDLE).abs() / (_HIGHEST - _MIDDLE)
    return distance


def _check(table: pd.DataFrame) -> None:
    faults = []
    for row in table.to_dict("records"):
        name = row["factor"]
        if not row["weight"] > 0:
            faults.append(f"{name}: a weight is above 0. Got {row['weight']}.")
        if not _LOWEST <= row["rating"] <= _HIGHEST:
            faults.append(f"{name}: a rating lies within 1 and 4. Got {row['rating']}.")
    # Internal and external factors answer different questions: one score of both says nothing.
    inside = table["kind"].isin(_INTERNAL).sum() > table["kind"].isin(_EXTERNAL).sum()
    faults += _unknown(table, "factor", "kind", _INTERNAL if inside else _EXTERNAL)
    twice = table.loc[table["factor"].duplicated(), "factor"].unique()
    faults += [f"{name}: stands there twice." for name in twice]
    total = table["weight"].sum()
    if abs(total - 1) > _TOLERANCE:
        faults.append(f"Weights must sum to 1. They sum to {total:.4g}.")
    if faults:
        raise DataError("\n".join(["factors:", *faults]))


def _unknown(table: pd.DataFrame, name: str, kind: str, known: tuple[str, str]) -> list[str]:
    wrong = table[~table[kind].isin(known)]
    return [
        f"{row[name]}: the {kind} is {known[0]} or {known[1]}. Got {row[kind]!r}."
        for row in wrong.to_dict("records")
    ]
