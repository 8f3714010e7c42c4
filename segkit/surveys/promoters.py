"""Net promoter score, with the error it is usually shown without."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype
from scipy.special import ndtr, ndtri

from segkit.adjustment import holm
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult
from segkit.sizing.columns import number_columns
from segkit.surveys.ratings import role_columns

__all__ = ["NetPromoters", "nps"]

_PROMOTER, _DETRACTOR = 9, 6
_POINTS = 100.0
_SHOWN = 5
_SHORT = 7


@dataclass(frozen=True, eq=False)
class NetPromoters(JsonResult):
    """A net promoter score.

    Attributes
    ----------
    nps, se : float
        Score and standard error in points, -100 to 100.
    interval : tuple of float
        Its interval.
    answers, promoters, passives, detractors : int
        Counts.
    groups : DataFrame
        One row a group: `group, answers, promoters, detractors, nps, se, low, high`.
    differences : DataFrame
        One row a pair of groups: `group, other, difference, se, z` and Holm's `p_adjusted`.
    confidence : float
        Confidence of the intervals.
    notes : tuple of str
        What to mind.
    """

    nps: float
    se: float
    interval: tuple[float, float]
    answers: int
    promoters: int
    passives: int
    detractors: int
    groups: pd.DataFrame
    differences: pd.DataFrame
    confidence: float
    notes: tuple[str, ...]


def nps(
    answers: Any, group: Any = None, *, score: str | None = None, confidence: float = 0.9
) -> NetPromoters:
    r"""Score how many more would recommend than warn: promoters (9, 10) less detractors (0 to 6).

    With the shares p and d the score is :math:`100 (p - d)`, its standard error
    :math:`100 \sqrt{(p + d - (p - d)^2) / n}` (Reichheld 2003). The interval adds one promoter and
    one detractor, so that it does not vanish where all say the same (Bonett & Price 2012). Groups
    are compared by the standard error of their pooled shares, adjusted by Holm's method.

    Parameters
    ----------
    answers : frame or array-like
        A frame with one row an answer; or the scores, 0 to 10.
    group : str or array-like, optional
        Column, or groups to compare.
    score : str, optional
        Column of the scores, where `answers` is a frame.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, a score is no whole number from 0 to 10 (names the rows), or there
        is none.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = nps([10] * 46 + [8] * 32 + [5] * 22)
    >>> found.nps, round(found.se, 2)
    (24.0, 7.89)
    """
    check_share("confidence", "nps", confidence)
    taken = role_columns(answers, {"score": score, "group": group}, "scores", ("score",))
    scores = number_columns(taken, {"score": (0, 10)}, "scores")["score"]
    if is_bool_dtype(taken["score"]):
        raise DataError("scores: must be whole numbers from 0 to 10. Got true and false.")
    broken = scores[scores.notna() & (scores % 1 != 0)]
    if len(broken):
        shown = ", ".join(f"{value:g} in row {row}" for row, value in broken.head(_SHOWN).items())
        raise DataError(f"scores: must be whole numbers from 0 to 10. Got {shown}.")
    rows = taken.assign(score=scores)
    used = rows.dropna(subset="score")
    if used.empty:
        raise DataError("scores: no answer holds a score.")
    whole = _scored(used["score"], confidence)
    groups = differences = pd.DataFrame()
    if group is not None:
        parts = used.groupby("group", sort=True)["score"]
        groups = pd.DataFrame([{"group": key} | _scored(part, confidence) for key, part in parts])
        differences = _compared(groups)
    n, p, d = (int(whole[name]) for name in ("answers", "promoters", "detractors"))
    return NetPromoters(
        nps=whole["nps"],
        se=whole["se"],
        interval=(whole["low"], whole["high"]),
        answers=n,
        promoters=p,
        passives=n - p - d,
        detractors=d,
        groups=groups,
        differences=differences,
        confidence=confidence,
        notes=_notes(len(rows) - n, used),
    )


def _scored(scores: pd.Series, confidence: float) -> dict[str, float]:
    n = len(scores)
    promoters, detractors = int((scores >= _PROMOTER).sum()), int((scores <= _DETRACTOR).sum())
    net, error = _net(promoters, detractors, n)
    centre, spread = _net(promoters + 1, detractors + 1, n + 2)
    reach = float(ndtri((1 + confidence) / 2)) * spread
    return {
        "answers": n,
        "promoters": promoters,
        "detractors": detractors,
        "nps": _POINTS * net,
        "se": _POINTS * error,
        "low": _POINTS * max(centre - reach, -1.0),
        "high": _POINTS * min(centre + reach, 1.0),
    }


def _net(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    net = (promoters - detractors) / n
    return net, float(np.sqrt(max((promoters + detractors) / n - net**2, 0.0) / n))


def _compared(groups: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for one, other in combinations(groups.to_dict("records"), 2):
        both = {name: one[name] + other[name] for name in ("promoters", "detractors", "answers")}
        _, error = _net(both["promoters"], both["detractors"], both["answers"])
        spread = error * np.sqrt(both["answers"] * (1 / one["answers"] + 1 / other["answers"]))
        difference = one["nps"] - other["nps"]
        z = difference / (_POINTS * spread) if spread > 0 else 0.0
        pair = {"group": one["group"], "other": other["group"], "difference": difference}
        rows.append(pair | {"se": _POINTS * spread, "z": z, "p_adjusted": 2 * ndtr(-abs(z))})
    table = pd.DataFrame(rows, columns=["group", "other", "difference", "se", "z", "p_adjusted"])
    return table.assign(p_adjusted=holm(table["p_adjusted"].to_numpy(float)))


def _notes(left_out: int, used: pd.DataFrame) -> tuple[str, ...]:
    notes, scores = [], used["score"]
    if left_out:
        notes.append(f"{left_out:,} answers without a score are left out.")
    nameless = int(used["group"].isna().sum()) if "group" in used else 0
    if nameless:
        notes.append(f"{nameless:,} answers without a group count in the whole alone.")
    highest = scores.max()
    if len(scores) > 1 and highest <= _SHORT:
        notes.append(
            f"No score is above {highest:g}: if the scale ended at 5 or 7 and not at 10, this is "
            "no net promoter score."
        )
    return tuple(notes)
