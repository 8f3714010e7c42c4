"""Visits of cases to stages, with where each one led."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Floats", "Ints", "Steps", "Visits", "follow"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Steps(NamedTuple):
    """Events: number of the case, number of the stage or outcome, time."""

    case: Ints
    stage: Ints
    time: Floats


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits of cases to stages, sorted by case and time.

    A state is a number: a stage, after the stages an outcome, or -1 for "not known yet".
    `case, stage, following, entered, left` have one entry a visit; `outcome, ended` one a case.
    """

    cases: pd.Index[Any]
    stages: tuple[str, ...]
    outcomes: tuple[str, ...]
    won: frozenset[str]
    case: Ints
    stage: Ints
    following: Ints
    entered: Floats
    left: Floats
    outcome: Ints
    ended: Floats
    as_of: float
    notes: tuple[str, ...]

    @property
    def timed(self) -> bool:
        """Whether times are known, and not the order of events alone."""
        return not np.isnan(self.as_of)

    @property
    def states(self) -> tuple[str, ...]:
        """The stages and after them the outcomes."""
        return (*self.stages, *self.outcomes)

    @property
    def state(self) -> NDArray[np.str_]:
        """Of each case: won, lost or open."""
        kinds = np.array([*("won" if name in self.won else "lost" for name in self.outcomes), ""])
        named = kinds[np.where(self.outcome < 0, -1, self.outcome - len(self.stages))]
        return np.where(named == "", "open", named)

    @property
    def first(self) -> Ints:
        """Place of each case's first visit."""
        return np.flatnonzero(np.diff(self.case, prepend=-1))

    @property
    def length(self) -> Ints:
        """Number of visits of each case."""
        return np.bincount(self.case, minlength=len(self.cases))


def follow(
    steps: Steps,
    cases: pd.Index[Any],
    stages: tuple[str, ...],
    outcomes: tuple[str, ...],
    won: frozenset[str],
    recorded: pd.Series[Any] | None,
    as_of: float,
    notes: list[str],
) -> Visits:
    """Part sorted events into visits and ends: only the last event of a case may end it."""
    n, number, ends = len(stages), steps.case, steps.stage >= len(stages)
    outcome, ended = _ends(steps, n, len(cases), notes)
    if recorded is not None:
        said = recorded.map({name: n + at for at, name in enumerate(outcomes)})
        wins = np.array([name in won for name in outcomes])
        outcome, ended = _believed(outcome, ended, recorded.isna(), said, (n, wins), notes)
    there, short = np.unique(number[~ends], return_inverse=True)
    if len(there) < len(cases):
        notes.append(f"{len(cases) - len(there):,} cases without any stage are set aside.")
    outcome, ended, case = outcome[there], ended[there], short.astype(np.int64)
    if not (outcome >= 0).any():
        names = ", ".join(map(repr, outcomes))
        notes.append(
            f"No case has ended: none of the events is {names}. Name your outcomes with `won` and "
            "`lost`."
        )
    # Outcomes that nobody had need no number.
    found = np.unique(outcome[outcome >= 0])
    outcome = np.where(outcome < 0, -1, n + np.searchsorted(found, outcome))
    stage, entered, last = steps.stage[~ends], steps.time[~ends], _last(case)
    return Visits(
        cases=cases[there],
        stages=stages,
        outcomes=tuple(outcomes[at - n] for at in found),
        won=won,
        case=case,
        stage=stage,
        following=np.where(last, outcome[case], np.roll(stage, -1)),
        entered=entered,
        left=np.where(last, ended[case], np.roll(entered, -1)),
        outcome=outcome,
        ended=ended,
        as_of=as_of,
        notes=tuple(notes),
    )


def _last(case: Ints) -> NDArray[np.bool_]:
    return np.asarray(np.append(np.diff(case), 1) != 0)


def _ends(steps: Steps, n: int, n_cases: int, notes: list[str]) -> tuple[Ints, Floats]:
    """Give outcome and time of the cases whose last event is an end."""
    ends, last = steps.stage >= n, _last(steps.case)
    outcome, ended = np.full(n_cases, -1, dtype=np.int64), np.full(n_cases, np.nan)
    final = steps.case[ends & last]
    outcome[final], ended[final] = steps.stage[ends & last], steps.time[ends & last]
    reopened = int((ends & ~last).sum())
    if reopened:
        notes.append(
            f"{reopened:,} ends that other events follow are set aside: those cases went on."
        )
    return outcome, ended


def _believed(
    outcome: Ints,
    ended: Floats,
    silent: pd.Series[bool],
    place: pd.Series[Any],
    known: tuple[int, NDArray[np.bool_]],
    notes: list[str],
) -> tuple[Ints, Floats]:
    """Let recorded outcomes outweigh events; the day of an end stays where both agree on it."""
    n, wins = known
    said = np.where(silent, outcome, place.fillna(-1).to_numpy(np.int64))
    by_events, by_column = (wins[np.maximum(states - n, 0)] for states in (outcome, said))
    against = (outcome >= 0) & ((said < 0) | (by_column != by_events))
    if against.any():
        notes.append(
            f"{against.sum():,} cases end otherwise in their events than in the column of "
            "outcomes: the column is believed."
        )
    return said, np.where(against, np.nan, ended)
