"""What scores of deals go with winning: weights, chances foretold, frameworks compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, ndtr, ndtri
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.adjustment import holm
from segkit.discrimination import auc_interval, delong
from segkit.logistic import Logit, fit_logit
from segkit.process.dependence import by_rep, partial_dependence
from segkit.process.scorecards import Scorecards
from segkit.process.visits import Floats

__all__ = [
    "Learnt",
    "compare_frameworks",
    "compare_reps",
    "dependence_table",
    "differences",
    "dimension_table",
    "learn",
]

Flags = NDArray[np.bool_]

_ALPHA = 0.05
_TOGETHER = "together"
_COMPARED = ("framework", "deals", "auc", "low", "high", "auc_of_score")
_DIFFERENT = ("first", "second", "deals", "difference", "low", "high", "p", "p_adjusted")


@dataclass(frozen=True)
class Learnt:
    """A framework's cells and model, the chances that it foretells, and the deals behind it."""

    cells: list[tuple[str, str]]
    model: Logit
    design: Floats
    won: Flags
    chance: pd.Series[float]
    decided: Flags


def learn(
    cards: Scorecards, ridge: float, folds: int, random_state: int, least: int
) -> dict[str, Learnt]:
    """Learn each framework with `least` won and lost deals, and of several all together."""
    every = {
        name: cells for name, cells in cards.frameworks.items() if _fewest(cards, cells) >= least
    }
    if len(every) > 1:
        every[_TOGETHER] = [name for names in every.values() for name in names]
    with threadpool_limits(1):  # small fits: quicker, and the same digits everywhere
        return {
            name: _learn(cards, cells, ridge, folds, random_state) for name, cells in every.items()
        }


def _fewest(cards: Scorecards, cells: Sequence[Any]) -> int:
    """Count the won or the lost deals that are scored, whichever are fewer."""
    state = cards.state[cards.cells[list(cells)].notna().any(axis=1)]
    return min(int((state == kind).sum()) for kind in ("won", "lost"))


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
    cards: Scorecards, cells: Sequence[Any], ridge: float, folds: int, random_state: int
) -> Learnt:
    table = cards.cells[list(cells)]
    there = table.notna().any(axis=1).to_numpy()
    decided = there & cards.state.isin(["won", "lost"]).to_numpy()
    X, won = _design(table), (cards.state == "won").to_numpy()
    chance = np.full(len(X), np.nan)
    fold = _folds(cards.state[decided], folds, random_state)
    chance[decided] = _foretold(X[decided], won[decided], fold, ridge)
    model, waiting = _fitted(X[decided], won[decided], ridge), there & ~decided
    chance[waiting] = expit(model.log_odds(X[waiting]))
    # Deals of the same scores have the same chance: rounding does not rank one before the other.
    foretold = pd.Series(chance.round(12), index=table.index)
    return Learnt(list(cells), model, X[decided], won[decided], foretold, decided)


def _foretold(X: Floats, won: Flags, fold: NDArray[np.int64], ridge: float) -> Floats:
    """Give each deal's chance by the model of the folds it is not in."""
    chance = np.empty(len(X))
    for number in np.unique(fold):
        unseen = fold == number
        model = _fitted(X[~unseen], won[~unseen], ridge)
        chance[unseen] = expit(model.log_odds(X[unseen]))
    return chance


def _fitted(X: Floats, won: Flags, ridge: float) -> Logit:
    """Draw the standardised weights to 0: the ridge of a column grows with its variance."""
    variance = X.var(axis=0)
    return fit_logit(X, won.astype(float), ridge * np.where(variance > 0, variance, 1.0))


def dimension_table(
    cards: Scorecards, models: Mapping[str, Learnt], confidence: float
) -> pd.DataFrame:
    """Say how much is known of each dimension, and what a point of it is worth."""
    reach = float(ndtri((1 + confidence) / 2))
    parts = []
    for name, cells in cards.frameworks.items():
        table = cards.cells[list(cells)]
        scored = table[table.notna().any(axis=1)]
        k = len(cells)
        weight = error = spread = np.full(k, np.nan)
        if name in models:
            learnt = models[name]
            weight = learnt.model.coefficients[1 : k + 1]
            error = np.sqrt(np.diag(learnt.model.covariance))[1 : k + 1]
            spread = table[learnt.decided].std(ddof=0).fillna(0.0).to_numpy()
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


def dependence_table(
    cards: Scorecards, models: Mapping[str, Learnt], confidence: float
) -> pd.DataFrame:
    """Say what each score of a dimension does to the chance of winning."""
    parts = [
        partial_dependence(
            models[name].model, models[name].design, [part for _, part in cells], confidence
        ).assign(framework=name)
        for name, cells in cards.frameworks.items()
        if name in models
    ]
    if not parts:
        return pd.DataFrame(columns=["framework", "dimension", "score", "chance", "low", "high"])
    table = pd.concat(parts, ignore_index=True)
    return table[["framework", *table.columns.drop("framework")]]


def compare_reps(
    cards: Scorecards, models: Mapping[str, Learnt], confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare sellers by each dimension; p-values of all dimensions are adjusted together."""
    code, names = pd.factorize(cards.rep)
    sellers: list[pd.DataFrame] = []
    tests: list[pd.DataFrame] = []
    for framework in cards.frameworks:
        if framework not in models:
            continue
        learnt = models[framework]
        named = code[learnt.decided] >= 0
        if not named.any():
            continue
        found = by_rep(
            learnt.design[named], learnt.won[named], code[learnt.decided][named],
            [name for _, name in learnt.cells], learnt.model, confidence,
        )  # fmt: skip
        for parts, table in zip((sellers, tests), found, strict=True):
            if len(table):
                table.insert(0, "framework", framework)
                parts.append(table)
    if not sellers:
        return pd.DataFrame(), pd.DataFrame()
    table, test = (pd.concat(parts, ignore_index=True) for parts in (sellers, tests))
    table["rep"] = names.to_numpy()[table["rep"]]
    for each in (table, test):
        each["p_adjusted"] = holm(each["p"])
    sure = table["p_adjusted"] < _ALPHA
    words = np.where(table["z"] > 0, "worth more", "worth less")
    table["verdict"] = np.where(sure, words, "no evidence")
    test["verdict"] = np.where(test["p_adjusted"] < _ALPHA, "differs", "no evidence")
    return table, test


def compare_frameworks(
    cards: Scorecards, models: Mapping[str, Learnt], confidence: float
) -> pd.DataFrame:
    """Say how well each framework tells won from lost deals that it has not seen."""
    rows = []
    for name, model in models.items():
        won = model.won
        auc, low, high = auc_interval(model.chance[model.decided], won, confidence)
        row = {"framework": name, "deals": len(won), "auc": auc}
        plain = cards.points(model.cells)[model.decided]
        rows.append(
            row | {"low": low, "high": high, "auc_of_score": float(delong(plain, won)[0][0])}
        )
    return pd.DataFrame(rows, columns=list(_COMPARED))


def differences(
    models: Mapping[str, Learnt], state: pd.Series[str], confidence: float
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
    return table.assign(p_adjusted=holm(table["p"]))
