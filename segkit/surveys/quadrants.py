"""Importance-performance analysis: where to concentrate, keep up, or do less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.sizing.columns import ANY, number_columns
from segkit.surveys.drivers import correlations_of, weights_of
from segkit.surveys.ratings import Scale, role_columns, seen_scale, stated_scale
from segkit.surveys.resampling import Floats, picked_means, picks

__all__ = ["QUADRANTS", "ImportancePerformance", "importance_performance"]

QUADRANTS = ("low priority", "possible overkill", "concentrate here", "keep up the good work")
"""Names of Martilla & James; the number is 2 x important + performed."""
_RESAMPLES = 1000
_CROSSHAIRS = ("mean", "median", "midpoint")
_DERIVED = ("relative weights", "correlation")


@dataclass(frozen=True, eq=False)
class ImportancePerformance(JsonResult):
    """Items between importance and performance.

    Attributes
    ----------
    table : DataFrame
        One row an item: `item, answers`, mean `importance` as stated, `derived` importance, mean
        `performance`, the `quadrant`, the `share` of samples in which it keeps that quadrant, and
        the `distance` to the line on which importance and performance are equal (above 0: rated
        below its importance). Sorted by distance, or by importance where there is none.
    importance_cut, performance_cut : float
        Where the crosshair stands.
    by : str
        "stated" or "derived": the importance that decides the quadrant.
    crosshair : str
        "mean", "median" or "midpoint".
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    importance_cut: float
    performance_cut: float
    by: str
    crosshair: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Survey:
    """Ratings as grids of respondents and items."""

    items: list[str]
    stated: Floats
    performance: Floats
    overall: Floats
    derived: str

    def importance(self, drawn: Floats, by: str) -> Floats:
        return picked_means(drawn, self.stated) if by == "stated" else self.weights(drawn)

    def weights(self, drawn: Floats) -> Floats:
        rows = np.column_stack([self.overall, self.performance])
        known = ~np.isnan(rows).any(axis=1)
        found = correlations_of(rows[known], np.maximum(drawn[:, known], 1e-12))
        return weights_of(found) if self.derived == _DERIVED[0] else found[:, 1:, 0]

    def derivable(self) -> bool:
        rows = np.column_stack([self.overall, self.performance])
        known = rows[~np.isnan(rows).any(axis=1)]
        return len(known) >= len(self.items) + 3 and float(np.ptp(known[:, 0])) > 0


def importance_performance(
    answers: Any = None,
    performance: Any = None,
    *,
    importance: Any = None,
    item: Any = None,
    respondent: Any = None,
    overall: Any = None,
    by: Literal["stated", "derived"] = "stated",
    derived: Literal["relative weights", "correlation"] = "relative weights",
    crosshair: Literal["mean", "median", "midpoint"] = "mean",
    scale: Any = None,
    random_state: int = 0,
) -> ImportancePerformance:
    """Sort items into four quadrants by importance and performance (Martilla & James 1977).

    Stated importance is the mean rating. Derived importance is what the performance of an item
    says about satisfaction overall: its relative weight (Johnson 2000) or its correlation. How
    sure a quadrant is, is the share of 1,000 samples of the respondents in which the item, with
    the crosshair of that sample, falls into it.

    Parameters
    ----------
    answers : frame or array-like
        A frame with one row a respondent and item; or importance, one value an item or a grid with
        a row for each respondent and a column for each item. A mapping, or a Series whose index is
        text, names the items.
    importance, performance : str or array-like
        Columns of a frame, None for those of these names; or ratings of the same shape. A frame
        without importance has it derived.
    item, respondent, overall : str or array-like, optional
        Columns, None for those of these names, or values; `overall` is the respondent's
        satisfaction with everything.
    by : str
        Which importance decides the quadrant.
    derived : str
        How importance is derived.
    crosshair : str
        Where the quadrants part: mean or median of the items, or the middle of the scale. Derived
        importance has no scale: with "midpoint" its mean parts.
    scale : tuple of float, optional
        Lowest and highest rating; if not given, 1-5, 1-7, 1-10 or 0-10 as the answers show.
    random_state : int
        Seed of the samples.

    Raises
    ------
    DataError
        If columns are missing, a rating is no number (names the rows), no item has both ratings,
        importance cannot be derived, or the scale is unclear and its midpoint needed.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = importance_performance([9, 8, 5, 4], [4, 8, 3, 7], item=list("ABCD"))
    >>> found.table[["item", "importance", "performance", "quadrant"]]
      item  importance  performance               quadrant
    0    A         9.0          4.0       concentrate here
    1    C         5.0          3.0           low priority
    2    B         8.0          8.0  keep up the good work
    3    D         4.0          7.0      possible overkill
    """
    choices = (("crosshair", crosshair, _CROSSHAIRS), ("derived", derived, _DERIVED))
    for name, value, known in (*choices, ("by", by, ("stated", "derived"))):
        if value not in known:
            expected = "one of " + ", ".join(map(repr, known))
            raise ParameterError(name, "importance_performance", expected, value)
    stated = importance if answers is None else answers
    if item is None and _named(stated) and _named(performance):
        columns = {"importance": pd.Series(stated), "performance": pd.Series(performance)}
        answers = pd.DataFrame(columns).rename_axis("item").reset_index()
        importance = performance = None
    roles = {"importance": importance, "performance": performance, "overall": overall}
    roles |= {"respondent": respondent, "item": item}
    usual = ("importance", "overall", "respondent", "item")
    taken = role_columns(answers, roles, "ratings", ("performance",), usual)
    rated = [name for name in ("importance", "performance", "overall") if name in taken]
    numbers = number_columns(taken, dict.fromkeys(rated, ANY), "ratings")
    rows = taken.assign(**numbers)
    if "item" not in rows:
        rows["item"] = [f"item {number + 1}" for number in range(len(rows))]
    if "importance" not in rows:
        by = "derived"
    needed = ["item", "performance", *(["importance"] if "importance" in rows else [])]
    used = rows.dropna(subset=needed)
    survey, people = _grids(used, derived)
    if by == "derived" and not survey.derivable():
        raise DataError(
            "ratings: importance cannot be derived. It takes satisfaction overall that differs, "
            f"from at least {len(survey.items) + 3} respondents who rated all items."
        )
    ends = _scale(used, scale, crosshair)
    table, cuts = _placed(survey, people, by, crosshair, ends, random_state)
    notes = _notes(rows, used, people, distant=by == "derived" or ends is not None)
    if "overall" in used and "respondent" in used:
        told = used[["respondent", "overall"]].dropna().drop_duplicates()
        several = int(told.loc[told["respondent"].duplicated(), "respondent"].nunique())
        if several:
            words = f"{several:,} respondents give several ratings overall: their mean counts."
            notes = (*notes, words)
    return ImportancePerformance(table, *cuts, by, crosshair, notes)


