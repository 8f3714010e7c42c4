"""The order of events within a case, and of the stages of a process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.process.visits import Ints, Steps

__all__ = ["named_stages", "order_stages", "sort_steps"]

# So many cases are enough to see in which order stages come; fewer where there are many stages.
_ENOUGH = 50_000
_CELLS = 1_000_000_000
_NEVER = np.iinfo(np.int32).max


def named_stages(
    found: pd.Index[Any], order: Sequence[str], won: Sequence[str], lost: Sequence[str]
) -> tuple[str, ...]:
    """Give the stages among the names found, in the order given, else as found.

    Raises
    ------
    DataError
        If a stage is missing in the order given, or there is none.
    """
    stages = tuple(name for name in found if name not in won and name not in lost)
    unknown = [name for name in stages if name not in order] if order else []
    if unknown:
        lines = [f"stage {name!r} is not among `stages`.{nearest(name, order)}" for name in unknown]
        raise DataError("\n".join([*lines, f"`stages` holds {', '.join(map(repr, order))}."]))
    if not stages:
        raise DataError(
            f"No stage is left besides the outcomes {', '.join(map(repr, found))}: "
            "the events must hold the stages that cases pass through."
        )
    return tuple(name for name in order if name in stages) or stages


def sort_steps(steps: Steps, n_stages: int, notes: list[str], *, known: bool) -> Steps:
    """Sort events by case and time; at equal times by stage where their order is known."""
    case, stage, time = steps
    if np.any(np.diff(case) < 0):
        by_case = np.argsort(case, kind="stable")
        case, stage, time = case[by_case], stage[by_case], time[by_case]
    same = np.diff(case) == 0
    backward, equal = same & (np.diff(time) < 0), same & (np.diff(time) == 0)
    rank = stage if known else (stage >= n_stages).astype(np.int64)
    if backward.any() or (equal & (np.diff(rank) < 0)).any():
        order = np.lexsort((rank, time, case))
        case, stage, time = case[order], stage[order], time[order]
        notes += _said(case, backward, "had events out of order: they are sorted by time.")
        equal = (np.diff(case) == 0) & (np.diff(time) == 0)
    how = "in the order of the stages" if known else "as their rows stand"
    notes += _said(case, equal, f"entered stages at equal times: these are taken {how}.")
    return Steps(case, stage, time)


def _said(case: Ints, flags: Any, words: str) -> list[str]:
    return [f"{len(np.unique(case[1:][flags])):,} cases {words}"] if flags.any() else []


def order_stages(steps: Steps, names: tuple[str, ...]) -> tuple[Steps, tuple[str, ...]]:
    """Order stages by majority: one comes before another if more cases visit it first."""
    n = len(names)
    cases = min(int(steps.case[-1]) + 1, _ENOUGH, _CELLS // n**2)
    some = (steps.case < cases) & (steps.stage < n)
    first = np.full((cases, n), _NEVER, dtype=np.int32)
    # Written backwards, so that the first visit is what remains.
    first[steps.case[some][::-1], steps.stage[some][::-1]] = np.flatnonzero(some)[::-1]
    before = np.array(
        [((first[:, [at]] < first) & (first < _NEVER)).sum(axis=0) for at in range(n)]
    )
    wins = (before > before.T).sum(axis=1) - (before < before.T).sum(axis=1)
    order = np.argsort(-wins, kind="stable")
    place = np.arange(int(steps.stage.max(initial=n)) + 1)
    place[order] = np.arange(n)
    return steps._replace(stage=place[steps.stage]), tuple(names[at] for at in order)
