"""Qualification: what is known of deals by BANT, GPCT or MEDDICC, and what of it tells wins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import ParameterError, check_share
from segkit.frames import JsonResult
from segkit.process.events import LOST, WON
from segkit.process.learnt import (
    Learnt,
    compare_frameworks,
    compare_reps,
    dependence_table,
    differences,
    dimension_table,
    learn,
)
from segkit.process.scorecards import Scorecards, read_scorecards
from segkit.process.win_rates import compare_win_rates, judge_together

__all__ = ["Qualification", "qualify"]

_ALPHA = 0.05
_LEAST = 10  # won and lost deals each, without which weights are not learnt


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
    dependence : DataFrame
        Partial dependence: `framework, dimension, score` (0 to 3), and the mean `chance` that deals
        are won if all had that score, with its interval `low, high`.
    interactions : DataFrame
        With `rep`, one row a framework and dimension: whether a point is worth as much with each of
        `reps` sellers: `statistic` (Cochran's Q), `df, p`, Holm's `p_adjusted`, and the `verdict`:
        "differs" or "no evidence".
    reps : DataFrame
        With `rep`, one row a framework, dimension and seller: `rep, deals` decided, `mean` score of
        the known ones with its interval `mean_low, mean_high`, and the `weight` of a point with its
        interval `low, high`; `z` and `p` against the others, Holm's `p_adjusted`, and the
        `verdict`: "worth more", "worth less" or "no evidence".
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
    dependence: pd.DataFrame
    interactions: pd.DataFrame
    reps: pd.DataFrame
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
    rep: str | None = None,
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
    rep : str, optional
        Column of who sells the deal. With it each seller's weights are compared with those of all:
        a need that wins deals elsewhere may not where it is badly developed.
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
        quantified=quantified, days=days, least_days=least_days, rep=rep,
    )  # fmt: skip
    wins, losses = (int((cards.state == kind).sum()) for kind in ("won", "lost"))
    notes = [*cards.notes]
    learnt = min(wins, losses) >= _LEAST
    if not learnt:
        notes.append(
            f"{wins:,} deals are won and {losses:,} lost: weights are learnt from {_LEAST} of each."
        )
    models = learn(cards, ridge, folds, random_state, _LEAST)
    notes += [
        f"{name}: too few won or lost deals are scored by it to learn its weights."
        for name in cards.frameworks
        if learnt and name not in models
    ]
    sellers, interactions = compare_reps(cards, models, confidence)
    if learnt and rep is not None and sellers.empty:
        notes.append("Sellers are not compared: fewer than two have five won and five lost deals.")
    return Qualification(
        counts={"deals": len(cards.state), "won": wins, "lost": losses}
        | {"undecided": len(cards.state) - wins - losses},
        dimensions=dimension_table(cards, models, confidence),
        comparison=compare_frameworks(cards, models, confidence),
        differences=differences(models, cards.state, confidence),
        dependence=dependence_table(cards, models, confidence),
        interactions=interactions,
        reps=sellers,
        flags=_flags(cards, confidence),
        confidence=confidence,
        notes=tuple(notes),
        scores=_scores(cards, models),
    )


def _check_parameters(ridge: float, folds: int, confidence: float) -> None:
    check_share("confidence", "qualify", confidence)
    if not ridge > 0:
        raise ParameterError("ridge", "qualify", "above 0", ridge)
    if not (isinstance(folds, int | np.integer) and folds >= 2):
        raise ParameterError("folds", "qualify", "an int in the range [2, inf)", folds)


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


def _scores(cards: Scorecards, models: Mapping[str, Learnt]) -> pd.DataFrame:
    parts = []
    for name, cells in cards.frameworks.items():
        table = cards.cells[list(cells)]
        known = table.notna().sum(axis=1)
        there = (known > 0).to_numpy()
        part = {
            "deal": cards.cells.index,
            "framework": name,
            "score": cards.points(cells),
            "score_of_known": table.mean(axis=1) / 3,
            "completeness": known / len(cells),
            "quantified_goal": cards.goal.get(name, pd.NA),
            "feasible_plan": cards.plan.get(name, pd.NA),
            "state": cards.state,
            "chance": models[name].chance if name in models else np.nan,
        }
        parts.append(pd.DataFrame(part)[there])
    return pd.concat(parts, ignore_index=True)
