"""Where a company is stronger and weaker than its best rival, as buyers see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from segkit.adjustment import holm
from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.sizing.columns import ANY, POSITIVE, number_columns
from segkit.sizing.factors import weighted_score

__all__ = ["Strengths", "strengths_and_weaknesses"]

_FEWEST = 5
_RATED = ("importance", "us", "rival")
_RESAMPLES = 1000
_MINOR = 0.5
_MIDDLE = 2.5


@dataclass(frozen=True, eq=False)
class Strengths(JsonResult):
    """Strengths and weaknesses.

    Attributes
    ----------
    table : DataFrame
        One row an attribute, what matters most first: `attribute, answers, importance, us, rival,
        gap` with its interval `low, high`, Holm's `p_adjusted`, the `verdict` ("strength",
        "weakness", "on a par" or "not enough data"), and `weight` and `rating` in the evaluation.
    score : float
        Internal factor evaluation, 1 to 4; 2.5 where strengths and weaknesses weigh the same. NaN
        without any.
    interval : tuple of float
        Interval of the score, from resampled respondents.
    major_gap : float
        Gap from which a strength is rated 4 and a weakness 1.
    confidence, alpha : float
        Confidence of the intervals, and chance of any false alarm.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    score: float
    interval: tuple[float, float]
    major_gap: float
    confidence: float
    alpha: float
    notes: tuple[str, ...]


def strengths_and_weaknesses(
    frame: Any,
    *,
    respondent: str,
    attribute: str,
    importance: str,
    us: str,
    rival: str,
    major_gap: float = 1.0,
    confidence: float = 0.9,
    alpha: float = 0.05,
    random_state: int = 0,
) -> Strengths:
    r"""Compare ratings of a company with those of its best rival, weighted by importance.

    The gap of an attribute is the mean of `us - rival` over respondents who rated both, tested
    by the paired t-test (Student 1908), adjusted together by Holm's method. Strengths and
    weaknesses enter the internal factor evaluation :math:`\sum_i w_i r_i`: weights are mean
    importances that sum to 1; ratings run from 3 to 4 for strengths and from 2 to 1 for weaknesses
    (David 1986), in proportion to the gap up to `major_gap`. Attributes on a par are
    neither and stay out.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a respondent and attribute.
    respondent, attribute, importance, us, rival : str
        Columns; the last three are ratings on one scale.
    major_gap : float
        Gap from which a strength is rated 4 and a weakness 1, in points of the scale.
    confidence, alpha : float
        Confidence of the intervals, and chance of any false alarm among the attributes.
    random_state : int
        Seed of the resampling.

    Raises
    ------
    DataError
        If columns are missing, a rating is no number or an importance below 0 (names the rows), or
        no respondent rated both.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {
    ...         "who": [*range(6), *range(6)],
    ...         "what": ["speed"] * 6 + ["price"] * 6,
    ...         "importance": 8,
    ...         "us": [9, 8, 9, 9, 8, 9, 4, 5, 4, 4, 5, 4],
    ...         "rival": [7, 7, 7, 8, 6, 7, 6, 6, 7, 6, 6, 6],
    ...     }
    ... )
    >>> found = strengths_and_weaknesses(
    ...     frame, respondent="who", attribute="what", importance="importance", us="us",
    ...     rival="rival",
    ... )
    >>> found.table[["attribute", "gap", "verdict", "rating"]].round(2)
      attribute   gap   verdict  rating
    0     price -1.83  weakness     1.0
    1     speed  1.67  strength     4.0
    >>> found.score
    2.5
    """
    _check(major_gap, confidence, alpha)
    names = [respondent, attribute, importance, us, rival]
    given = take_columns(frame, names, "ratings")
    bounds = {importance: POSITIVE, us: ANY, rival: ANY}
    numbers = number_columns(given, bounds, "ratings").set_axis([*_RATED], axis=1)
    taken = pd.DataFrame({"respondent": given[respondent], "attribute": given[attribute]})
    rated = taken.assign(**numbers).dropna()
    if rated.empty:
        raise DataError("ratings: no respondent rated importance, us and the rival.")
    rated = rated.assign(gap=rated["us"] - rated["rival"])
    table = _gaps(rated, confidence, alpha)
    table["weight"], table["rating"] = _evaluated(table, major_gap)
    score = weighted_score(table["weight"], table["rating"])
    interval = _resampled(rated, table, major_gap, confidence, random_state)
    return Strengths(
        table, score, interval, major_gap, confidence, alpha, _notes(len(taken) - len(rated))
    )


