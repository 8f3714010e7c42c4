"""Outcome-driven innovation: which outcomes matter and are poorly met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult
from segkit.intervals import rank_interval
from segkit.surveys.ratings import Scale, role_columns, seen_scale, stated_scale
from segkit.surveys.resampling import bounds, picked_means, picks

__all__ = ["Opportunities", "opportunity", "opportunity_score"]

_RESAMPLES = 1000
_FEWEST = 10
_BANDS = ((15, "extreme"), (12, "high"), (10, "worth considering"))
_MANY = 20


@dataclass(frozen=True, eq=False)
class Opportunities(JsonResult):
    """Opportunities of outcomes.

    Attributes
    ----------
    table : DataFrame
        One row a segment and outcome, the largest opportunity of a segment first: `segment` (if
        asked for), `outcome, answers, importance, satisfaction, opportunity` with its interval
        `low, high`, the `rank` in the segment with its interval `rank_low, rank_high`, and the
        `band`: "extreme" (above 15), "high" (12 to 15), "worth considering" (10 to 12),
        "unattractive", "over-served" (satisfaction above importance) or "not enough data".
    scale : tuple of float
        Lowest and highest rating; the two highest boxes count.
    confidence : float
        Confidence of the intervals.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    scale: Scale
    confidence: float
    notes: tuple[str, ...]


@overload
def opportunity_score(importance: float, satisfaction: float) -> float: ...


@overload
def opportunity_score(importance: ArrayLike, satisfaction: ArrayLike) -> NDArray[np.float64]: ...


def opportunity_score(importance: ArrayLike, satisfaction: ArrayLike) -> ArrayLike:
    """Score opportunities: importance + max(importance - satisfaction, 0) (Ulwick 2002).

    Parameters
    ----------
    importance, satisfaction : float or array-like
        10 x the share that rates it important, or is satisfied: 0 to 10.

    Raises
    ------
    ParameterError
        If a value is not within 0 and 10.

    Examples
    --------
    >>> opportunity_score([9, 9, 9.5], [3, 9, 3.2]).tolist()
    [15.0, 9.0, 15.8]
    """
    try:
        i, s = (np.asarray(values, dtype=np.float64) for values in (importance, satisfaction))
    except (TypeError, ValueError):
        told = (importance, satisfaction)
        expected = "numbers within 0 and 10"
        raise ParameterError(
            "importance, satisfaction", "opportunity_score", expected, told
        ) from None
    for name, values in (("importance", i), ("satisfaction", s)):
        if not np.all((values >= 0) & (values <= 10)):
            raise ParameterError(name, "opportunity_score", "within 0 and 10", values.tolist())
    score = np.round(i + np.maximum(i - s, 0), 12)
    return score if score.ndim else float(score)


def opportunity(
    answers: Any = None,
    satisfaction: Any = None,
    *,
    importance: Any = None,
    outcome: Any = None,
    respondent: Any = None,
    segment: Any = None,
    scale: Any = None,
    confidence: float = 0.9,
    random_state: int = 0,
) -> Opportunities:
    r"""Find outcomes that are important and poorly met, segment by segment.

    :math:`I + \max(I - S, 0)` with I and S ten times the share of answers in the two highest boxes
    of importance and of satisfaction (Ulwick 2002). Intervals of opportunity and rank come from
    1,000 samples of the respondents of a segment.

    Parameters
    ----------
    answers : frame or array-like
        A frame with one row an answer; or importance ratings, of one outcome or as a grid with a
        row for each respondent and a column for each outcome.
    importance, satisfaction : str or array-like
        Columns of a frame, None for those of these names; or ratings of the same shape.
    outcome, respondent, segment : str or array-like, optional
        Columns, or values; of a frame, None takes columns named outcome and respondent. Without an
        outcome all answers are about one; without respondents answers are matched to people by
        their order.
    scale : tuple of float, optional
        Lowest and highest rating; if not given, 1-5, 1-7, 1-10 or 0-10 as the answers show.
    confidence : float
        Confidence of the intervals, in (0, 1).
    random_state : int
        Seed of the samples.

    Raises
    ------
    DataError
        If columns are missing, a rating is no number or off the scale (names the rows), scales are
        mixed, or nobody rated both.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = opportunity([5] * 18 + [2] * 2, [4] * 6 + [1] * 14)
    >>> found.table[["outcome", "importance", "satisfaction", "opportunity", "band"]]
       outcome  importance  satisfaction  opportunity  band
    0  all             9.0           3.0         15.0  high
    """
    check_share("confidence", "opportunity", confidence)
    if np.isscalar(answers) or (np.isscalar(importance) and not isinstance(importance, str)):
        expected = "ratings of respondents; for scores use opportunity_score"
        raise ParameterError("answers", "opportunity", expected, answers)
    roles = {"importance": importance, "satisfaction": satisfaction, "segment": segment}
    roles |= {"respondent": respondent, "outcome": outcome}
    needed = ("importance", "satisfaction")
    taken = role_columns(answers, roles, "answers", needed, ("outcome", "respondent"))
    stated = None if scale is None else stated_scale(scale, "opportunity")
    numbers, used = seen_scale(taken[["importance", "satisfaction"]], stated, "answers")
    rows = taken.assign(**numbers)
    for name in ("outcome", "segment"):
        rows[name] = rows.get(name, "all")
    if stated is None:
        _refuse_mixed(rows, used)
    rated = rows.dropna()
    if rated.empty:
        raise DataError("answers: nobody rated both importance and satisfaction.")
    groups = rated.groupby("segment", sort=True)
    tables = [_scored(part, used, confidence, random_state) for _, part in groups]
    table = pd.concat(tables, ignore_index=True)
    notes = _notes(rows, rated, table, used if stated is None else None)
    if segment is None:
        table = table.drop(columns="segment")
    return Opportunities(table, used, confidence, notes)


