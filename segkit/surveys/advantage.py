"""In what to be best: importance, the gap to the best rival, and what it does to winning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr, ndtri, stdtr
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.adjustment import holm
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.intervals import mean_interval, rank_interval
from segkit.sizing.columns import ANY, POSITIVE, number_columns
from segkit.surveys.resampling import Floats, picked_means, picks

__all__ = ["BestInClass", "best_in_class"]

_RESAMPLES = 500
_EVENTS = 5
# Normal prior on the log odds of one standard deviation: it moves nothing that data can tell, and
# keeps the estimate finite where an item parts won from lost deals without exception.
_PRIOR = 1 / 2.5**2
_STEPS = 25
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class BestInClass(JsonResult):
    """Items by what closing the gap to the best rival is worth.

    Attributes
    ----------
    table : DataFrame
        One row an item, the largest gain first: `item, answers, importance`, `gap` (rival - us)
        with its interval `gap_low, gap_high`, `odds_ratio` of winning for a point of performance
        with `odds_low, odds_high`, Holm's `gap_p` and `odds_p`, the `gain`, its `rank` with the
        interval `rank_low, rank_high`, and the `verdict`: "close the gap" (behind, and it moves
        deals), "hold the lead" (it moves deals, not behind), "behind, no effect seen" or
        "no effect seen".
    respondents : int
        Respondents who rated all items and whose outcome is known.
    confidence, alpha : float
        Confidence of the intervals, and chance of any false alarm.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    respondents: int
    confidence: float
    alpha: float
    notes: tuple[str, ...]


def best_in_class(
    frame: Any,
    *,
    respondent: str,
    item: str,
    importance: str,
    performance: str,
    rival: str,
    won: str,
    confidence: float = 0.9,
    alpha: float = 0.05,
    random_state: int = 0,
) -> BestInClass:
    r"""Rank items by importance x gap to the best rival x effect on winning.

    The gain of an item is :math:`\bar I \cdot \max(\overline{rival - us}, 0) \cdot
    \max(\ln OR, 0)`. Gaps are tested by the paired t-test (Student 1908); the odds ratio of a
    point of performance comes from one logistic regression on all items (Cox 1958) with a weak
    normal prior, tested by Wald's z. Both are adjusted by Holm's method. Ranks are bounded by 500
    samples of the respondents.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a respondent and item.
    respondent, item, importance, performance, rival, won : str
        Columns; `won` is true or 1 where the respondent's deal was won.
    confidence, alpha : float
        Confidence of the intervals, and chance of any false alarm, in (0, 1).
    random_state : int
        Seed of the samples.

    Raises
    ------
    DataError
        If columns are missing, a rating is no number (names the rows), a respondent's deal is both
        won and not, or fewer than five deals an item are won, or lost, by respondents who rated
        all items (Vittinghoff & McCulloch 2007).
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> us = rng.integers(1, 11, 200)
    >>> frame = pd.DataFrame({"who": range(200), "what": "demo", "weight": 8, "us": us,
    ...                       "them": 8, "won": us + rng.normal(0, 2, 200) > 5})
    >>> found = best_in_class(frame, respondent="who", item="what", importance="weight",
    ...                       performance="us", rival="them", won="won")
    >>> found.table[["item", "verdict"]].to_dict("records")
    [{'item': 'demo', 'verdict': 'close the gap'}]
    """
    for name, value in (("confidence", confidence), ("alpha", alpha)):
        check_share(name, "best_in_class", value)
    wanted = [respondent, item, importance, performance, rival, won]
    taken = take_columns(frame, wanted, "ratings")
    limits = {importance: POSITIVE, performance: ANY, rival: ANY, won: (0.0, 1.0)}
    numbers = number_columns(taken, limits, "ratings")
    numbers = numbers.set_axis(["importance", "performance", "rival", "won"], axis=1)
    _refuse_unclear(numbers["won"], taken[respondent], won)
    rows = numbers.assign(respondent=taken[respondent], item=taken[item])
    used = rows.dropna(subset=["respondent", "item", "importance", "performance", "rival"])
    grids = {
        name: used.groupby(["respondent", "item"])[name].mean().unstack()
        for name in ("importance", "performance", "rival")
    }
    outcome = used.groupby("respondent")["won"].first().to_numpy(float)
    performed = grids["performance"].to_numpy(float)
    complete = ~np.isnan(performed).any(axis=1) & ~np.isnan(outcome)
    items = list(grids["performance"].columns)
    _refuse_thin(outcome[complete], items)
    gaps = grids["rival"].to_numpy(float) - performed
    with threadpool_limits(1):
        table = _estimated(items, grids["importance"].to_numpy(float), gaps, confidence)
        fitted = _Logit(performed[complete], outcome[complete])
        table = table.join(_odds(fitted, confidence))
        drawn = picks(len(gaps), _RESAMPLES, random_state)
        gains = (
            picked_means(drawn, grids["importance"].to_numpy(float))
            * np.maximum(picked_means(drawn, gaps), 0)
            * np.maximum(fitted.slopes(drawn[:, complete]), 0)
        )
    effect = np.maximum(np.log(table["odds_ratio"]), 0)
    table["gain"] = table["importance"] * np.maximum(table["gap"], 0) * effect
    table["rank"] = table["gain"].rank(ascending=False, method="min").astype(int)
    table["rank_low"], table["rank_high"] = rank_interval(gains, confidence)
    table["verdict"] = _verdicts(table, alpha)
    table = table.sort_values(["rank", "item"], ignore_index=True)
    notes = _notes(len(rows) - len(used), len(complete) - int(complete.sum()))
    return BestInClass(table, int(complete.sum()), confidence, alpha, notes)