def _named(values: Any) -> bool:
    """Say whether values carry the names of their items."""
    text = isinstance(values, pd.Series) and not pd.api.types.is_numeric_dtype(values.index.dtype)
    return text or isinstance(values, Mapping)


def _grids(used: pd.DataFrame, derived: str) -> tuple[_Survey, int]:
    if used.empty:
        raise DataError("ratings: no item has all the ratings asked for.")
    if "respondent" not in used:
        used = used.assign(respondent=used.groupby("item").cumcount())
    keys = used.groupby(["respondent", "item"], sort=True)
    performance = keys["performance"].mean().unstack()
    unknown = performance * np.nan
    stated = keys["importance"].mean().unstack() if "importance" in used else unknown
    overall = (
        used.groupby("respondent")["overall"].mean() if "overall" in used else unknown.iloc[:, 0]
    )
    items = [str(name) for name in performance.columns]
    grids = (stated.to_numpy(float), performance.to_numpy(float), overall.to_numpy(float))
    return _Survey(items, *grids, derived), len(performance)


def _placed(
    survey: _Survey, people: int, by: str, crosshair: str, ends: Scale | None, seed: int
) -> tuple[pd.DataFrame, tuple[float, float]]:
    with threadpool_limits(1):
        once = np.ones((1, people))
        importance = survey.importance(once, by)
        performance = picked_means(once, survey.performance)
        quadrant, cuts = _quadrants(importance, performance, by, crosshair, ends)
        share = np.full(len(survey.items), np.nan)
        if people > 1:
            drawn = picks(people, _RESAMPLES, seed)
            axes = survey.importance(drawn, by), picked_means(drawn, survey.performance)
            seen, _ = _quadrants(*axes, by, crosshair, ends)
            share = (seen == quadrant).mean(axis=0)
        stated = picked_means(once, survey.stated)[0]
        known = ~np.isnan(survey.stated).all(axis=0)
        weights = survey.weights(once)[0] if survey.derivable() else np.full(len(share), np.nan)
    table = pd.DataFrame(
        {
            "item": survey.items,
            "answers": (~np.isnan(survey.performance)).sum(axis=0),
            "importance": np.where(known, stated, np.nan),
            "derived": weights,
            "performance": performance[0],
            "quadrant": [QUADRANTS[number] for number in quadrant[0]],
            "share": share,
        }
    )
    comparable = ends is not None and by == "stated"
    gap = (table["importance"] - table["performance"]) / np.sqrt(2)
    table["distance"] = gap if comparable else np.nan
    order = "distance" if comparable else "derived" if by == "derived" else "importance"
    table = table.sort_values(order, ascending=False, kind="stable", ignore_index=True)
    return table, cuts


def _quadrants(
    importance: Floats, performance: Floats, by: str, crosshair: str, ends: Scale | None
) -> tuple[NDArray[np.int64], tuple[float, float]]:
    """Find the quadrant of each item in each sample, and where the crosshair stands."""
    cuts = []
    for axis, stated in ((importance, by == "stated"), (performance, True)):
        if crosshair == "midpoint" and stated and ends is not None:
            cuts.append(np.full((len(axis), 1), sum(ends) / 2))
        else:
            centre = np.median if crosshair == "median" else np.mean
            cuts.append(centre(axis, axis=1, keepdims=True))
    numbers = 2 * (importance >= cuts[0]).astype(np.int64) + (performance >= cuts[1])
    return numbers, (float(cuts[0][0, 0]), float(cuts[1][0, 0]))


def _scale(used: pd.DataFrame, scale: Any, crosshair: str) -> Scale | None:
    """Give the scale, or none where it is neither clear nor needed."""
    stated = None if scale is None else stated_scale(scale, "importance_performance")
    names = [name for name in ("importance", "performance") if name in used]
    try:
        return seen_scale(used[names], stated, "ratings")[1]
    except DataError:
        if stated is not None or crosshair == "midpoint":
            raise
        return None


def _notes(
    rows: pd.DataFrame, used: pd.DataFrame, people: int, *, distant: bool
) -> tuple[str, ...]:
    notes = []
    if len(rows) > len(used):
        notes.append(f"{len(rows) - len(used):,} ratings lack a part and are left out.")
    silent = sorted(set(rows["item"].dropna()) - set(used["item"]), key=str)
    if silent:
        notes.append(f"Without any answer: {', '.join(map(str, silent))}.")
    if people == 1:
        notes.append("One respondent, or means only: how sure a quadrant is cannot be told.")
    if not distant:
        notes.append(
            "No distance to the line of equal rating: importance and performance seem to have "
            "scales of their own. State scale= if they share one."
        )
    return tuple(notes)
