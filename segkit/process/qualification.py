"""Qualification: what is known of deals by BANT, GPCT or MEDDICC, and what of it tells wins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, ndtr, ndtri
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.adjustment import holm
from segkit.errors import ParameterError
from segkit.frames import JsonResult
from segkit.process.discrimination import auc_interval, delong
from segkit.process.events import LOST, WON
from segkit.process.ridge import fit_ridge, out_of_fold
from segkit.process.scorecards import Scorecards, read_scorecards
from segkit.process.visits import Floats
from segkit.process.win_rates import compare_win_rates, judge_together

__all__ = ["Qualification", "qualify"]

Flags = NDArray[np.bool_]

_ALPHA = 0.05
_LEAST = 10  # won and lost deals each, without which weights are not learnt
_TOGETHER = "together"
_COMPARED = ("framework", "deals", "auc", "low", "high", "auc_of_score")
_DIFFERENT = ("first", "second", "deals", "difference", "low", "high", "p", "p_adjusted")


@dataclass(frozen=True, eq=False)
class Qualification(JsonResult):
    """What is known of deals, and what of it goes with winning.

    Attributes
    ----------
    counts : dict of str to int
        Deals: `deals, won, lost, undecided`.
    dimensions : DataFrame
        One row a dimension of a framework: share `known`, `mean` score of the known ones, and the
        learnt `weight` (log odds a point) with its interval `low, high`, and `strength`: log odds
        for one standard deviation.
    comparison : DataFrame
        One row a framework, and all `together`: `deals` decided, `auc` of the learnt score out of
        fold with its interval `low, high`, and `auc_of_score` of the plain one.
    differences : DataFrame
        One row a pair of frameworks, on the deals scored by both: `first, second, deals`, the
        `difference` of their AUCs with its interval `low, high`, `p` and Holm's `p_adjusted`.
    flags : DataFrame
        Win rates with and without a "quantified goal" and a "feasible plan", by framework: as in
        `BuyingCentre.effect`.
    notes : tuple of str
        What to mind.
    scores : DataFrame
        One row a deal and framework: `score` (points / 3k: what is known so far), `score_of_known`
        (points / 3 x known dimensions), `completeness` (known / k), `quantified_goal`,
        `feasible_plan` (empty where not known), `state`, and the learnt `chance` of winning (out
        of fold for decided deals).
    """

    counts: dict[str, int]
    dimensions: pd.DataFrame
    comparison: pd.DataFrame
    differences: pd.DataFrame
    flags: pd.DataFrame
    confidence: float
    notes: tuple[str, ...]
    scores: pd.DataFrame = field(repr=False, metadata={"json": False})


def qualify(
    scores: Any,
    *,
    deal: str = "deal",
    framework: str | None = "framework",
    dimension: str = "dimension",
    score: str = "score",
    outcome: str | None = "outcome",
    frameworks: Mapping[str, Sequence[str]] | None = None,
    won: Collection[str] = WON,
    lost: Collection[str] = LOST,
    quantified: str | None = None,
    days: str | None = None,
    least_days: float = 0.0,
    ridge: float = 1.0,
    folds: int = 10,
    confidence: float = 0.9,
    random_state: int = 0,
) -> Qualification:
    """Score deals by qualification frameworks, learn what each dimension is worth, compare them.

    Scores are 0 to 3 by anchors (see `qualification_anchors`); empty is "unknown", which is not 0:
    it lowers completeness, and in the learnt score it has a weight of its own. Weights are those
    of a logit whose standardised weights have a normal prior of precision `ridge`. Frameworks are
    compared by the AUC of chances foretold out of fold, with DeLong's intervals and paired test.

    Parameters
    ----------
    scores : pandas, Polars or Arrow frame
        One row a deal and dimension; or with `frameworks` one row a deal.
    deal, framework, dimension, score, outcome : str
        Columns. `framework=None`: all dimensions belong to one; `outcome=None`: none is known.
    frameworks : mapping of str to sequence of str, optional
        For a frame of one row a deal: framework -> its columns of scores.
    won, lost : collection of str
        Outcomes that decide a deal.
    quantified : str, optional
        Column that is true where the goal has a number.
    days : str, optional
        Column with the days until the buyer wants to start.
    least_days : float
        A plan is feasible if its dimension ("plan" or "plans") scores 2 or 3 and, where `days` is
        given, it leaves at least so many days.
    ridge : float
        Precision of the prior, above 0: 1 expects weights of about 1 a standard deviation.
    folds : int
        Parts of the cross-validation, at least 2.
    confidence : float
        Confidence of the intervals, in (0, 1).
    random_state : int
        Seed of the folds.

    Raises
    ------
    DataError
        If columns are missing, scores are not numbers from 0 to 3, a deal has two scores of a
        dimension or two outcomes; names the first rows of each fault.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> deals = pd.DataFrame({"deal": ["a", "b"], "need": [3, 1], "budget": [2, None]})
    >>> found = qualify(deals, frameworks={"BANT": ["need", "budget"]}, outcome=None)
    >>> found.scores[["deal", "score", "score_of_known", "completeness"]].round(2)
      deal  score  score_of_known  completeness
    0    a   0.83            0.83           1.0
    1    b   0.17            0.33           0.5
    """
    _check_parameters(ridge, folds, confidence)
    cards = read_scorecards(
        scores, deal=deal, framework=framework, dimension=dimension, score=score,
        outcome=outcome, frameworks=frameworks, won=won, lost=lost,
        quantified=quantified, days=days, least_days=least_days,
    )  # fmt: skip
    wins, losses = (int((cards.state == kind).sum()) for kind in ("won", "lost"))
    notes = [*cards.notes]
    learnt = min(wins, losses) >= _LEAST
    if not learnt:
        notes.append(
            f"{wins:,} deals are won and {losses:,} lost: weights are learnt from {_LEAST} of each."
        )
    models = {}
    if learnt:
        every = {**cards.frameworks}
        if len(every) > 1:
            every[_TOGETHER] = [name for names in cards.frameworks.values() for name in names]
        number = _folds(cards.state, folds, random_state)
        with threadpool_limits(1):  # small fits: quicker, and the same digits everywhere
            models = {name: _learn(cards, cells, ridge, number) for name, cells in every.items()}
    return Qualification(
        counts={"deals": len(cards.state), "won": wins, "lost": losses}
        | {"undecided": len(cards.state) - wins - losses},
        dimensions=_dimensions(cards, models, ridge, confidence),
        comparison=_comparison(cards, models, confidence),
        differences=_differences(models, cards.state, confidence),
        flags=_flags(cards, confidence),
        confidence=confidence,
        notes=tuple(notes),
        scores=_scores(cards, models),
    )


@dataclass(frozen=True)
class _Learnt:
    """A framework's learnt chances, and the deals that it has scored."""

    there: Flags
    chance: pd.Series[float]
    decided: Flags


