"""Kano: what features do to satisfaction when they are there, and when they are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, check_share, nearest
from segkit.frames import JsonResult
from segkit.intervals import mean_interval, wilson_interval
from segkit.surveys.kano_segments import compare_segments
from segkit.surveys.ratings import role_columns

__all__ = ["Kano", "kano"]

_WORDS = ("like", "must", "neutral", "live with", "dislike")
# Rows: answer if the feature is there; columns: if it is not; both in the order of _WORDS.
_TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
_CATEGORIES = ("M", "O", "A", "I", "R", "Q")  # the order in which ties are settled
_SPOKEN = {
    "like": "like|i like it|i like it that way|i like it this way|like it|i would like it|"
    "i enjoy it that way|delighted|enjoy",
    "must": "must|must be|must-be|it must be that way|must have|i must have it|expect|expect it|"
    "i expect it|i expect it that way|i expect it to be that way|it is a basic necessity|"
    "basic necessity|i need it|need it",
    "neutral": "neutral|i am neutral|i'm neutral|i feel neutral|don't care|i don't care|"
    "i do not care|no feeling|indifferent",
    "live with": "live with|live with it|i can live with it|i can live with it that way|tolerate|"
    "tolerate it|i can tolerate it|i can tolerate it that way|can live with|can tolerate|accept",
    "dislike": "dislike|dislike it|i dislike it|i dislike it that way|i would dislike it|"
    "i do not like it|i don't like it|i can't accept it|i cannot accept it|can't accept it",
}
_CODES = {text: place for place, word in enumerate(_WORDS) for text in _SPOKEN[word].split("|")}
_CODES |= {str(place + 1): place for place in range(len(_WORDS))}
# DuMouchel's points: what counts is how far an answer is from indifference.
_FUNCTIONAL, _DYSFUNCTIONAL = np.array([4, 2, 0, -1, -2.0]), np.array([-2, -1, 0, 2, 4.0])
_MIDDLE = 2.0
_FONG = 1.65
_SHOWN = 5
_DOUBTFUL = 0.1


@dataclass(frozen=True, eq=False)
class Kano(JsonResult):
    """Features by Kano's categories.

    Attributes
    ----------
    table : DataFrame
        One row a segment and feature: `segment` (if asked for), `feature, answers`, counts of the
        categories `M` (must-be), `O` (one-dimensional), `A` (attractive), `I` (indifferent), `R`
        (reverse), `Q` (questionable); the `category` most give, its `share`, and `clear` if it is
        more than chance (Fong 1996); `better` and `worse` (Berger 1993) with Wilson's intervals;
        means `functional` and `dysfunctional` on DuMouchel's points with Student's intervals, and
        the category `continuous` of their place.
    answers : DataFrame
        One row an answer used: `feature`, `category` and, if asked for, `segment`; labels as given.
    tests : DataFrame
        With segments, one row a feature: whether they give its categories alike, by Pearson's
        chi-squared: `feature, segments, statistic, df, p`, Holm's `p_adjusted`, and `differs`.
    confidence : float
        Confidence of the intervals.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    answers: pd.DataFrame = field(metadata={"json": False})
    tests: pd.DataFrame
    confidence: float
    notes: tuple[str, ...]


def kano(
    answers: Any = None,
    dysfunctional: Any = None,
    *,
    functional: Any = None,
    feature: Any = None,
    segment: Any = None,
    confidence: float = 0.9,
) -> Kano:
    r"""Sort features by what they do to satisfaction (Kano 1984).

    Each pair of answers has a place in Kano's table of five by five. A feature has the category
    most give; ties go to M, O, A, I in this order. It is clear if the counts a and b of the two
    commonest differ by at least :math:`1.65 \sqrt{(a + b)(2n - a - b) / 2n}` (Fong 1996). Better
    :math:`(A + O) / (A + O + M + I)` is the gain of having it, worse
    :math:`-(O + M) / (A + O + M + I)` the loss of not having it (Berger 1993). Continuous:
    answers as points, -2 to 4; means of 2 or more on both sides are one-dimensional, on one only
    attractive or must-be, on none indifferent (DuMouchel 1993).

    Parameters
    ----------
    answers : frame or array-like
        A frame with one row an answer; or the answers if the feature is there. Answers are "like",
        "must", "neutral", "live with", "dislike", the usual sentences with these words, or 1 to 5
        in this order.
    functional, dysfunctional : str or array-like
        Columns of a frame, None for those of these names; or the answers if the feature is there,
        and if it is not.
    feature, segment : str or array-like, optional
        Columns, or values. Without `feature`, and a column of this name, all answers are about one.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, an answer is none of these words (names words and rows), or there is
        no answer.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = kano(["must"] * 9 + ["like"] * 3, ["dislike"] * 9 + ["neutral"] * 3)
    >>> found.table[["feature", "M", "A", "category", "clear", "better", "worse"]]
      feature  M  A category  clear  better  worse
    0     all  9  3        M   True    0.25  -0.75
    """
    check_share("confidence", "kano", confidence)
    roles = {"functional": functional, "dysfunctional": dysfunctional}
    roles |= {"segment": segment, "feature": feature}
    needed = ("functional", "dysfunctional")
    taken = role_columns(answers, roles, "answers", needed, ("feature",))
    codes = _coded(taken)
    for name in ("feature", "segment"):
        taken[name] = taken.get(name, "all")
    rows = taken[["segment", "feature"]].join(codes)
    named = rows.dropna(subset=["segment", "feature"])
    used = named.dropna().astype({"functional": int, "dysfunctional": int})
    if used.empty:
        raise DataError("answers: nobody answered both questions about any feature.")
    pairs = zip(used["functional"], used["dysfunctional"], strict=True)
    used["category"] = [_TABLE[there][absent] for there, absent in pairs]
    groups = dict(list(used.groupby(["segment", "feature"])))
    keys = sorted(set(zip(named["segment"], named["feature"], strict=True)), key=str)
    table = pd.DataFrame(
        [
            {"segment": key[0], "feature": key[1]} | _placed(groups.get(key, used[:0]), confidence)
            for key in keys
        ]
    )
    kept = ["feature", "category"] if segment is None else ["segment", "feature", "category"]
    notes = _notes(len(rows) - len(used), table)
    if segment is None:
        table = table.drop(columns="segment")
    tests = pd.DataFrame() if segment is None else compare_segments(used)
    return Kano(table, used[kept], tests, confidence, notes)


