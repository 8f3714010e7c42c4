"""Absorbing Markov chains: expected visits, steps to the end, chances of each end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, check_share, nearest
from segkit.frames import JsonResult
from segkit.process.absorption import intervals_of, redrawn, sensitivity_of, solve, win_of
from segkit.process.events import WON
from segkit.process.matrices import leading_steps, named_states, read_matrix
from segkit.process.transitions import TransitionMatrix
from segkit.process.visits import Floats

__all__ = ["AbsorbingChain", "absorbing_chain"]

_NO_MEMORY = "Steps are taken as without memory: the next one depends on the present stage alone."


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
    absorbing: Sequence[Any] | Any = None,
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
    distribution of their counts and of one case more, spread over all states (Perks 1947). Steps
    of a `TransitionMatrix` to stages from which no case has come to an end yet count as not over.

    Parameters
    ----------
    transitions : TransitionMatrix, frame or array
        Result of `transition_matrix`; or probabilities of all states (square, with rows of
        absorbing states), or of transient states alone ([Q R]: the columns beyond the rows are
        absorbing). A frame names its states; states of an array are numbered from 0.
    absorbing : name or sequence of names, optional
        Absorbing states. By default those that stay where they are with probability 1; columns
        without a row always are, such as the outcomes of a `TransitionMatrix`.
    won : name or collection of names, optional
        Ends that count as winning. By default those of the `TransitionMatrix`, or "won".
    entries : mapping, Series or array, optional
        Share of cases that begin in each state; those that begin at an end have ended there. By
        default those of the `TransitionMatrix`, or all in the first transient state.
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
    check_share("confidence", "absorbing_chain", confidence)
    counted = transitions if isinstance(transitions, TransitionMatrix) else None
    notes = [_NO_MEMORY]
    if counted is not None:
        absorbing = [*(() if absorbing is None else named_states(absorbing)), *counted.outcomes]
        transitions, left_out = _of_counts(counted, absorbing)
        won = counted.won if won is None else won
        if entries is None:
            entries = {name: counted.entries[name] for name in transitions.index}
        notes += _left_out(counted, left_out)
    Q, R = read_matrix(transitions, absorbing, rest)
    winning = _winning(won, R.columns)
    solved = solve(Q.to_numpy(), R.to_numpy(), *_start(entries, Q.index, R.columns))
    draws = None if counted is None else redrawn(counted.counts, Q, R, solved, random_state)
    table, first = sensitivity_of(Q, R, solved, winning, draws)
    t = solved.N.sum(axis=1)
    return AbsorbingChain(
        N=pd.DataFrame(solved.N, index=Q.index, columns=Q.index),
        t=pd.Series(t, index=Q.index),
        B=pd.DataFrame(solved.B, index=Q.index, columns=R.columns),
        states=pd.DataFrame(
            {
                "state": list(Q.index),
                "entries": solved.start,
                "visits": solved.start @ solved.N,
                "steps": t,
            }
        ),
        intervals=intervals_of(Q.index, R.columns, solved, draws, confidence),
        sensitivity=table,
        bottleneck=first,
        win=win_of(solved, winning, draws, confidence),
        confidence=confidence,
        notes=tuple(notes),
    )


def _of_counts(found: TransitionMatrix, ends: list[Any]) -> tuple[pd.DataFrame, list[str]]:
    """Give the steps between stages from which cases came to an end, and name the others."""
    if not ends:
        raise DataError(
            "No case has ended, so that the chain has no end: "
            f"{sum(found.censored.values()):,} cases are open. "
            "Name your outcomes with `won` and `lost` in transition_matrix."
        )
    return leading_steps(found.counts, ends)


def _left_out(found: TransitionMatrix, stages: list[str]) -> list[str]:
    """Say which stages lead nowhere yet, and how many steps and cases go there."""
    if not stages:
        return []
    steps = int(found.counts.drop(index=stages)[stages].to_numpy().sum())
    begun = sum(found.entries[name] for name in stages)
    words = (
        f"No case has come from {', '.join(map(repr, stages))} to an end yet: {steps:,} steps "
        "there count as not over"
    )
    return [
        f"{words}, and the {100 * begun:.3g} % of cases that begin there stay out."
        if begun
        else f"{words}."
    ]


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


def _start(entries: Any, states: pd.Index[Any], ends: pd.Index[Any]) -> tuple[Floats, Floats]:
    """Give the share of cases that begin in each state, and at each end."""
    n, names = len(states), [*states, *ends]
    expected = f"shares of 0 or more of the states {', '.join(map(str, names))}"
    if entries is None:
        entries = np.append(1.0, np.zeros(n - 1))
    if isinstance(entries, dict | pd.Series):
        given = pd.Series(entries, dtype=object)
        wrong = given.index[~given.index.isin(names) | given.index.duplicated()]
        if len(wrong):
            raise ParameterError("entries", "absorbing_chain", expected, list(wrong))
        entries = given.reindex(names, fill_value=0.0)
    try:
        values = np.asarray(entries, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError("entries", "absorbing_chain", expected, entries) from None
    if values.shape == (n,):
        values = np.append(values, np.zeros(len(ends)))
    if values.shape != (len(names),) or (values < 0).any() or not 0 < values.sum() < np.inf:
        raise ParameterError("entries", "absorbing_chain", expected, entries)
    shares = values / values.sum()
    return shares[:n], shares[n:]
