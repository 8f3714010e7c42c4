"""Qualification scores of the closed deals by three frameworks.

Scores are drawn given the outcome: a dimension is a normal number whose mean differs by d between
won and lost deals, cut into 0 to 3, and unknown in some deals. The differences are scaled so that
the best score possible from a framework's dimensions (the likelihood ratio) has the planted AUC
exactly; among the four of BANT, need tells most.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from segkit.samples.streams import Floats, stream, where_known
from segkit.samples.world import World

__all__ = ["draw_qualification", "framework_truth"]

AUC = {"BANT": 0.71, "GPCT": 0.80, "MEDDICC": 0.77}
DIMENSIONS = {
    "BANT": {"budget": 0.6, "authority": 0.6, "need": 1.4, "timing": 0.5},
    "GPCT": {"goal": 1.1, "plan": 0.9, "challenges": 1.1, "timeline": 0.8},
    "MEDDICC": {
        "metrics": 1.0,
        "economic buyer": 1.2,
        "decision criteria": 0.7,
        "decision process": 0.8,
        "identify pain": 1.3,
        "champion": 1.5,
        "competition": 0.4,
    },
}
"""Relative difference of each dimension between won and lost deals."""
_CUTS = np.array([-0.8, 0.1, 1.0])
_UNKNOWN = 0.08
_QUANTIFIED = {"won": 0.70, "lost": 0.40}


def _levels(d: float) -> Floats:
    """Chance of unknown, 0, 1, 2, 3 (columns) in lost and won deals (rows)."""
    edges = [np.concatenate([[0.0], ndtr(_CUTS - mean), [1.0]]) for mean in (-d / 2, d / 2)]
    known = np.diff(np.array(edges), axis=1) * (1 - _UNKNOWN)
    return np.column_stack([np.full(2, _UNKNOWN), known])


def _auc(differences: list[float]) -> float:
    """Compute the AUC of the likelihood ratio over all patterns of a framework."""
    lost, won = np.ones(1), np.ones(1)
    for d in differences:
        table = _levels(d)
        lost, won = (
            np.outer(part, row).ravel() for part, row in ((lost, table[0]), (won, table[1]))
        )
    ratio = np.log(won / lost).round(9)
    _, group = np.unique(ratio, return_inverse=True)
    losses, wins = np.bincount(group, lost), np.bincount(group, won)
    return float((wins * (np.cumsum(losses) - losses / 2)).sum())


@cache
def _scale(framework: str) -> float:
    weights = list(DIMENSIONS[framework].values())
    return float(brentq(lambda k: _auc([k * w for w in weights]) - AUC[framework], 0.01, 3.0))


def draw_qualification(world: World) -> pd.DataFrame:
    """Draw one score per closed deal and dimension of each framework."""
    rng = stream(world.seed, "qualification")
    closed = world.deals[world.deals["outcome"] != "open"].reset_index(drop=True)
    won = (closed["outcome"] == "won").to_numpy(int)
    parts = []
    for framework, weights in DIMENSIONS.items():
        scale = _scale(framework)
        for dimension, weight in weights.items():
            edges = np.cumsum(_levels(scale * weight), axis=1)[:, :-1]
            level = (rng.random_sample(len(closed))[:, None] >= edges[won]).sum(axis=1)
            parts.append(
                pd.DataFrame(
                    {
                        "opp_id": closed["opp_id"],
                        "framework": framework,
                        "dimension": dimension,
                        "score": np.where(level == 0, np.nan, level - 1.0),
                        "quantified": _goal(rng, dimension, won),
                        "timeline_days": _days(rng, dimension, won),
                    }
                )
            )
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values("opp_id", kind="stable", ignore_index=True)


def _goal(rng: np.random.RandomState, dimension: str, won: Any) -> Any:
    u = rng.random_sample(len(won))
    chance = np.where(won, _QUANTIFIED["won"], _QUANTIFIED["lost"])
    return where_known(u < chance, np.full(len(won), dimension == "goal"))


def _days(rng: np.random.RandomState, dimension: str, won: Any) -> Any:
    days = (np.where(won, 90, 150) * np.exp(0.5 * rng.normal(size=len(won)))).round()
    return days if dimension in {"timing", "timeline"} else np.full(len(won), np.nan)


def framework_truth() -> dict[str, Any]:
    """Give the AUC that the best score of each framework has."""
    return {
        "parameter": {
            "auc": dict(AUC),
            "strongest": {
                name: max(parts, key=parts.__getitem__) for name, parts in DIMENSIONS.items()
            },
            "quantified": dict(_QUANTIFIED),
        }
    }
