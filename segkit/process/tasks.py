"""Tasks that users start: what is completed, what stops the rest, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from segkit.clusters import clustered_error, clustered_p, effective_trials
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.intervals import wilson_interval
from segkit.process.survival import TimeToEvent, time_to_event
from segkit.process.win_rates import compare_win_rates, judge_together

__all__ = ["JOB_STEPS", "TaskCompletion", "task_completion"]

# The steps of every job (Bettencourt & Ulwick 2008).
JOB_STEPS = (
    "define",
    "locate",
    "prepare",
    "confirm",
    "execute",
    "monitor",
    "modify",
    "conclude",
)
_ALPHA = 0.05
_SHOWN = 5
_SPOKEN = {"yes": True, "true": True, "no": False, "false": False}
_UNSTATED = "not stated"
_WORDS = {"wins less": "less often", "wins more": "more often", "not enough deals": "not compared"}


@dataclass(frozen=True, eq=False)
class TaskCompletion(JsonResult):
    """What users complete, and what stops them.

    Attributes
    ----------
    counts : dict of str to int
        `attempts` used, `completed`, `failed`, and `aside` (not known whether completed).
    steps : DataFrame
        One row a step, in order: `attempts, completed`, the `share` completed with its interval
        `low, high`, `failures` and their `share_of_failures`; against all other steps `p_adjusted`
        (Holm) and `verdict` ("less often", "more often", "no evidence", "not compared");
        `reaching` (share of users who get to the end of this step, if each must be passed), and
        `whole_if_mended` (share who get through all if this step were as good as the best).
    whole : dict of str to float
        Share who get through all steps, if each must be passed once: `share, low, high`.
    reasons : DataFrame
        Pareto of the failures: `reason, failures, share, low, high, cumulative`, the commonest
        first; empty reasons are "not stated".
    reasons_by_step : DataFrame
        `step, reason, failures`, and the `share` of the step's failures.
    time : TimeToEvent or None
        Time until completion by step; tasks given up are censored.
    notes : tuple of str
        What to mind.
    """

    counts: dict[str, int]
    steps: pd.DataFrame
    whole: dict[str, float]
    reasons: pd.DataFrame
    reasons_by_step: pd.DataFrame
    time: TimeToEvent | None
    confidence: float
    notes: tuple[str, ...]


def task_completion(
    attempts: Any,
    *,
    step: str = "step",
    completed: str = "completed",
    reason: str | None = None,
    duration: str | None = None,
    user: str | None = None,
    steps: Sequence[str] = (),
    confidence: float = 0.9,
) -> TaskCompletion:
    """Measure which steps of a job users complete, why they fail, and how long it takes.

    Shares have Wilson's interval; each step is compared with all others by Fisher's exact test, or
    with `user` by the score test with variance between users (Rao, Scott & Skinner 1998), p-values
    adjusted by Holm's method. Time to completion is Kaplan & Meier's, with tasks given up
    as censored: what it would take if nobody gave up, which holds where those who give up are no
    slower than those who do not.

    Parameters
    ----------
    attempts : pandas, Polars or Arrow frame
        One row an attempt.
    step, completed : str
        Columns: the step of the job, and whether it was completed (true/false or 1/0).
    reason, duration : str, optional
        Columns: why not, and how long until it was completed or given up.
    user : str, optional
        Column of who tried. With it intervals and tests allow for users who fail again and again;
        an attempt without a user stands for itself.
    steps : sequence of str
        Order of the steps; by default that of `JOB_STEPS`, and others as they appear.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, `completed` holds anything but yes and no, a step is not among
        `steps`, or no attempt can be used.
    ParameterError
        If `confidence` is out of bounds.

    Examples
    --------
    >>> log = pd.DataFrame({"step": ["locate", "define", "define"], "completed": [1, 1, 0]})
    >>> task_completion(log).steps[["step", "attempts", "share", "reaching"]]
         step  attempts  share  reaching
    0  define         2    0.5       0.5
    1  locate         1    1.0       0.5
    """
    check_share("confidence", "task_completion", confidence)
    given = {"step": step, "completed": completed, "reason": reason, "duration": duration}
    given["user"] = user
    named = {part: column for part, column in given.items() if column is not None}
    taken = take_columns(attempts, list(named.values()), "the attempts")
    rows = pd.DataFrame({part: taken[column] for part, column in named.items()})
    done = yes_or_no(rows["completed"], "completed")
    known = done.notna() & rows["step"].notna()
    if not known.any():
        raise DataError("No attempt can be used: each needs a step, and whether it was completed.")
    rows = rows[known].assign(completed=done[known].astype(bool), step=rows["step"].astype(str))
    order = _order(rows["step"], steps)
    failed = rows[~rows["completed"]]
    aside = int((~known).sum())
    table = _steps(rows, order, confidence)
    return TaskCompletion(
        counts={"attempts": len(rows), "completed": int(rows["completed"].sum())}
        | {"failed": len(failed), "aside": aside},
        steps=table,
        whole=_whole(rows, table, confidence),
        reasons=_reasons(failed, confidence),
        reasons_by_step=_reasons_by_step(failed, order),
        time=_time(rows, order, confidence) if duration else None,
        confidence=confidence,
        notes=tuple(_notes(rows, aside)),
    )


def yes_or_no(column: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Read booleans, numbers 0 and 1, and the usual words; missing ones stay missing."""
    told = column.map(lambda cell: _SPOKEN.get(str(cell).strip().casefold(), cell))
    column = told.where(column.notna(), None)
    wrong = column.notna() & ~column.isin([True, False])
    if wrong.any():
        shown = ", ".join(f"row {row}: {value!r}" for row, value in column[wrong][:_SHOWN].items())
        raise DataError(f"{name}: {wrong.sum():,} are neither true nor false, 1 nor 0 ({shown}).")
    return column.astype("boolean")


