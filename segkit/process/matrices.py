"""Transition matrices as people write them: square or [Q R], frames or arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import as_pandas

__all__ = ["leading_steps", "named_states", "read_matrix"]

_TOLERANCE = 1e-6
_ROUNDING = 1e-12


def named_states(given: Any) -> list[Any]:
    """Take the name of one state or those of several."""
    if isinstance(given, list | tuple | set | frozenset | np.ndarray | pd.Index | pd.Series):
        return list(given)
    return [given]


def leading_steps(counts: pd.DataFrame, ends: Sequence[Any]) -> tuple[pd.DataFrame, list[Any]]:
    """Give the probabilities of steps between states that lead to an end, and name the others.

    Examples
    --------
    >>> counts = pd.DataFrame([[0, 1, 3], [0, 2, 0]], index=["a", "b"], columns=["a", "b", "won"])
    >>> leading_steps(counts, ["won"])
    (     a  won
    a  0.0  1.0, ['b'])
    """
    states = [state for state in counts.index if state not in ends]
    Q = counts.reindex(index=states, columns=states)
    blind = _trapped(Q, counts.reindex(index=states, columns=list(ends), fill_value=0))
    if blind and len(blind) == len(states):
        names = ", ".join(map(repr, blind))
        raise DataError(
            f"No case has come from {names} to an end yet: where that leads is unknown."
        )
    kept = counts.drop(index=blind, columns=blind)
    left = kept.sum(axis=1)
    return kept.div(left.where(left > 0, 1), axis=0), blind


def read_matrix(
    transitions: Any, absorbing: Any, rest: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part a matrix of probabilities into Q (transient states) and R (steps into ends).

    Raises
    ------
    DataError
        If rows are no probabilities, no state is absorbing, or states never reach an end.
    ParameterError
        If `absorbing` names no state.

    Examples
    --------
    >>> Q, R = read_matrix([[0.5, 0.25, 0.25]], None, None)
    >>> Q.to_numpy().tolist(), R.to_numpy().tolist()
    ([[0.5]], [[0.25, 0.25]])
    """
    P = _as_frame(transitions)
    known = dict.fromkeys([*P.columns, *P.index])
    ends = _ends(P, absorbing, list(known))
    transient = [state for state in P.index if state not in ends]
    if rest in transient:
        raise ParameterError("rest", "absorbing_chain", "no state that cases leave", rest)
    if rest is not None:
        P[rest] = (1 - P.sum(axis=1)).clip(lower=0) + P.get(rest, 0.0)
        ends += [] if rest in ends else [rest]
    if not ends:
        raise DataError(
            "The chain has no end: no state stays where it is with probability 1. Name the "
            "absorbing states, or give `rest` a name if what rows lack to 1 ends the case."
        )
    if not transient:
        raise DataError("Every state is absorbing: there is nothing to follow.")
    _check_rows(P.loc[transient])
    Q = P.reindex(index=transient, columns=transient, fill_value=0.0)
    R = P.reindex(index=transient, columns=ends, fill_value=0.0)
    trapped = _trapped(Q, R)
    if trapped:
        names = ", ".join(map(repr, trapped))
        raise DataError(f"No end can be reached from {names}: the chain is not absorbing.")
    return Q, R


def _as_frame(transitions: Any) -> pd.DataFrame:
    if hasattr(transitions, "columns"):
        P = as_pandas(transitions, "The transition matrix").copy()
        _check_shape(P)
        if isinstance(P.index, pd.RangeIndex) and not set(P.columns) & set(P.index):
            P.index = P.columns[: len(P)]
    else:
        try:
            P = pd.DataFrame(np.asarray(transitions, dtype=np.float64))
        except (TypeError, ValueError):
            raise DataError(
                "The transition matrix must be a frame or a two-dimensional array of numbers."
            ) from None
    if P.index.has_duplicates or P.columns.has_duplicates:
        raise DataError("The transition matrix names a state twice.")
    _check_shape(P)
    try:
        return P.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            "The transition matrix must hold numbers alone, with the names of its states as the "
            "index of a frame (frame.set_index(...))."
        ) from None


def _check_shape(P: pd.DataFrame) -> None:
    if P.empty or P.shape[1] < P.shape[0]:
        raise DataError(
            f"The transition matrix must have a column for each state. Got {P.shape[0]} rows and "
            f"{P.shape[1]} columns. Of events, make it with transition_matrix."
        )


def _ends(P: pd.DataFrame, absorbing: Any, known: list[Any]) -> list[Any]:
    if absorbing is None:
        stays = [
            state for state in P.index if state in P and abs(P.loc[state, state] - 1) <= _ROUNDING
        ]
        return [state for state in P.columns if state in stays or state not in P.index]
    named = named_states(absorbing)
    unknown = [state for state in named if state not in known]
    if unknown:
        expected = f"states among {', '.join(map(str, known))}"
        raise ParameterError("absorbing", "absorbing_chain", expected, unknown)
    return named + [state for state in P.columns if state not in P.index and state not in named]


def _check_rows(P: pd.DataFrame) -> None:
    wrong = [
        f"row {state!r}: probabilities must lie in [0, 1] and sum to 1; they are "
        f"{', '.join(f'{each:.4g}' for each in row)}, and sum to {row.sum(skipna=False):.6g}."
        for state, row in P.iterrows()
        if not ((row >= 0).all() and abs(row.sum() - 1) <= _TOLERANCE)
    ]
    if wrong:
        advice = (
            "Divide counts by the sum of their row, or give `rest` a name if what rows lack to 1 "
            "ends the case."
        )
        raise DataError("\n".join([*wrong, advice]))


def _trapped(Q: pd.DataFrame, R: pd.DataFrame) -> list[Any]:
    """Name the states from which no end can be reached."""
    reaches = R.to_numpy().sum(axis=1) > 0
    for _ in range(len(Q)):
        reaches |= (Q.to_numpy() > 0) @ reaches
    return [state for state, there in zip(Q.index, reaches, strict=True) if not there]