class _Logit:
    """A logistic regression on all items, fitted to many samples at once."""

    def __init__(self, X: Floats, y: Floats) -> None:
        spread = X.std(axis=0)
        self.spread = np.where(spread > 0, spread, 1.0)
        self.X = np.column_stack([np.ones(len(X)), (X - X.mean(axis=0)) / self.spread])
        self.y = y
        width = self.X.shape[1]
        self.products = (self.X[:, :, None] * self.X[:, None, :]).reshape(len(X), -1)
        self.prior = np.diag([1e-6, *[_PRIOR] * (width - 1)])

    def fit(self, drawn: Floats) -> tuple[Floats, Floats]:
        """Give coefficients and information of each sample, by Newton's steps."""
        width = self.X.shape[1]
        beta = np.zeros((len(drawn), width))
        for _ in range(_STEPS):
            p = expit(beta @ self.X.T)
            slope = (drawn * (self.y - p)) @ self.X - beta @ self.prior
            curve = (drawn * p * (1 - p)) @ self.products
            information = curve.reshape(-1, width, width) + self.prior
            step = np.linalg.solve(information, slope[:, :, None])[:, :, 0]
            beta = beta + step
            if np.abs(step).max() < 1e-9:
                break
        return beta, information

    def slopes(self, drawn: Floats) -> Floats:
        """Give the log odds ratio of a point of each item."""
        return np.asarray(self.fit(drawn)[0][:, 1:] / self.spread)


def _estimated(items: list[Any], weight: Floats, gaps: Floats, confidence: float) -> pd.DataFrame:
    known = ~np.isnan(gaps)
    n = known.sum(axis=0)
    gap, spread = np.nanmean(gaps, axis=0), np.nanstd(gaps, axis=0) * np.sqrt(n / (n - 1))
    low, high = mean_interval(gap, spread, n, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(n - 1, -np.abs(gap / (spread / np.sqrt(n))))
    # Where all say the same the error is 0: a gap is then beyond doubt, and no gap is none.
    p = np.where(gap == 0, 1.0, p)
    table = {"item": items, "answers": n, "importance": np.nanmean(weight, axis=0), "gap": gap}
    return pd.DataFrame(table | {"gap_low": low, "gap_high": high, "gap_p": holm(p)})


def _odds(fitted: _Logit, confidence: float) -> pd.DataFrame:
    beta, information = fitted.fit(np.ones((1, len(fitted.y))))
    slope = beta[0, 1:] / fitted.spread
    error = np.sqrt(np.diag(np.linalg.inv(information[0])))[1:] / fitted.spread
    reach = float(ndtri((1 + confidence) / 2)) * error
    return pd.DataFrame(
        {
            "odds_ratio": np.exp(slope),
            "odds_low": np.exp(slope - reach),
            "odds_high": np.exp(slope + reach),
            "odds_p": holm(2 * ndtr(-np.abs(slope / error))),
        }
    )


def _verdicts(table: pd.DataFrame, alpha: float) -> list[str]:
    moves = (table["odds_p"] < alpha) & (table["odds_ratio"] > 1)
    behind = (table["gap_p"] < alpha) & (table["gap"] > 0)
    words = ("no effect seen", "behind, no effect seen", "hold the lead", "close the gap")
    return [words[number] for number in 2 * moves.astype(int) + behind]


def _refuse_unclear(outcome: pd.Series, respondent: pd.Series, won: str) -> None:
    """Each respondent has one deal, won or not."""
    partly = outcome[outcome.notna() & ~outcome.isin([0.0, 1.0])]
    if len(partly):
        raise DataError(
            f"ratings: {won} is true or false. Got {partly.iloc[0]:g} in row {partly.index[0]}."
        )
    both = outcome.groupby(respondent).nunique()
    both = both[both > 1]
    if len(both):
        names = ", ".join(map(str, both.index[:_SHOWN]))
        raise DataError(
            f"ratings: {won} is both true and false for {len(both):,} respondents ({names}). Each "
            "rates one deal: give deals as respondents where somebody rates several."
        )


def _refuse_thin(outcome: Floats, items: list[Any]) -> None:
    won = int(outcome.sum())
    fewest, needed = min(won, len(outcome) - won), _EVENTS * len(items)
    if not items or fewest < needed:
        raise DataError(
            f"ratings: of respondents who rated all {len(items)} items, {won:,} won and "
            f"{len(outcome) - won:,} did not. The effect on winning needs {needed:,} of each."
        )


def _notes(left_out: int, incomplete: int) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(f"{left_out:,} ratings lack importance, us or the rival and are left out.")
    if incomplete:
        notes.append(
            f"{incomplete:,} respondents rated not all items, or their outcome is unknown: they "
            "count for gaps, not for the effect on winning."
        )
    return tuple(notes)