def _gaps(rated: pd.DataFrame, confidence: float, alpha: float) -> pd.DataFrame:
    grouped = rated.groupby("attribute", sort=True)
    table = grouped.agg(
        answers=("gap", "size"),
        importance=("importance", "mean"),
        us=("us", "mean"),
        rival=("rival", "mean"),
        gap=("gap", "mean"),
        sd=("gap", "std"),
    ).reset_index()
    enough = table["answers"] >= _FEWEST
    error = (table["sd"] / np.sqrt(table["answers"])).where(enough)
    degrees = table["answers"] - 1
    reach = error * stdtrit(degrees, (1 + confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(degrees, -np.abs(table["gap"] / error))
    # Where all say the same the error is 0: a gap is then beyond doubt, and no gap is none.
    p = p.where(error.isna() | (table["gap"] != 0), 1.0)
    table = table.assign(low=table["gap"] - reach, high=table["gap"] + reach, p_adjusted=holm(p))
    table["verdict"] = np.select(
        [table["p_adjusted"].isna(), table["p_adjusted"] >= alpha, table["gap"] > 0],
        ["not enough data", "on a par", "strength"],
        "weakness",
    )
    order = table.sort_values(["importance", "attribute"], ascending=[False, True])
    return order.drop(columns="sd").reset_index(drop=True)


def _evaluated(table: pd.DataFrame, major_gap: float) -> tuple[pd.Series, pd.Series]:
    counted = table["verdict"].isin(["strength", "weakness"])
    weight = table["importance"].where(counted)
    rating = pd.Series(_ratings(table["gap"].to_numpy(), major_gap), table.index)
    return weight / weight.sum(), rating.where(counted)


def _ratings(gap: np.ndarray[Any, Any], major_gap: float) -> np.ndarray[Any, Any]:
    size = np.minimum(np.abs(gap) / major_gap, 1.0)
    ratings: np.ndarray[Any, Any] = _MIDDLE + np.sign(gap) * (_MINOR + size)
    return ratings


def _resampled(
    rated: pd.DataFrame, table: pd.DataFrame, major_gap: float, confidence: float, seed: int
) -> tuple[float, float]:
    """Evaluate the same strengths and weaknesses as other samples of the respondents rate them."""
    counted = table.loc[table["weight"].notna(), "attribute"].tolist()
    if not counted:
        return np.nan, np.nan
    part = rated[rated["attribute"].isin(counted)]
    wide = part.pivot_table(
        index="respondent", columns="attribute", values=["gap", "importance"], aggfunc="mean"
    )
    rng = np.random.default_rng(seed)
    picks = rng.multinomial(len(wide), np.full(len(wide), 1 / len(wide)), size=_RESAMPLES)
    gap, importance = (_means(picks, wide[name].to_numpy(float)) for name in ("gap", "importance"))
    weight = importance / importance.sum(axis=1, keepdims=True)
    scores = (weight * _ratings(gap, major_gap)).sum(axis=1)
    low, high = np.quantile(scores, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _means(picks: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    known = ~np.isnan(values)
    total = picks @ np.where(known, values, 0.0)
    # A sample without any answer on an attribute keeps its mean.
    counts = picks @ known.astype(float)
    means: np.ndarray[Any, Any] = np.where(
        counts > 0, total / np.maximum(counts, 1), np.nanmean(values, axis=0)
    )
    return means


def _notes(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    return (f"{left_out:,} ratings lack importance, us or the rival and are left out.",)


def _check(major_gap: float, confidence: float, alpha: float) -> None:
    if not major_gap > 0:
        raise ParameterError("major_gap", "strengths_and_weaknesses", "a number above 0", major_gap)
    for name, value in (("confidence", confidence), ("alpha", alpha)):
        check_share(name, "strengths_and_weaknesses", value)