def _order(found: pd.Series[str], steps: Sequence[str]) -> list[str]:
    names = list(dict.fromkeys(found))
    unknown = [name for name in names if name not in steps] if steps else []
    if unknown:
        raise DataError(
            f"step: {', '.join(map(repr, unknown))} are not among `steps` "
            f"({', '.join(map(repr, steps))})."
        )
    order = list(steps) or [*JOB_STEPS, *(name for name in names if name not in JOB_STEPS)]
    return [name for name in order if name in names]


def _steps(rows: pd.DataFrame, order: Sequence[str], confidence: float) -> pd.DataFrame:
    done, of_step = rows["completed"].to_numpy(), rows["step"].to_numpy()
    attempts = rows["step"].value_counts().reindex(list(order)).to_numpy()
    completed = rows.groupby("step")["completed"].sum().reindex(list(order)).to_numpy()
    trials = np.array([_trials(rows[of_step == name], "completed") for name in order])
    low, high = wilson_interval(completed / attempts * trials, trials, confidence)
    share, failures = completed / attempts, attempts - completed
    steps = {name: of_step == name for name in order}
    tests = compare_win_rates(steps, done, confidence, _ALPHA)
    if "user" in rows and len(order) > 1:
        p = [clustered_p(done, flags, rows["user"]) for flags in steps.values()]
        tests = judge_together(tests.assign(p=p, p_adjusted=np.nan), _ALPHA)
    whole = share.prod()
    mended = np.array([np.delete(share, at).prod() for at in range(len(share))]) * share.max()
    return pd.DataFrame(
        {
            "step": list(order),
            "attempts": attempts,
            "completed": completed,
            "share": share,
            "low": low,
            "high": high,
            "failures": failures,
            "share_of_failures": failures / max(failures.sum(), 1),
            "p_adjusted": tests["p_adjusted"],
            "verdict": tests["verdict"].replace(_WORDS),
            "reaching": share.cumprod(),
            "whole_if_mended": np.maximum(mended, whole),
        }
    )


