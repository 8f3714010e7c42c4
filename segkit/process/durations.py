"""Time in stages: how long cases wait, and whether they then advance or are lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.adjustment import holm
from segkit.errors import DataError
from segkit.frames import JsonResult, take_columns
from segkit.process.events import LOST, WON, case_values, read_ids, read_visits
from segkit.process.survival import TimeToEvent, time_to_event
from segkit.process.tasks import yes_or_no

__all__ = ["TimeInStage", "time_in_stage"]

_ADVANCE, _BACK, _LOST = "advance", "back", "lost"


@dataclass(frozen=True, eq=False)
class TimeInStage(JsonResult):
    """How long visits of stages last, and how they end.

    Attributes
    ----------
    table : DataFrame
        One row a stage (and group): `stage, group, visits`, of these `left` and `waiting`
        (censored), and the `median` time until they leave, with its interval `low, high`
        (infinite where the data do not reach it).
    exits : DataFrame
        One row a stage (and group) and way to leave it ("advance", "back", "lost"; or the causes
        given): `events`, the `share` of visits that leave so within the time observed
        (Aalen-Johansen) with its interval `low, high`, and the `median` time of those that did.
    curves : DataFrame
        One row a stage (and group) and time: `at_risk`, `waiting` (Kaplan-Meier), `low, high`.
    causes : DataFrame
        One row a stage (and group), way to leave and time: `share` so far, `low, high`.
    tests : DataFrame
        Log-rank tests of the groups within each stage (of the stages, where durations come
        without groups): `stage, statistic, df, p` and Holm's `p_adjusted`.
    notes : tuple of str
        What was set aside or sorted, and what to mind.
    """

    table: pd.DataFrame
    exits: pd.DataFrame
    curves: pd.DataFrame
    causes: pd.DataFrame
    tests: pd.DataFrame
    confidence: float
    notes: tuple[str, ...]


def time_in_stage(
    events: Any,
    *,
    case: str = "case",
    stage: str | None = "stage",
    entered_at: str = "entered_at",
    outcome: str | None = None,
    won: Collection[str] = WON,
    lost: Collection[str] = LOST,
    stages: Sequence[str] = (),
    as_of: Any = None,
    duration: str | None = None,
    event: str | None = None,
    group: str | None = None,
    confidence: float = 0.9,
) -> TimeInStage:
    """Estimate how long cases stay in each stage, with those still there as censored.

    Time until a stage is left by the Kaplan-Meier estimate; the competing ways to leave it by that
    of Aalen & Johansen: to advance (to a later stage or the win), to go back, to be lost. See
    `time_to_event` for formulas. Times are days where `entered_at` holds dates.

    Parameters
    ----------
    events : pandas, Polars or Arrow frame
        One row an event, or with `duration` one row a visit.
    case, stage, entered_at, outcome, won, lost, stages, as_of
        As in `stage_paths`. Cases whose `outcome` has no event with a time are followed until
        `as_of`.
    duration, event : str, optional
        Columns, for visits measured already: how long the visit lasted, and 1 or "yes" for one that
        is over, 0 or "no" for one that is not; or the way it ended, empty where it has not. `case`,
        `entered_at`, `outcome` and the others are not used; `stage=None` takes all as one.
    group : str, optional
        Column of what to compare within each stage, one value a case.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, no event can be used, or a case has two outcomes or groups.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-01",
    ...                        "2026-01-21", "2026-01-11"])
    >>> events = pd.DataFrame({"case": [1, 1, 1, 2, 2, 3], "entered_at": days,
    ...                        "stage": ["demo", "offer", "won", "demo", "lost", "demo"]})
    >>> time_in_stage(events).table[["stage", "visits", "left", "waiting", "median"]]
       stage  visits  left  waiting  median
    0   demo       3     2        1    20.0
    1  offer       1     1        0    20.0
    """
    if duration is not None:
        visits, notes = _measured(events, stage, duration, event, group)
        order = tuple(dict.fromkeys(visits["stage"]))
    else:
        if stage is None:
            raise DataError("stage: events need a column of stages; without it give `duration`.")
        found = read_visits(
            events, owner="time_in_stage", case=case, stage=stage, entered_at=entered_at,
            outcome=outcome, won=won, lost=lost, stages=stages, as_of=as_of,
        )  # fmt: skip
        if not found.timed:
            raise DataError("events: lists of stages hold no times; give a frame of events.")
        timed = ~np.isnan(found.left)
        n = len(found.stages)
        gone = np.array([name in found.won for name in found.outcomes] + [False])
        ahead = (found.following < n) & (found.following > found.stage)
        ahead |= (found.following >= n) & gone[np.maximum(found.following - n, -1)]
        end = np.select([~timed, ahead, found.following < n], ["", _ADVANCE, _BACK], default=_LOST)
        visits = pd.DataFrame(
            {
                "stage": np.array(found.stages, dtype=object)[found.stage],
                "time": np.where(timed, found.left, found.as_of) - found.entered,
                "event": end,
            }
        )
        if group is not None:
            rows = take_columns(events, [case, group], "the events")
            rows[case] = read_ids(rows[case])
            visits["group"] = case_values(rows, case, group, found.cases).to_numpy()[found.case]
        undated = int(((found.outcome >= 0) & np.isnan(found.ended)).sum())
        notes = list(found.notes)
        if undated:
            notes.append(
                f"{undated:,} cases have an outcome without a day: they count as waiting in their "
                "last stage."
            )
        order = found.stages
    return _result(visits, order, confidence, notes)


def _measured(
    frame: Any, stage: str | None, duration: str, event: str | None, group: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """Take visits whose length is known."""
    given = {"stage": stage, "time": duration, "event": event, "group": group}
    named = {part: column for part, column in given.items() if column is not None}
    taken = take_columns(frame, list(named.values()), "the visits")
    visits = pd.DataFrame({part: taken[column] for part, column in named.items()})
    if stage is None:
        visits["stage"] = "all"
    if event is None:
        visits["event"] = 1
    else:
        # Words for yes and no say whether it is over; any others are ways to end.
        with suppress(DataError):
            visits["event"] = yes_or_no(visits["event"], event).astype("Float64")
    if pd.api.types.is_timedelta64_dtype(visits["time"].dtype):
        visits["time"] = visits["time"].dt.total_seconds() / 86_400
    known = visits[[name for name in ("stage", "time", "group") if name in visits]].notna()
    kept = known.all(axis=1)
    lines = [f"{(~kept).sum():,} visits without a stage, time or group are set aside."]
    if not kept.any():
        raise DataError(f"No visit can be used. {lines[0]}")
    return visits[kept].reset_index(drop=True), [] if kept.all() else lines


def _result(
    visits: pd.DataFrame, order: Sequence[Any], confidence: float, notes: Sequence[str]
) -> TimeInStage:
    tests: list[dict[str, Any]] = []
    parts: list[tuple[Any, TimeToEvent]] = []
    if "group" in visits:
        for name, rows in visits.groupby("stage", sort=False):
            found = time_to_event(
                rows["time"], rows["event"], group=rows["group"], confidence=confidence
            )
            parts.append((name, found))
            tests.append({"stage": name, **found.log_rank})
    else:
        found = time_to_event(
            visits["time"], visits["event"],
            group=np.asarray(visits["stage"], dtype=object), confidence=confidence,
        )  # fmt: skip
        parts.append((None, found))
        tests.append({"stage": "all", **found.log_rank})
    table = pd.DataFrame(tests)
    table["p_adjusted"] = holm(table["p"])
    names = {"n": "visits", "events": "left", "censored": "waiting"}
    return TimeInStage(
        table=_stacked(parts, "table", order).rename(columns=names),
        exits=_stacked(parts, "ends", order),
        curves=_stacked(parts, "curves", order),
        causes=_stacked(parts, "causes", order),
        tests=table,
        confidence=confidence,
        notes=tuple(notes),
    )


def _stacked(
    parts: Sequence[tuple[Any, TimeToEvent]], field: str, order: Sequence[Any]
) -> pd.DataFrame:
    """Put the stage before what was found of it, in the order of the stages."""
    frames = []
    for name, found in parts:
        frame: pd.DataFrame = getattr(found, field)
        frame = frame.rename(columns={"group": "stage"}) if name is None else frame
        if name is not None:
            frame = frame.assign(stage=name)[["stage", *frame.columns]]
        frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    place = {stage: at for at, stage in enumerate(order)}
    return table.sort_values(
        "stage", key=lambda column: column.map(place), kind="stable", ignore_index=True
    )