def _placed(part: pd.DataFrame, confidence: float) -> dict[str, object]:
    n = len(part)
    counts = {name: int((part["category"] == name).sum()) for name in _CATEGORIES}
    first, second = sorted(_CATEGORIES, key=lambda name: -counts[name])[:2]
    a, b = counts[first], counts[second]
    m, o, attractive, i = (counts[name] for name in "MOAI")
    counted = m + o + attractive + i
    known = counted or np.nan
    better = wilson_interval(attractive + o, counted, confidence)
    worse = wilson_interval(o + m, counted, confidence)
    row = {"answers": n, **counts, "category": first if n else "not enough data"}
    row |= {"share": a / n if n else np.nan}
    row |= {"clear": bool(n) and a - b >= _FONG * np.sqrt((a + b) * (2 * n - a - b) / (2 * n))}
    row |= {"better": (attractive + o) / known, "better_low": better[0], "better_high": better[1]}
    row |= {"worse": -(o + m) / known, "worse_low": -worse[1], "worse_high": -worse[0]}
    return row | _continuous(part, confidence)


def _continuous(part: pd.DataFrame, confidence: float) -> dict[str, object]:
    row: dict[str, object] = {}
    sides = (("functional", _FUNCTIONAL), ("dysfunctional", _DYSFUNCTIONAL))
    means = []
    for name, points in sides:
        values = points[part[name].to_numpy(int)]
        mean = float(values.mean()) if len(values) else np.nan
        spread = float(values.std(ddof=1)) if len(values) > 1 else np.nan
        low, high = mean_interval(mean, spread, len(values), confidence)
        row |= {name: mean, f"{name}_low": float(low), f"{name}_high": float(high)}
        means.append(mean)
    there, absent = (mean >= _MIDDLE for mean in means)
    place = {(True, True): "O", (True, False): "A", (False, True): "M", (False, False): "I"}
    return row | {"continuous": place[there, absent] if len(part) else "not enough data"}


def _coded(taken: pd.DataFrame) -> pd.DataFrame:
    faults, columns = [], {}
    for name in ("functional", "dysfunctional"):
        spoken = taken[name].map(_spoken, na_action="ignore").replace("", None)
        columns[name] = spoken.map(_CODES).astype(float)
        wrong = taken[name][spoken.notna() & columns[name].isna()]
        for word in list(dict.fromkeys(wrong))[:_SHOWN]:
            rows = ", ".join(map(str, wrong.index[wrong == word][:_SHOWN]))
            faults.append(f"{name}: {word!r} in row {rows}.{nearest(str(word), _WORDS)}")
    if faults:
        expected = ", ".join(repr(word) for word in _WORDS)
        raise DataError(
            "\n".join(
                ["answers: not known as an answer.", *faults, f"Expected {expected}, or 1-5."]
            )
        )
    return pd.DataFrame(columns)


def _spoken(answer: object) -> str:
    coded = isinstance(answer, (int, float, np.number)) and not isinstance(answer, bool)
    if coded and float(answer).is_integer():  # type: ignore[arg-type]  # a number, as just seen
        return str(int(answer))  # type: ignore[call-overload]  # a cell may hold anything
    return str(answer).strip().rstrip(".").lower().replace("_", " ").replace("\u2019", "'")


def _notes(left_out: int, table: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(f"{left_out:,} answers lack one of the two questions or a name; left out.")
    silent = table.loc[table["answers"] == 0, "feature"]
    if len(silent):
        notes.append(f"Without any answer: {', '.join(map(str, silent.unique()))}.")
    odd = table.loc[table["Q"] > _DOUBTFUL * table["answers"], "feature"]
    if len(odd):
        names = ", ".join(map(str, odd.unique()))
        notes.append(
            f"More than one answer in ten contradicts itself for {names}: the question may be "
            "misread."
        )
    return tuple(notes)