def _trials(rows: pd.DataFrame, hits: str) -> float:
    return effective_trials(rows[hits], rows.get("user"))


def _whole(rows: pd.DataFrame, table: pd.DataFrame, confidence: float) -> dict[str, float]:
    """Multiply the steps; the error of the logarithm adds up what each row, or user, moves it."""
    share = float(table["share"].to_numpy(float).prod())
    if share == 0:
        return {"share": 0.0, "low": 0.0, "high": float(table["high"].to_numpy(float).prod())}
    own = table.set_index("step").loc[rows["step"]]
    influence = rows["completed"].to_numpy(float) / own["share"].to_numpy(float) - 1
    influence /= own["attempts"].to_numpy(float)
    error = clustered_error(influence, rows.get("user", pd.RangeIndex(len(rows))))
    reach = float(ndtri((1 + confidence) / 2)) * error
    # Steps that all completed have no error of their own: the limits of the shares bound them.
    down, up = (
        max(reach, float(np.sqrt((np.log(table[end] / table["share"]) ** 2).sum())))
        for end in ("low", "high")
    )
    low, high = share * float(np.exp(-down)), share * float(np.exp(up))
    return {"share": share, "low": low, "high": min(high, 1.0)}


def _stated(failed: pd.DataFrame) -> pd.Series[str]:
    words = failed["reason"].astype("str").str.strip()
    return words.where(failed["reason"].notna() & (words != ""), _UNSTATED)


def _reasons(failed: pd.DataFrame, confidence: float) -> pd.DataFrame:
    columns = ["reason", "failures", "share", "low", "high", "cumulative"]
    if "reason" not in failed or failed.empty:
        return pd.DataFrame(columns=columns)
    counts = _stated(failed).value_counts().rename_axis("reason").rename("failures").reset_index()
    table = counts.sort_values(["failures", "reason"], ascending=[False, True], ignore_index=True)
    stated, share = _stated(failed), table["failures"] / len(failed)
    flags = (failed.assign(hit=stated == reason) for reason in table["reason"])
    trials = np.array([_trials(rows, "hit") for rows in flags])
    low, high = wilson_interval(share * trials, trials, confidence)
    return table.assign(share=share, low=low, high=high, cumulative=share.cumsum())[columns]


def _reasons_by_step(failed: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    columns = ["step", "reason", "failures", "share"]
    if "reason" not in failed or failed.empty:
        return pd.DataFrame(columns=columns)
    pairs = pd.DataFrame({"step": failed["step"], "reason": _stated(failed)})
    table = pairs.value_counts().rename("failures").reset_index()
    table["share"] = table["failures"] / table.groupby("step")["failures"].transform("sum")
    table = table.sort_values(["failures", "reason"], ascending=[False, True])
    place = {name: at for at, name in enumerate(order)}
    return table.sort_values(
        "step", key=lambda column: column.map(place), kind="stable", ignore_index=True
    )[columns]


def _time(rows: pd.DataFrame, order: Sequence[str], confidence: float) -> TimeToEvent | None:
    timed = rows[rows["duration"].notna()]
    if timed.empty:
        return None
    place = {name: at for at, name in enumerate(order)}
    timed = timed.sort_values("step", key=lambda column: column.map(place), kind="stable")
    return time_to_event(
        timed["duration"], timed["completed"], group=timed["step"], confidence=confidence
    )


def _notes(rows: pd.DataFrame, aside: int) -> list[str]:
    notes = []
    if aside:
        notes.append(f"{aside:,} attempts without a step or an end are set aside.")
    if "duration" in rows and rows["duration"].isna().any():
        notes.append(f"{rows['duration'].isna().sum():,} attempts have no time.")
    notes.append(
        "The share who get through all steps takes each step as passed or failed by itself: "
        "attempts are not linked to each other."
    )
    return notes