def _scored(part: pd.DataFrame, scale: Scale, confidence: float, seed: int) -> pd.DataFrame:
    if "respondent" not in part:
        part = part.assign(respondent=part.groupby("outcome").cumcount())
    met = part[["importance", "satisfaction"]] >= scale[1] - 1
    wide = part.assign(**met.astype(float)).pivot_table(
        index="respondent", columns="outcome", values=["importance", "satisfaction"], sort=True
    )
    sides = [wide[side].to_numpy(float) for side in ("importance", "satisfaction")]
    drawn = picks(len(wide), _RESAMPLES, seed)
    samples = opportunity_score(*(_ten(picked_means(drawn, side)) for side in sides))
    i, s = (_ten(np.nanmean(side, axis=0)) for side in sides)
    low, high = bounds(samples, confidence)
    rank_low, rank_high = rank_interval(samples, confidence)
    table = pd.DataFrame(
        {
            "segment": part["segment"].iloc[0],
            "outcome": wide["importance"].columns,
            "answers": (~np.isnan(sides[0])).sum(axis=0),
            "importance": i,
            "satisfaction": s,
            "opportunity": opportunity_score(i, s),
            "low": low,
            "high": high,
        }
    )
    table["rank"] = table["opportunity"].rank(ascending=False, method="min").astype(int)
    table["rank_low"], table["rank_high"] = rank_low, rank_high
    table["band"] = [_band(row) for row in table.to_dict("records")]
    thin = table["band"] == "not enough data"
    table[["low", "high"]] = table[["low", "high"]].mask(thin)
    return table.sort_values(["rank", "outcome"], ignore_index=True)


def _ten(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.clip(10 * shares, 0, 10))


def _band(row: dict[Any, Any]) -> str:
    if row["answers"] < _FEWEST:
        return "not enough data"
    if row["satisfaction"] > row["importance"]:
        return "over-served"
    score = row["opportunity"]
    if score > _BANDS[0][0]:
        return _BANDS[0][1]
    return next((name for least, name in _BANDS[1:] if score >= least), "unattractive")


def _refuse_mixed(rows: pd.DataFrame, scale: Scale) -> None:
    """Refuse outcomes whose many answers never leave a shorter scale than that of the others."""
    best = rows[["importance", "satisfaction"]].max(axis=1).groupby(rows["outcome"])
    short = best.max()[(best.max() <= 5) & (best.count() >= _MANY)]
    if scale[1] > 5 and len(short):
        names = ", ".join(map(repr, short.index[:5]))
        raise DataError(
            f"answers: ratings reach {rows[['importance', 'satisfaction']].max().max():g}, but of "
            f"{names} none is above 5: scales seem mixed. Bring them to one, or state scale=."
        )


def _notes(
    rows: pd.DataFrame, rated: pd.DataFrame, table: pd.DataFrame, seen: Scale | None
) -> tuple[str, ...]:
    notes = []
    if seen not in (None, (1, 5)):
        notes.append(
            f"Ratings are read as {seen[0]:g} to {seen[1]:g}: {seen[1] - 1:g} and {seen[1]:g} "
            "count as important or satisfied. Bands were made for a scale of 1 to 5."
        )
    if len(rows) > len(rated):
        notes.append(f"{len(rows) - len(rated):,} answers lack a rating or a name; left out.")
    silent = sorted(set(rows["outcome"].dropna()) - set(rated["outcome"]), key=str)
    if silent:
        notes.append(f"Without any answer: {', '.join(map(str, silent))}.")
    thin = int((table["band"] == "not enough data").sum())
    if thin:
        notes.append(f"{thin:,} rows have fewer than {_FEWEST} answers: no band is given.")
    return tuple(notes)
