"""Absorbing Markov chains: expected visits, steps to the end, chances of each end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import JsonResult
from segkit.process.events import WON
from segkit.process.matrices import read_matrix
from segkit.process.transitions import TransitionMatrix
from segkit.process.visits import Floats

__all__ = ["AbsorbingChain", "absorbing_chain"]

_DRAWS = 2000


@dataclass(frozen=True, eq=False)
class AbsorbingChain(JsonResult):
    """What follows from the probabilities of single steps.

    Attributes
    ----------
    N : DataFrame
        Fundamental matrix: expected visits of each transient state (columns) from each (rows).
    t : Series
        Expected steps until the end from each transient state.
    states : DataFrame
        One row a transient state: `state`, share of `entries`, expected `visits` by an entering
        case, and expected `steps` until the end (t).
    B : DataFrame
        Chance of each end (columns) from each transient state (rows).
    intervals : DataFrame
        From a `TransitionMatrix`: one row a `start` and `end` with the `probability` and its
        interval `low, high`; `start` "all entries" is the mix of states at which cases begin. Else
        without intervals.
    sensitivity : DataFrame
        One row a step that raises the chance of winning, the strongest first: `source, target`,
        its `probability`, expected `visits` of the source by an entering case, `wins_from_there`
        (the chance to win after the step), `marginal_wins` (dB/dp: wins more per case entering if
        the step's probability rises by 1 at the expense of losses), `elasticity` (per cent more
        wins for one per cent more of the step), and, from a `TransitionMatrix`, `first`: the share
        of redrawn chains in which this step has the most marginal wins.
    bottleneck : tuple of str, or None
        Source and target with the most marginal wins.
    win : dict of str to float
        `probability` that an entering case is won, `low, high`; NaN where no end counts as won.
    notes : tuple of str
        What to mind.
    """

    N: pd.DataFrame
    t: pd.Series[float] = field(metadata={"json": False})
    B: pd.DataFrame = field(metadata={"json": False})
    states: pd.DataFrame
    intervals: pd.DataFrame
    sensitivity: pd.DataFrame
    bottleneck: tuple[Any, Any] | None
    win: dict[str, float]
    confidence: float
    notes: tuple[str, ...]


def absorbing_chain(
    transitions: Any,
    absorbing: Sequence[Any] | None = None,
    *,
    won: Collection[Any] | Any = None,
    entries: Any = None,
    rest: str | None = None,
    confidence: float = 0.9,
    random_state: int = 0,
) -> AbsorbingChain:
    r"""Follow an absorbing Markov chain to its ends.

    With P = [Q R; 0 I]: :math:`N = (I - Q)^{-1}`, :math:`t = N \mathbf 1`, :math:`B = N R`
    (Kemeny & Snell 1960; Grinstead & Snell 1997, chapter 11). The chance to win reacts to a step
    by :math:`\partial B_{s,won} / \partial p_{ij} = N_{si} B_{j,won}` where the step is gained
    from losses. Intervals come from 2,000 chains whose rows are drawn from the Dirichlet
    distribution of their counts.

    Parameters
    ----------
    transitions : TransitionMatrix, frame or array
        Result of `transition_matrix`; or probabilities of all states (square, with rows of
        absorbing states), or of transient states alone ([Q R]: the columns beyond the rows are
        absorbing). A frame names its states; states of an array are numbered from 0.
    absorbing : sequence, optional
        Absorbing states. By default those that stay where they are with probability 1, and
        columns without a row.
    won : name or collection of names, optional
        Ends that count as winning. By default those of the `TransitionMatrix`, or "won".
    entries : mapping, Series or array, optional
        Share of cases that begin in each transient state. By default those of the
        `TransitionMatrix`, or all in the first.
    rest : str, optional
        Name of an end that takes what rows lack to 1.
    confidence : float
        Confidence of the intervals, in (0, 1).
    random_state : int
        Seed of the draws.

    Raises
    ------
    DataError
        If rows are no probabilities, no state is absorbing, or states never reach an end.
    ParameterError
        If a parameter is out of bounds or names no state.

    Examples
    --------
    A drunkard walks between corners 0 (home) and 4 (bar); Grinstead & Snell, example 11.13.

    >>> walk = [[1, 0, 0, 0, 0], [0.5, 0, 0.5, 0, 0], [0, 0.5, 0, 0.5, 0],
    ...         [0, 0, 0.5, 0, 0.5], [0, 0, 0, 0, 1]]
    >>> chain = absorbing_chain(walk)
    >>> chain.t.round(9).tolist()
    [3.0, 4.0, 3.0]
    >>> chain.B.round(9)
          0     4
    1  0.75  0.25
    2  0.50  0.50
    3  0.25  0.75
    """
    if not 0 < confidence < 1:
        raise ParameterError("confidence", "absorbing_chain", "a number in (0, 1)", confidence)
    counted = transitions if isinstance(transitions, TransitionMatrix) else None
    if counted is not None:
        transitions = _of_counts(counted)
        won = counted.won if won is None else won
        entries = counted.entries if entries is None else entries
    Q, R = read_matrix(transitions, absorbing, rest)
    winning = _winning(won, R.columns)
    start = _start(entries, Q.index)
    N, B = _solve(Q.to_numpy()[None], R.to_numpy()[None])
    draws = None
    if counted is not None:
        draws = _solve(*_redrawn(counted.counts, Q, R, random_state))
    table, first = _sensitivity(Q, R, N, B, start, winning, draws)
    intervals = _intervals(Q.index, R.columns, start, B[0], draws, confidence)
    return AbsorbingChain(
        N=pd.DataFrame(N[0], index=Q.index, columns=Q.index),
        t=pd.Series(N[0].sum(axis=1), index=Q.index),
        B=pd.DataFrame(B[0], index=Q.index, columns=R.columns),
        states=pd.DataFrame(
            {
                "state": list(Q.index),
                "entries": start,
                "visits": start @ N[0],
                "steps": N[0].sum(axis=1),
            }
        ),
        intervals=intervals,
        sensitivity=table,
        bottleneck=first,
        win=_win(start, winning, B[0], draws, confidence),
        confidence=confidence,
        notes=(
            "Steps are taken as without memory: the next one depends on the present stage alone.",
        ),
    )


def _of_counts(found: TransitionMatrix) -> pd.DataFrame:
    """Take the probabilities of stages that cases have left, or say which none has left."""
    if not found.outcomes:
        raise DataError(
            "No case has ended, so that the chain has no end: "
            f"{sum(found.censored.values()):,} cases are open. "
            "Name your outcomes with `won` and `lost` in transition_matrix."
        )
    stuck = found.probabilities.index[found.probabilities.isna().all(axis=1)]
    if len(stuck):
        names = ", ".join(map(repr, stuck))
        raise DataError(
            f"No case has left {names} yet: where it leads is unknown. "
            "Leave out its cases, or wait for the first of them."
        )
    return found.probabilities


def _winning(won: Any, ends: pd.Index[Any]) -> Floats:
    """Flag the ends that count as winning."""
    if won is None:
        won = [end for end in ends if str(end).casefold() in WON]
    named = list(won) if isinstance(won, list | tuple | set | frozenset) else [won]
    unknown = [name for name in named if name not in ends]
    if unknown:
        close = nearest(str(unknown[0]), [str(end) for end in ends])
        expected = f"ends of the chain ({', '.join(map(str, ends))}){close}"
        raise ParameterError("won", "absorbing_chain", expected, won)
    return np.array([end in named for end in ends], dtype=np.float64)


def _start(entries: Any, states: pd.Index[Any]) -> Floats:
    """Give the share of cases that begin in each state."""
    if entries is None:
        return np.append(1.0, np.zeros(len(states) - 1))
    if isinstance(entries, dict | pd.Series):
        shares = pd.Series(entries, dtype=np.float64)
        unknown = [name for name in shares.index if name not in states]
        if unknown:
            expected = f"shares of the states {', '.join(map(str, states))}"
            raise ParameterError("entries", "absorbing_chain", expected, unknown)
        values = shares.reindex(states, fill_value=0.0).to_numpy()
    else:
        values = np.asarray(entries, dtype=np.float64)
    if values.shape != (len(states),) or (values < 0).any() or not values.sum() > 0:
        expected = f"{len(states)} shares of 0 or more"
        raise ParameterError("entries", "absorbing_chain", expected, entries)
    return np.asarray(values / values.sum())


def _solve(Q: Floats, R: Floats) -> tuple[Floats, Floats]:
    """Solve one chain or many at once."""
    N = np.asarray(np.linalg.inv(np.eye(Q.shape[-1]) - Q), dtype=np.float64)
    return N, N @ R


def _redrawn(
    counts: pd.DataFrame, Q: pd.DataFrame, R: pd.DataFrame, random_state: int
) -> tuple[Floats, Floats]:
    """Draw chains that could have given the same counts."""
    rng = np.random.default_rng(random_state)
    number = counts[[*Q.columns, *R.columns]].to_numpy(np.float64)
    gamma = rng.standard_gamma(number, size=(_DRAWS, *number.shape))
    drawn = gamma / gamma.sum(axis=2, keepdims=True)
    return drawn[:, :, : len(Q)], drawn[:, :, len(Q) :]


def _sensitivity(
    Q: pd.DataFrame,
    R: pd.DataFrame,
    N: Floats,
    B: Floats,
    start: Floats,
    winning: Floats,
    draws: tuple[Floats, Floats] | None,
) -> tuple[pd.DataFrame, tuple[Any, Any] | None]:
    """Rank the steps ahead by the wins that one more of them would bring."""
    P = np.hstack([Q.to_numpy(), R.to_numpy()])
    names = [*Q.columns, *R.columns]
    wins = np.append(B[0] @ winning, winning)
    row, column = np.nonzero((P > 0) & (wins[None, :] > wins[: len(Q), None] + 1e-12))
    total = float(start @ wins[: len(Q)])
    visits = start @ N[0]
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
        drawn_wins = np.hstack([draws[1] @ winning, np.tile(winning, (len(draws[1]), 1))])
        gain = (start @ draws[0])[:, row] * drawn_wins[:, column]
        table["first"] = np.bincount(gain.argmax(axis=1), minlength=len(table)) / len(gain)
    table = table.sort_values("marginal_wins", ascending=False, kind="stable", ignore_index=True)
    best = (table["source"].iloc[0], table["target"].iloc[0]) if len(table) else None
    return table, best


def _intervals(
    states: pd.Index[Any],
    ends: pd.Index[Any],
    start: Floats,
    B: Floats,
    draws: tuple[Floats, Floats] | None,
    confidence: float,
) -> pd.DataFrame:
    mixed = np.vstack([B, start @ B])
    low = high = np.full(mixed.shape, np.nan)
    if draws is not None:
        every = np.concatenate([draws[1], (start @ draws[1])[:, None]], axis=1)
        low, high = np.quantile(every, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    index = pd.MultiIndex.from_product([[*states, "all entries"], ends], names=["start", "end"])
    columns = {"probability": mixed.ravel(), "low": low.ravel(), "high": high.ravel()}
    return pd.DataFrame(columns, index=index).reset_index()


def _win(
    start: Floats,
    winning: Floats,
    B: Floats,
    draws: tuple[Floats, Floats] | None,
    confidence: float,
) -> dict[str, float]:
    low = high = float("nan")
    if not winning.any():
        return {"probability": low, "low": low, "high": high}
    if draws is not None:
        every = start @ (draws[1] @ winning).T
        low, high = np.quantile(every, [(1 - confidence) / 2, (1 + confidence) / 2])
    return {"probability": float(start @ B @ winning), "low": float(low), "high": float(high)}
