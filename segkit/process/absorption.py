"""What follows from the steps of an absorbing chain: chances, their intervals, what a step does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.process.visits import Floats

__all__ = ["Solved", "intervals_of", "redrawn", "sensitivity_of", "solve", "win_of"]

_DRAWS = 2000


@dataclass(frozen=True)
class Solved:
    """One chain, or many at once: visits N and chances B of each end.

    `start` and `ended` are the shares of cases that begin in each state and at each end.
    """

    N: Floats
    B: Floats
    start: Floats
    ended: Floats

    @property
    def mixed(self) -> Floats:
        """Chance of each end over all cases."""
        return np.asarray(self.start @ self.B + self.ended)


def solve(Q: Floats, R: Floats, start: Floats, ended: Floats) -> Solved:
    """Solve one chain, or many at once."""
    N = np.asarray(np.linalg.inv(np.eye(Q.shape[-1]) - Q), dtype=np.float64)
    return Solved(N, N @ R, start, ended)


def redrawn(
    counts: pd.DataFrame, Q: pd.DataFrame, R: pd.DataFrame, solved: Solved, random_state: int
) -> Solved:
    """Draw chains that could have given the same counts.

    Each row has the Dirichlet distribution of its counts and of one case more, spread over all
    states (Perks 1947): where all cases went one way the next one need not.
    """
    rng = np.random.default_rng(random_state)
    columns = [*Q.columns, *R.columns]
    number = counts.reindex(index=Q.index, columns=columns, fill_value=0).to_numpy(np.float64)
    gamma = rng.standard_gamma(number + 1 / len(columns), size=(_DRAWS, *number.shape))
    drawn = gamma / gamma.sum(axis=2, keepdims=True)
    return solve(drawn[:, :, : len(Q)], drawn[:, :, len(Q) :], solved.start, solved.ended)


def sensitivity_of(
    Q: pd.DataFrame, R: pd.DataFrame, solved: Solved, winning: Floats, draws: Solved | None
) -> tuple[pd.DataFrame, tuple[Any, Any] | None]:
    """Rank the steps ahead by the wins that one more of them would bring."""
    P = np.hstack([Q.to_numpy(), R.to_numpy()])
    names = [*Q.columns, *R.columns]
    wins = np.append(solved.B @ winning, winning)
    row, column = np.nonzero((P > 0) & (wins[None, :] > wins[: len(Q), None] + 1e-12))
    total = float(solved.mixed @ winning)
    visits = solved.start @ solved.N
    table = pd.DataFrame(
        {
            "source": [names[at] for at in row],
            "target": [names[at] for at in column],
            "probability": P[row, column],
            "visits": visits[row],
            "wins_from_there": wins[column],
            "marginal_wins": visits[row] * wins[column],
            "elasticity": P[row, column] * visits[row] * wins[column] / total if total else np.nan,
        }
    )
    if draws is not None and len(table):
        drawn_wins = np.hstack([draws.B @ winning, np.tile(winning, (len(draws.B), 1))])
        gain = (draws.start @ draws.N)[:, row] * drawn_wins[:, column]
        table["first"] = np.bincount(gain.argmax(axis=1), minlength=len(table)) / len(gain)
    table = table.sort_values("marginal_wins", ascending=False, kind="stable", ignore_index=True)
    best = (table["source"].iloc[0], table["target"].iloc[0]) if len(table) else None
    return table, best


def intervals_of(
    states: pd.Index[Any],
    ends: pd.Index[Any],
    solved: Solved,
    draws: Solved | None,
    confidence: float,
) -> pd.DataFrame:
    """Bound the chance of each end from each state, and over all cases."""
    chance = np.vstack([solved.B, solved.mixed])
    every = None if draws is None else np.concatenate([draws.B, draws.mixed[:, None]], axis=1)
    low, high = _bounds(chance, every, confidence)
    index = pd.MultiIndex.from_product([[*states, "all entries"], ends], names=["start", "end"])
    columns = {"probability": chance.ravel(), "low": low.ravel(), "high": high.ravel()}
    return pd.DataFrame(columns, index=index).reset_index()


def win_of(
    solved: Solved, winning: Floats, draws: Solved | None, confidence: float
) -> dict[str, float]:
    """Give the chance that an entering case is won, with its interval."""
    if not winning.any():
        return dict.fromkeys(("probability", "low", "high"), float("nan"))
    chance = solved.mixed @ winning
    every = None if draws is None else draws.mixed @ winning
    low, high = _bounds(chance, every, confidence)
    return {"probability": float(chance), "low": float(low), "high": float(high)}


def _bounds(chance: Floats, draws: Floats | None, confidence: float) -> tuple[Floats, Floats]:
    """Take the middle of the draws; a chance of 0 or 1 is bounded on one side alone."""
    if draws is None:
        return np.full(chance.shape, np.nan), np.full(chance.shape, np.nan)
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return np.minimum(low, chance), np.maximum(high, chance)