def _check_parameters(ridge: float, folds: int, confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ParameterError("confidence", "qualify", "a number in (0, 1)", confidence)
    if not ridge > 0:
        raise ParameterError("ridge", "qualify", "above 0", ridge)
    if not (isinstance(folds, int) and folds >= 2):
        raise ParameterError("folds", "qualify", "an int in the range [2, inf)", folds)


def _folds(state: pd.Series[str], folds: int, random_state: int) -> NDArray[np.int64]:
    """Deal won and lost deals out evenly."""
    rng = np.random.default_rng(random_state)
    number = np.zeros(len(state), dtype=np.int64)
    for kind in ("won", "lost"):
        at = np.flatnonzero(state == kind)
        number[rng.permutation(at)] = np.arange(len(at)) % folds
    return number


def _design(cells: pd.DataFrame) -> Floats:
    """Put scores (the mean where unknown) beside flags of what is unknown."""
    mean = cells.mean().fillna(0.0)
    return np.column_stack([cells.fillna(mean).to_numpy(), cells.isna().to_numpy(np.float64)])


def _learn(
    cards: Scorecards, cells: Sequence[Any], ridge: float, folds: NDArray[np.int64]
) -> _Learnt:
    table = cards.cells[list(cells)]
    there = table.notna().any(axis=1).to_numpy()
    decided = there & cards.state.isin(["won", "lost"]).to_numpy()
    X, won = _design(table), (cards.state == "won").to_numpy()
    chance = np.full(len(X), np.nan)
    chance[decided] = out_of_fold(X[decided], won[decided], ridge, folds[decided])
    waiting = there & ~decided
    if waiting.any():
        model = fit_ridge(X[decided], won[decided], ridge)
        chance[waiting] = expit(model.weights[0] + X[waiting] @ model.weights[1:])
    return _Learnt(there, pd.Series(chance, index=table.index), decided)


def _dimensions(
    cards: Scorecards, models: Mapping[str, _Learnt], ridge: float, confidence: float
) -> pd.DataFrame:
    reach = float(ndtri((1 + confidence) / 2))
    parts = []
    for name, cells in cards.frameworks.items():
        table = cards.cells[list(cells)]
        scored = table[table.notna().any(axis=1)]
        k = len(cells)
        weight = error = spread = np.full(k, np.nan)
        if name in models:
            kept = models[name].decided
            won = (cards.state == "won").to_numpy()[kept]
            model = fit_ridge(_design(table)[kept], won, ridge)
            weight = model.weights[1 : k + 1]
            error = np.sqrt(np.diag(model.covariance))[1 : k + 1]
            spread = table[kept].std(ddof=0).fillna(0.0).to_numpy()
        part = {
            "framework": name,
            "dimension": [dimension for _, dimension in cells],
            "known": scored.notna().mean().to_numpy(),
            "mean": scored.mean().to_numpy(),
            "weight": weight,
            "low": weight - reach * error,
            "high": weight + reach * error,
            "strength": weight * spread,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def _comparison(
    cards: Scorecards, models: Mapping[str, _Learnt], confidence: float
) -> pd.DataFrame:
    rows = []
    for name, model in models.items():
        won = (cards.state == "won").to_numpy()[model.decided]
        if min(won.sum(), (~won).sum()) < 2:
            continue
        auc, covariance = delong(model.chance[model.decided], won)
        low, high = auc_interval(float(auc[0]), float(covariance[0, 0]), confidence)
        row = {"framework": name, "deals": len(won), "auc": float(auc[0])}
        plain = cards.points(name if name in cards.frameworks else None)[model.decided]
        rows.append(
            row | {"low": low, "high": high, "auc_of_score": float(delong(plain, won)[0][0])}
        )
    return pd.DataFrame(rows, columns=list(_COMPARED))


def _differences(
    models: Mapping[str, _Learnt], state: pd.Series[str], confidence: float
) -> pd.DataFrame:
    """Compare AUCs on the deals that both frameworks have scored."""
    reach = float(ndtri((1 + confidence) / 2))
    rows = []
    for first, second in combinations(models, 2):
        both = models[first].decided & models[second].decided
        won = (state == "won").to_numpy()[both]
        if min(won.sum(), (~won).sum()) < 2:
            continue
        auc, covariance = delong([models[name].chance[both] for name in (first, second)], won)
        gap = float(auc[0] - auc[1])
        error = float(np.sqrt(max(np.array([1, -1]) @ covariance @ np.array([1, -1]), 0.0)))
        p = float(2 * ndtr(-abs(gap / error))) if error else 1.0
        row = {"first": first, "second": second, "deals": len(won), "difference": gap}
        rows.append(row | {"low": gap - reach * error, "high": gap + reach * error, "p": p})
    table = pd.DataFrame(rows, columns=list(_DIFFERENT[:-1]))
    return table.assign(p_adjusted=holm(table["p"]) if len(table) else pd.Series(dtype=float))


def _flags(cards: Scorecards, confidence: float) -> pd.DataFrame:
    """Compare deals with each flag and without; those where it is not known stay out."""
    parts = []
    for what, table in (("quantified goal", cards.goal), ("feasible plan", cards.plan)):
        for name in map(str, table):
            known = table[name].notna().to_numpy() & cards.state.isin(["won", "lost"]).to_numpy()
            if known.any():
                flags = {what: table[name][known].to_numpy(bool)}
                won = (cards.state == "won").to_numpy()[known]
                found = compare_win_rates(flags, won, confidence, _ALPHA)
                parts.append(found.assign(framework=name))
    if not parts:
        return pd.DataFrame(columns=["what", "framework"])
    table = judge_together(pd.concat(parts, ignore_index=True), _ALPHA)
    return table[["what", "framework", *table.columns.drop(["what", "framework"])]]


def _scores(cards: Scorecards, models: Mapping[str, _Learnt]) -> pd.DataFrame:
    parts = []
    for name, cells in cards.frameworks.items():
        table = cards.cells[list(cells)]
        known = table.notna().sum(axis=1)
        there = (known > 0).to_numpy()
        part = {
            "deal": cards.cells.index,
            "framework": name,
            "score": cards.points(name),
            "score_of_known": table.mean(axis=1) / 3,
            "completeness": known / len(cells),
            "quantified_goal": cards.goal.get(name, pd.NA),
            "feasible_plan": cards.plan.get(name, pd.NA),
            "state": cards.state,
            "chance": models[name].chance if name in models else np.nan,
        }
        parts.append(pd.DataFrame(part)[there])
    return pd.concat(parts, ignore_index=True)
