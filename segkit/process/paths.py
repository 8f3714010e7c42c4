"""Paths of cases through stages: variants, conversion, loops."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import check_share
from segkit.frames import JsonResult
from segkit.intervals import wilson_interval
from segkit.process.events import LOST, WON, read_visits
from segkit.process.visits import Ints, Visits

__all__ = ["StagePaths", "stage_paths"]


@dataclass(frozen=True, eq=False)
class StagePaths(JsonResult):
    """The paths that cases took.

    Attributes
    ----------
    counts : dict of str to int
        `events` used (visits of stages), `cases`, and of these `won, lost, open`.
    stages : tuple of str
        In the order given, or else in which most cases meet them.
    variants : DataFrame
        One row a path, the commonest first: `variant` (tuple of stages, without the outcome),
        `cases`, their `share` of all, `won, lost, open`, the `win_rate` of those that ended with
        its interval `low, high`, and `median_cycle` from the first event to the end.
    conversion : DataFrame
        One row a stage: cases that ever `entered` it; of these, cases that `advanced` (reached a
        later stage or won), that were `lost` before and that are still `open` before;
        `conversion` is advanced / (advanced + lost), with its interval `low, high`.
    loops : DataFrame
        Steps back to an earlier stage, or to the same again: stage left (`source`), stage entered
        (`target`), `returns`, `cases` with one, their `share` of all cases, and the `win_rate` of
        those that ended.
    looping : dict of str to float
        `share` of cases with a step back, `low, high`, `win_rate_with, win_rate_without`.
    notes : tuple of str
        What was set aside or sorted, and what to mind.
    cases : DataFrame
        One row a case: `case`, `variant` (row of the table of variants), `first` and `last`
        stage, number of `visits`, `loops` (bool), `state` (won, lost, open), `outcome`, `cycle`.
    """

    counts: dict[str, int]
    stages: tuple[str, ...]
    variants: pd.DataFrame
    conversion: pd.DataFrame
    loops: pd.DataFrame
    looping: dict[str, float]
    confidence: float
    notes: tuple[str, ...]
    cases: pd.DataFrame = field(repr=False, metadata={"json": False})


def stage_paths(
    events: Any,
    *,
    case: str = "case",
    stage: str = "stage",
    entered_at: str | None = "entered_at",
    outcome: str | None = None,
    won: Collection[str] = WON,
    lost: Collection[str] = LOST,
    stages: Sequence[str] = (),
    as_of: Any = None,
    confidence: float = 0.9,
) -> StagePaths:
    """Find the paths of cases through stages: variants, conversion by cohort and loops.

    Events are sorted by time within each case. Of events at equal times ends come last; the others
    stand in the order of `stages` where that is given, else as their rows stand. Exact repeats
    and events that cannot be used are set aside, counted in the notes. An end that other events
    follow was none.

    Parameters
    ----------
    events : pandas, Polars or Arrow frame, or list or mapping of lists of str
        One row an event: a case enters a stage. Or one list of stages for each case, in order.
    case, stage, entered_at : str
        Columns: the case, the stage or outcome entered, and when (dates, or numbers in any unit);
        with `entered_at=None` the rows stand in order and no times are given.
    outcome : str, optional
        Column with the outcome of the case, for cases whose end is not among the events.
    won, lost : collection of str
        Stages or outcomes that end a case, capitals or not; cases with neither are open.
    stages : sequence of str
        All stages in their order; by default they are ordered by which comes first in most cases.
    as_of : date or number, optional
        Time of the data: later events are set aside. By default the latest event.
    confidence : float
        Confidence of Wilson's intervals, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, no event can be used, a stage is not among `stages`, or a case has
        two outcomes.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = stage_paths([["demo", "offer", "won"], ["demo", "offer", "lost"], ["demo"]])
    >>> found.variants[["variant", "cases", "won", "lost", "open", "win_rate"]]
             variant  cases  won  lost  open  win_rate
    0  (demo, offer)      2    1     1     0       0.5
    1        (demo,)      1    0     0     1       NaN
    >>> found.conversion[["stage", "entered", "advanced", "open", "conversion"]]
       stage  entered  advanced  open  conversion
    0   demo        3         2     1         1.0
    1  offer        2         1     0         0.5
    """
    check_share("confidence", "stage_paths", confidence)
    visits = read_visits(
        events, owner="stage_paths", case=case, stage=stage, entered_at=entered_at,
        outcome=outcome, won=won, lost=lost, stages=stages, as_of=as_of,
    )  # fmt: skip
    variant, paths = _variants(visits)
    returns = _returns(visits)
    cases = _cases(visits, variant, returns)
    table = _variant_table(cases, paths, confidence)
    return StagePaths(
        counts={"events": len(visits.case), "cases": len(cases)}
        | {state: int((cases["state"] == state).sum()) for state in ("won", "lost", "open")},
        stages=visits.stages,
        variants=table.reset_index(drop=True),
        conversion=_conversion(visits, confidence),
        loops=_loops(visits, returns, cases),
        looping=_looping(cases, confidence),
        confidence=confidence,
        notes=(*visits.notes, *_open_note(cases)),
        cases=cases.assign(variant=_ranks(table)[cases["variant"].to_numpy()]),
    )


def _variants(visits: Visits) -> tuple[Ints, list[tuple[str, ...]]]:
    """Give each case the number of its path, made longer step by step, and name the paths."""
    start, length = visits.first, visits.length
    number = np.zeros(len(length), dtype=np.int64)
    going, known = np.arange(len(length)), 0
    step = 0
    while len(going):
        key = number[going] * len(visits.stages) + visits.stage[start[going] + step]
        code, distinct = pd.factorize(key)
        number[going] = known + 1 + code
        known += len(distinct)
        step += 1
        going = going[length[going] > step]
    variant, _ = pd.factorize(number)
    example = np.flatnonzero(~pd.Series(variant).duplicated().to_numpy())
    names = np.array(visits.stages, dtype=object)
    paths = [tuple(names[visits.stage[start[at] : start[at] + length[at]]]) for at in example]
    return variant, paths


def _returns(visits: Visits) -> NDArray[np.bool_]:
    """Flag visits that a case came back to from a later stage, or from the same."""
    back = (np.diff(visits.case) == 0) & (np.diff(visits.stage) <= 0)
    return np.append([False], back)


def _cases(visits: Visits, variant: Ints, returns: NDArray[np.bool_]) -> pd.DataFrame:
    names, first, length = np.array(visits.states, dtype=object), visits.first, visits.length
    outcome = np.append(names, [None])[visits.outcome]
    cycle = visits.ended - visits.entered[first]
    return pd.DataFrame(
        {
            "case": visits.cases,
            "variant": variant,
            "first": names[visits.stage[first]],
            "last": names[visits.stage[first + length - 1]],
            "visits": length,
            "loops": np.bincount(visits.case, weights=returns, minlength=len(length)) > 0,
            "state": visits.state,
            "outcome": outcome,
            "cycle": cycle if visits.timed else np.nan,
        }
    )


def _variant_table(
    cases: pd.DataFrame, paths: Sequence[tuple[str, ...]], confidence: float
) -> pd.DataFrame:
    """Count the paths, the commonest first; the index is the number of the path."""
    n, code = len(paths), cases["variant"].to_numpy()
    table = pd.DataFrame({"variant": pd.Series(list(paths), dtype=object)})
    table["cases"] = np.bincount(code, minlength=n)
    table["share"] = table["cases"] / len(cases)
    for state in ("won", "lost", "open"):
        table[state] = np.bincount(code[cases["state"] == state], minlength=n)
    table = table.assign(**_rates(table["won"], table["won"] + table["lost"], confidence))
    table["median_cycle"] = cases.groupby("variant")["cycle"].median()
    return table.sort_values(["cases", "won"], ascending=False, kind="stable")


def _rates(won: pd.Series[Any], ended: pd.Series[Any], confidence: float) -> dict[str, Any]:
    low, high = wilson_interval(won.to_numpy(), ended.to_numpy(), confidence)
    return {"win_rate": won / ended.where(ended > 0), "low": low, "high": high}


def _ranks(table: pd.DataFrame) -> Ints:
    ranks = np.empty(len(table), dtype=np.int64)
    ranks[table.index.to_numpy()] = np.arange(len(table))
    return ranks


def _conversion(visits: Visits, confidence: float) -> pd.DataFrame:
    """Follow everybody who entered a stage to any later stage, to the win, or to the loss."""
    n, state = len(visits.stages), visits.state
    entered = np.zeros((len(visits.cases), n), dtype=bool)
    entered[visits.case, visits.stage] = True
    farthest = n - 1 - entered[:, ::-1].argmax(axis=1)
    farthest = np.where(state == "won", n, farthest)
    rows = []
    for at, name in enumerate(visits.stages):
        there = entered[:, at]
        stopped = there & (farthest == at)
        counts = {
            "entered": int(there.sum()),
            "advanced": int((there & (farthest > at)).sum()),
            "lost": int((stopped & (state == "lost")).sum()),
            "open": int((stopped & (state == "open")).sum()),
        }
        decided = counts["advanced"] + counts["lost"]
        low, high = wilson_interval(counts["advanced"], decided, confidence)
        share = counts["advanced"] / decided if decided else np.nan
        rows.append({"stage": name, **counts, "conversion": share, "low": low, "high": high})
    return pd.DataFrame(rows)


def _loops(visits: Visits, returns: NDArray[np.bool_], cases: pd.DataFrame) -> pd.DataFrame:
    at = np.flatnonzero(returns)
    names = np.array(visits.stages, dtype=object)
    moves = pd.DataFrame(
        {
            "source": names[visits.stage[at - 1]],
            "target": names[visits.stage[at]],
            "case": visits.case[at],
        }
    )
    state = cases["state"].to_numpy()
    rows = []
    for (source, target), part in moves.groupby(["source", "target"], sort=False):
        there = state[part["case"].unique()]
        ended = (there != "open").sum()
        rows.append(
            {
                "source": source,
                "target": target,
                "returns": len(part),
                "cases": len(there),
                "share": len(there) / len(cases),
                "win_rate": (there == "won").sum() / ended if ended else np.nan,
            }
        )
    columns = ["source", "target", "returns", "cases", "share", "win_rate"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("returns", ascending=False, kind="stable", ignore_index=True)


def _looping(cases: pd.DataFrame, confidence: float) -> dict[str, float]:
    loops = cases["loops"].to_numpy()
    low, high = wilson_interval(float(loops.sum()), len(loops), confidence)
    found = {"share": float(loops.mean()), "low": low, "high": high}
    for name, group in (("with", cases[loops]), ("without", cases[~loops])):
        ended = group[group["state"] != "open"]
        found[f"win_rate_{name}"] = float((ended["state"] == "won").mean())
    return found


def _open_note(cases: pd.DataFrame) -> list[str]:
    still = int((cases["state"] == "open").sum())
    if not still or still == len(cases):
        return []
    words = (
        f"{still:,} of {len(cases):,} cases are open: their paths are unfinished, and they count "
        "neither as won nor as lost."
    )
    return [words]
