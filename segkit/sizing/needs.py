"""Needs of a market, and how they change from one survey to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from segkit.adjustment import holm
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.intervals import wilson_interval
from segkit.sizing.columns import ANY, number_columns

__all__ = ["NeedChanges", "cochran_armitage", "need_changes"]

_FEWEST_TO_COMPARE, _FEWEST_TO_TEST = 2, 3
_FEWEST_ANSWERS = 30


@dataclass(frozen=True, eq=False)
class NeedChanges(JsonResult):
    """How needs change.

    Attributes
    ----------
    table : DataFrame
        One row a need: `need, first, last` (share that rates it important in the first and last
        wave), `change` with its interval `low, high`, `z` of the trend, Holm's `p_adjusted`, and
        the `verdict`: "rising", "falling", "stable" or "not enough data".
    waves : DataFrame
        One row a need and wave: `need, wave, answers, important, share, low, high`.
    important_from : float
        Rating from which a need counts as important.
    confidence, alpha : float
        Confidence of the intervals, and chance of any false alarm.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    waves: pd.DataFrame
    important_from: float
    confidence: float
    alpha: float
    notes: tuple[str, ...]


def need_changes(
    frame: Any,
    *,
    wave: str,
    need: str,
    rating: str,
    important_from: float = 4,
    confidence: float = 0.9,
    alpha: float = 0.05,
) -> NeedChanges:
    """Say which needs become more or less important from wave to wave.

    A need is important to those who rate it at least `important_from`: 4 on a scale of 1 to 5 is
    the top-two box. Each need gets a Cochran-Armitage trend test over all waves; p-values are
    adjusted together by Holm's method. The change from the first to the last wave has Newcombe's
    interval of a difference of two shares (Newcombe 1998b, method 10). Two waves show a change but
    no trend: the verdict takes three, with 30 answers each.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row an answer; each wave asks other people.
    wave, need, rating : str
        Columns; `wave` is a number, whose distances count.
    important_from : float
        Lowest rating that counts as important.
    confidence : float
        Confidence of the intervals, in (0, 1).
    alpha : float
        Chance of any false alarm among the needs, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, a wave or rating is no number (names the rows), or no answer has all
        three.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {
    ...         "wave": [1] * 100 + [2] * 100 + [3] * 100,
    ...         "need": "self-service",
    ...         "rating": [5] * 30 + [2] * 70 + [5] * 45 + [2] * 55 + [5] * 60 + [2] * 40,
    ...     }
    ... )
    >>> found = need_changes(frame, wave="wave", need="need", rating="rating")
    >>> found.table[["need", "first", "last", "verdict"]]
               need  first  last verdict
    0  self-service    0.3   0.6  rising
    """
    for name, value in (("confidence", confidence), ("alpha", alpha)):
        check_share(name, "need_changes", value)
    taken = take_columns(frame, [wave, need, rating], "needs")
    numbers = number_columns(taken, {wave: ANY, rating: ANY}, "needs")
    answers = pd.DataFrame(
        {"need": taken[need], "wave": numbers[wave], "rating": numbers[rating]}
    ).dropna()
    if answers.empty:
        raise DataError("needs: no answer has a wave, a need and a rating that are there.")
    waves = _shares(answers, important_from, confidence)
    rows = [_change(name, part) for name, part in waves.groupby("need", sort=False)]
    table = pd.DataFrame(rows)
    table["p_adjusted"] = holm(table["p"])
    table["verdict"] = [
        _verdict(p, z, alpha) for p, z in zip(table["p_adjusted"], table["z"], strict=True)
    ]
    notes = _notes(len(taken) - len(answers), table)
    return NeedChanges(table.drop(columns="p"), waves, important_from, confidence, alpha, notes)


def cochran_armitage(successes: ArrayLike, trials: ArrayLike, scores: ArrayLike) -> float:
    r"""Test whether a share rises or falls with a score: the statistic z.

    :math:`z = \sum_i (x_i - n_i \hat p)(s_i - \bar s) / \sqrt{\hat p \hat q \sum_i n_i (s_i -
    \bar s)^2}` (Cochran 1954; Armitage 1955).

    Parameters
    ----------
    successes, trials, scores : array-like, shape (n_groups,)
        Counts of each group, and where it stands.

    Returns
    -------
    float
        Standard normal where there is no trend; 0 where nothing varies.

    Examples
    --------
    >>> round(cochran_armitage([30, 60], [100, 100], [1, 2]), 3)
    4.264
    """
    x, n, score = (np.asarray(part, dtype=float) for part in (successes, trials, scores))
    p = x.sum() / n.sum()
    distance = score - (n * score).sum() / n.sum()
    variance = p * (1 - p) * (n * distance**2).sum()
    return float(((x - n * p) * distance).sum() / np.sqrt(variance)) if variance > 0 else 0.0


def _shares(answers: pd.DataFrame, important_from: float, confidence: float) -> pd.DataFrame:
    marked = answers.assign(important=answers["rating"] >= important_from)
    grouped = marked.groupby(["need", "wave"], sort=True)["important"]
    table = grouped.agg(answers="size", important="sum").reset_index()
    table["share"] = table["important"] / table["answers"]
    bounds = [
        wilson_interval(important, answered, confidence)
        for important, answered in table[["important", "answers"]].to_numpy().tolist()
    ]
    return table.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])


def _change(name: object, part: pd.DataFrame) -> dict[str, object]:
    first, last = part.iloc[0], part.iloc[-1]
    row = {"need": name, "first": first["share"], "last": last["share"]}
    known = dict.fromkeys(("change", "low", "high", "z", "p"), np.nan)
    answered = part["answers"].min() >= _FEWEST_ANSWERS
    if answered and len(part) >= _FEWEST_TO_COMPARE:
        change = last["share"] - first["share"]
        # Newcombe's method 10: the distances of Wilson's ends add up as squares.
        down = np.hypot(last["share"] - last["low"], first["high"] - first["share"])
        up = np.hypot(last["high"] - last["share"], first["share"] - first["low"])
        known |= {"change": change, "low": change - down, "high": change + up}
    if answered and len(part) >= _FEWEST_TO_TEST:
        z = cochran_armitage(part["important"], part["answers"], part["wave"])
        known |= {"z": z, "p": float(2 * ndtr(-abs(z)))}
    return {**row, **known}


def _verdict(p_adjusted: float, z: float, alpha: float) -> str:
    if np.isnan(p_adjusted):
        return "not enough data"
    if p_adjusted >= alpha:
        return "stable"
    return "rising" if z > 0 else "falling"


def _notes(left_out: int, table: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(f"{left_out:,} answers lack a wave, a need or a rating and are left out.")
    thin = table.loc[table["verdict"] == "not enough data", "need"]
    if len(thin):
        names = ", ".join(map(str, thin))
        notes.append(
            f"No trend is tested for {names}: it takes {_FEWEST_TO_TEST} waves with at least "
            f"{_FEWEST_ANSWERS} answers each."
        )
    return tuple(notes)
