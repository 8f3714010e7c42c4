"""What the ideal customer is made of: the weight of each criterion, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.special import chdtrc, ndtr, ndtri
from scipy.stats import skew
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.adjustment import holm
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult
from segkit.logistic import Logit, fit_logit, score_statistics
from segkit.scoring.contrasts import group_codes
from segkit.scoring.intake import Numbers, as_frame, as_outcome, is_flag, numbers_of

__all__ = ["CriterionWeights", "check_events", "criterion_weights", "twins"]

LEAST_EVENTS = 10
_LEAST_LEVEL = 20
_SKEWED = 1.0
_ALPHA = 0.05


@dataclass(frozen=True)
class CriterionWeights(JsonResult):
    """Weights of criteria in the log odds of winning.

    Attributes
    ----------
    table : DataFrame
        One row a criterion, the strongest first: `criterion, column, unit` (what one step is:
        "yes against no", "1", or "x 2.718": a factor), `weight` with `low, high` (log odds a
        step), `odds_ratio, odds_low, odds_high`, `standardised` (weight x standard deviation),
        `p` (Wald), `p_adjusted` (Holm), `share` (of rows that have it; the mean of a number),
        `evidence` ("for", "against" or "none").
    intercept : float
        Log odds where every yes-or-no is no and every number 0 (a factor: 1).
    n, events : int
        Rows, and those that were won.
    base_rate : float
    confidence : float
    notes : tuple of str
        Columns and levels that do not stand by themselves, and why.
    """

    table: pd.DataFrame
    intercept: float
    n: int
    events: int
    base_rate: float
    confidence: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Criterion:
    """One column of numbers in the design."""

    name: str
    column: str
    unit: str
    measured: Numbers


def criterion_weights(
    X: Any,
    y: Any,
    *,
    columns: Sequence[str] | None = None,
    groups: Any = None,
    ridge: float = 1.0,
    correlated: float = 0.8,
    confidence: float = 0.9,
) -> CriterionWeights:
    """Weigh criteria of winning by one logistic regression, all others being equal.

    Yes-or-no columns and numbers enter as they are; numbers that are skewed and never negative
    enter as logarithms. A level of a category enters only if it differs from all others (forward
    by the score statistic, Bonferroni over the levels left): most do not, and a weight against an
    arbitrary reference level tells little. Levels chosen so look a little stronger than they are.

    Parameters
    ----------
    X : frame or array of shape (n, columns)
        One row a decided deal.
    y : array of shape (n,)
        1 or True where it was won.
    columns : sequence of str, optional
        Columns to weigh; all by default. Of two that say the same the first named stays.
    groups : array of shape (n,), optional
        What belongs together, such as the account of each deal: widens the intervals.
    ridge : float
        Penalty on the standardised weights: 1 is a normal prior with deviation 1.
    correlated : float
        Rank correlation from which a number says the same as one named before it.
    confidence : float
        Confidence of Wald's intervals.

    Raises
    ------
    DataError
        If input does not fit together, or there are fewer than ten won (or lost) a column.

    Notes
    -----
    Ten events a variable: Peduzzi et al. (1996), J Clin Epidemiol 49. Intervals: Wald, with the
    covariance of the ridge (le Cessie & van Houwelingen 1992), or the sandwich over groups.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> central = rng.random(2000) < 0.5
    >>> won = rng.random(2000) < 1 / (1 + np.exp(1.5 - 1.2 * central))
    >>> criterion_weights(pd.DataFrame({"central": central}), won).table.round(2)[
    ...     ["criterion", "weight", "low", "high", "odds_ratio", "evidence"]]
      criterion  weight   low  high  odds_ratio evidence
    0   central    1.29  1.12  1.46        3.64      for
    """
    check_share("confidence", "criterion_weights", confidence)
    frame = as_frame(X, columns, "X")
    won = as_outcome(y, len(frame))
    check_events(won, frame.shape[1])
    codes = None if groups is None else group_codes(groups, len(frame))
    with threadpool_limits(1):
        fixed, levels, notes = _candidates(frame, correlated)
        chosen = _with_levels(fixed, levels, won, ridge)
        if not chosen:
            raise DataError("X: no column differs from row to row. " + " ".join(notes))
        fit, spread = _fit(chosen, won, ridge, codes)
    weights = fit.coefficients[1:] / spread
    errors = np.sqrt(np.diag(fit.covariance)[1:]) / spread
    table = _table(chosen, weights, errors, spread, confidence)
    means = np.array([one.measured.mean() for one in chosen])
    standing = {one.column for one in chosen}
    pooled = [
        f"{name}: no level differs from the others" for name in levels if name not in standing
    ]
    return CriterionWeights(
        table=table,
        intercept=float(fit.coefficients[0] - means @ weights),
        n=len(won),
        events=int(won.sum()),
        base_rate=float(won.mean()),
        confidence=confidence,
        notes=(*notes, *pooled),
    )


def check_events(won: Numbers, columns: int, least: int = LEAST_EVENTS) -> None:
    """Refuse fewer than ten events of the rarer kind a column."""
    rarer, needed = int(min(won.sum(), len(won) - won.sum())), least * max(columns, 1)
    if rarer < needed:
        raise DataError(
            f"Too few decided deals: {columns} columns need at least {needed} won and {needed} not "
            f"won ({least} a column). Found {int(won.sum())} won and {int(len(won) - won.sum())} "
            "not won. Take fewer columns, or wait for more deals."
        )


def _candidates(
    frame: pd.DataFrame, correlated: float
) -> tuple[list[Criterion], dict[str, list[Criterion]], tuple[str, ...]]:
    """Give columns that enter by themselves, levels that may, and what stays out and why."""
    fixed: list[Criterion] = []
    levels: dict[str, list[Criterion]] = {}
    same = twins(frame, correlated)
    notes = [*same.values()]
    for name in map(str, frame):
        if name in same:
            continue
        values = frame[name]
        if values.nunique(dropna=True) < 2:
            notes.append(f"{name}: the same in every row")
        elif not (is_numeric_dtype(values) or is_flag(values)):
            levels[name] = _levels(name, values)
        else:
            fixed.append(_number(name, values))
        if (lost := int(values.isna().sum())) and values.notna().any():
            notes.append(f"{name}: missing in {lost:,} of {len(values):,} rows, taken as average")
    return fixed, levels, tuple(notes)


def _number(name: str, values: pd.Series[Any]) -> Criterion:
    known = numbers_of(values)
    flag = is_flag(values)
    unit = "yes against no" if flag else "1"
    low = np.nanmin(known)
    if not flag and low >= 0 and skew(known[~np.isnan(known)]) > _SKEWED:
        # A staff of 0 has no logarithm.
        known, unit = np.log(known) if low > 0 else np.log1p(known), "x 2.718"
    return Criterion(name, name, unit, np.where(np.isnan(known), np.nanmean(known), known))


def _levels(name: str, values: pd.Series[Any]) -> list[Criterion]:
    text = values.astype("str").where(values.notna(), "unknown")
    counts = text.value_counts()
    kept = counts.index[(counts >= _LEAST_LEVEL) & (counts <= len(text) - _LEAST_LEVEL)]
    return [
        Criterion(f"{name}: {level}", name, "yes against no", (text == level).to_numpy(float))
        for level in sorted(kept)
    ]


def twins(frame: pd.DataFrame, correlated: float) -> dict[str, str]:
    """Name numbers that move with one named before them, and say with which."""
    numbers = [name for name in map(str, frame) if _varies(frame[name])]
    ranks = {name: frame[name].rank() for name in numbers}
    found: dict[str, str] = {}
    for place, name in enumerate(numbers):
        for other in numbers[:place]:
            r = ranks[name].corr(ranks[other])
            if other not in found and abs(r) >= correlated:
                found[name] = f"{name}: moves with {other} (rank correlation {r:.2f})"
                break
    return found


def _varies(values: pd.Series[Any]) -> bool:
    """Tell a number that differs from row to row."""
    number = is_numeric_dtype(values) and not is_flag(values)
    return bool(number and values.min() < values.max())


def _with_levels(
    fixed: list[Criterion], levels: dict[str, list[Criterion]], won: Numbers, ridge: float
) -> list[Criterion]:
    """Add levels one by one while the strongest left differs from all the rest."""
    chosen, left = list(fixed), [one for part in levels.values() for one in part]
    while left:
        X = _standardised(chosen, len(won))[0]
        added = _standardised(left, len(won))[0]
        found = score_statistics(fit_logit(X, won, ridge), X, won, added, ridge)
        best = int(found.argmax())
        if chdtrc(1, float(found[best])) * len(left) >= _ALPHA:
            break
        chosen.append(left.pop(best))
    return chosen


def _standardised(chosen: Sequence[Criterion], rows: int) -> tuple[Numbers, Numbers]:
    X = np.column_stack([np.empty((rows, 0)), *(one.measured for one in chosen)])
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0), spread


def _fit(
    chosen: Sequence[Criterion], won: Numbers, ridge: float, codes: Any
) -> tuple[Logit, Numbers]:
    X, spread = _standardised(chosen, len(won))
    return fit_logit(X, won, ridge, codes), spread


def _table(
    chosen: Sequence[Criterion],
    weights: Numbers,
    errors: Numbers,
    spread: Numbers,
    confidence: float,
) -> pd.DataFrame:
    z = float(ndtri((1 + confidence) / 2))
    low, high = weights - z * errors, weights + z * errors
    p = 2 * ndtr(-np.abs(weights) / errors)
    adjusted = holm(p)
    sure = adjusted < _ALPHA
    table = pd.DataFrame(
        {
            "criterion": [one.name for one in chosen],
            "column": [one.column for one in chosen],
            "unit": [one.unit for one in chosen],
            "weight": weights,
            "low": low,
            "high": high,
            "odds_ratio": np.exp(weights),
            "odds_low": np.exp(low),
            "odds_high": np.exp(high),
            "standardised": weights * spread,
            "p": p,
            "p_adjusted": adjusted,
            "share": [one.measured.mean() for one in chosen],
            "evidence": np.where(sure, np.where(weights > 0, "for", "against"), "none"),
        }
    )
    order = table["standardised"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)
