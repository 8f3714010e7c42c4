"""The conference table: nine colleagues compare criteria and accounts, and rank accounts.

The errors of the panelists cancel: the geometric mean of their judgements is consistent, so that
the group's AHP weights are the planted ones. One panelist contradicts himself, with the planted
consistency ratio. Accounts are twelve running customers; the true order is by revenue.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from segkit.samples.panel_scores import market_ranges, need_scores, scores_truth
from segkit.samples.streams import Floats, codes, stream
from segkit.samples.world import World

__all__ = ["conference_table", "conference_truth"]

CRITERIA = {
    "fit": 0.34,
    "revenue": 0.26,
    "margin": 0.19,
    "relations": 0.12,
    "cycle": 0.09,
}
"""Weights of the criteria that a segment is judged by."""
PANELISTS, ITEMS, COMPARED = 9, 12, 7
INCONSISTENT = 9
"""Number of the panelist who contradicts himself."""
RATIO = 0.24
"""Consistency ratio of that panelist."""
CONCORDANCE = 0.72
"""Kendall's W of the rankings."""
_RANDOM_INDEX = 1.12
_NOISE = 0.08


def _consistency(judgements: Floats, n: int) -> float:
    """Compute the consistency ratio of the upper-triangle ratios of n items (Saaty, RI 1.12)."""
    matrix = np.ones((n, n))
    for (i, j), ratio in zip(combinations(range(n), 2), judgements, strict=True):
        matrix[i, j], matrix[j, i] = ratio, 1 / ratio
    largest = float(np.linalg.eigvals(matrix).real.max())
    return (largest - n) / (n - 1) / _RANDOM_INDEX


def _errors(rng: np.random.RandomState, pairs: int) -> Floats:
    """Draw log errors of the panelists, one row each, that cancel over the panel."""
    errors = _NOISE * rng.normal(size=(PANELISTS, pairs))
    return np.asarray(errors - errors.mean(axis=0))


def _criteria(world: World) -> Floats:
    """Judge the criteria: one row a panelist, one column a pair."""
    rng = stream(world.seed, "conference_table.criteria")
    weights = np.array(list(CRITERIA.values()))
    i, j = np.triu_indices(len(weights), 1)
    truth = np.log(weights[i] / weights[j])
    errors = _errors(rng, len(truth))
    wild = _contradiction(rng, len(weights))
    swing = np.full((PANELISTS, 1), -1.0 / (PANELISTS - 1))
    swing[INCONSISTENT - 1] = 1.0

    def judged(size: float) -> Floats:
        return np.asarray(np.exp(truth + errors + size * swing * wild))

    size = brentq(
        lambda s: _consistency(judged(s)[INCONSISTENT - 1], len(weights)) - RATIO, 0.2, 9.0
    )
    return judged(size)


def _contradiction(rng: np.random.RandomState, n: int) -> Floats:
    """Draw log judgements without any consistent part (no weights explain them), of norm 1."""
    i, j = np.triu_indices(n, 1)
    table = np.zeros((n, n))
    table[i, j] = rng.normal(size=len(i))
    table = table - table.T
    worth = table.mean(axis=1)
    rest = table[i, j] - (worth[i] - worth[j])
    return np.asarray(rest / np.sqrt((rest**2).sum()))


def _accounts(world: World) -> pd.DataFrame:
    """Choose twelve running customers, evenly from the largest down, by falling revenue."""
    own = world.end_user_contracts
    revenue = own[own["running"]].groupby("account_id")["mrr"].sum()
    revenue = revenue.sort_values(ascending=False, kind="stable")
    places = np.unique(np.geomspace(1, len(revenue) * 0.6, 40).astype(int))
    chosen = revenue.iloc[np.linspace(0, len(places) - 1, ITEMS).astype(int)]
    return chosen.rename("mrr").reset_index()


def _strengths() -> Floats:
    """Score the accounts, the best first; the first three stand well apart."""
    return np.concatenate([[7.0, 5.5, 4.0], np.linspace(2.3, 0.5, ITEMS - 3)])


def _ranks(world: World) -> Floats:
    """Rank the accounts: the spread of the panelists' errors is set to the planted W."""
    rng = stream(world.seed, "conference_table.ranks")
    errors = rng.normal(size=(PANELISTS, ITEMS))
    spreads = np.linspace(0.6, 3.0, 193)
    ranked = [_ranked(_strengths() + spread * errors) for spread in spreads]
    misses = [abs(_concordance(ranks) - CONCORDANCE) for ranks in ranked]
    return np.asarray(ranked[int(np.argmin(misses))])


def _ranked(strengths: Floats) -> Floats:
    """Rank each row, the strongest first; draws are continuous, so there are no ties."""
    return np.asarray((-strengths).argsort(axis=1).argsort(axis=1) + 1.0)


def _concordance(ranks: Floats) -> float:
    """Compute Kendall's W = 12 S / (m^2 (n^3 - n))."""
    m, n = ranks.shape
    sums = ranks.sum(axis=0)
    return float(12 * ((sums - sums.mean()) ** 2).sum() / (m**2 * (n**3 - n)))


def conference_table(world: World) -> pd.DataFrame:
    """Write down the judgements of pairs, the rankings, the scores and the ranges."""
    names = list(CRITERIA)
    accounts = _accounts(world)["account_id"].tolist()
    i, j = np.triu_indices(COMPARED, 1)
    rng = stream(world.seed, "conference_table.accounts")
    truth = 0.6 * (_strengths()[i] - _strengths()[j])
    compared = np.exp(truth + _errors(rng, len(truth)))
    pairs = [
        _pairs("criteria", list(combinations(names, 2)), _criteria(world)),
        _pairs("accounts", list(combinations(accounts[:COMPARED], 2)), compared),
    ]
    ranking = pd.DataFrame(
        {
            "panelist": np.repeat(codes("Z", PANELISTS), ITEMS),
            "kind": "ranking",
            "item_a": accounts * PANELISTS,
            "item_b": "-",
            "rank": _ranks(world).ravel(),
        }
    )
    scores = [need_scores(world, PANELISTS), market_ranges(world, PANELISTS)]
    return pd.concat([*pairs, ranking, *scores], ignore_index=True)


def _pairs(kind: str, pairs: list[tuple[str, str]], ratios: Floats) -> pd.DataFrame:
    first, second = zip(*pairs, strict=True)
    return pd.DataFrame(
        {
            "panelist": np.repeat(codes("Z", PANELISTS), len(pairs)),
            "kind": kind,
            "item_a": list(first) * PANELISTS,
            "item_b": list(second) * PANELISTS,
            "ratio": ratios.ravel().round(4),
            "rank": np.nan,
        }
    )


def conference_truth(world: World) -> dict[str, Any]:
    """Give the weights, the agreement, and the order by Borda points and by revenue."""
    accounts, ranks, criteria = _accounts(world), _ranks(world), _criteria(world)
    names = accounts["account_id"].tolist()
    borda = (ITEMS - ranks).sum(axis=0)
    ratios = [_consistency(row, len(CRITERIA)) for row in criteria]
    return {
        "parameter": {
            "weights": dict(CRITERIA),
            "inconsistent_panelist": codes("Z", PANELISTS)[INCONSISTENT - 1],
            "consistency_ratio": RATIO,
            "kendall_w": CONCORDANCE,
            "strength_of_accounts": dict(zip(names, _strengths(), strict=True)),
            **scores_truth(PANELISTS),
        },
        "realised": {
            "kendall_w": _concordance(ranks),
            "consistency_ratio": dict(zip(codes("Z", PANELISTS), ratios, strict=True)),
            "borda": dict(zip(names, borda, strict=True)),
            "borda_order": [names[place] for place in np.argsort(-borda, kind="stable")],
            "true_order": names,
        },
    }
