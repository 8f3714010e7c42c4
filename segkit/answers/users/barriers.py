"""U3: what prevents users from getting their job done."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.wording import between, count, listed, share
from segkit.charts import Picture, bars, intervals
from segkit.errors import DataError
from segkit.process import TaskCompletion, TimeToEvent, task_completion
from segkit.tables import CompanyTables

__all__ = ["what_prevents_users"]

_METHOD = (
    "Share of attempts completed at each step of the job, with Wilson's interval, wider where a "
    "user's attempts are alike; each step is "
    "compared with all others by Fisher's exact test (the score test with variance between users, "
    "where users are named), p-values adjusted by Holm's method. Reasons "
    "are counted over all failures. Time until completion by Kaplan and Meier's method: attempts "
    "given up count as not finished yet."
)
_SOURCES = (
    "Bettencourt & Ulwick 2008 (steps of a job)",
    "Wilson 1927; Rao, Scott & Skinner 1998 (clustered score test); Holm 1979",
    "Kaplan & Meier 1958",
)


def what_prevents_users(company: CompanyTables) -> Answer:
    """Answer U3: the step where users fail, and why."""
    log = company["task_log"]
    found = task_completion(
        log,
        reason="reason" if "reason" in log else None,
        duration="minutes" if "minutes" in log else None,
        user="user_id" if "user_id" in log else None,
    )
    if not found.counts["failed"]:
        raise DataError(f"All {count(found.counts['attempts'])} attempts were completed.")
    worse = found.steps[found.steps["verdict"] == "less often"]
    barrier = (worse if len(worse) else found.steps).nsmallest(1, "share").to_dict("records")[0]
    return Answer(
        status="answered" if len(worse) else "no evidence",
        headline=_headline(found, barrier, found_one=bool(len(worse))),
        estimate=barrier["share"],
        interval=(barrier["low"], barrier["high"]),
        unit=f"share of attempts completed at {barrier['step']}",
        table=_table(found),
        pictures=(
            _completion(found, barrier),
            *_reasons(found),
            *_reasons_there(found, barrier["step"]),
            *_times(found.time),
            _funnel(found, barrier),
        ),
        method=_METHOD,
        sources=_SOURCES,
        caveats=found.notes,
    )


def _headline(found: TaskCompletion, barrier: dict[Any, Any], *, found_one: bool) -> str:
    ends = between(barrier["low"], barrier["high"], share)
    if not found_one:
        return (
            f"No step stands out: the lowest, {barrier['step']}, is completed in "
            f"{share(barrier['share'])} of attempts ({ends})."
        )
    words = (
        f"Users fail most at {barrier['step']}: {share(barrier['share'])} of attempts are "
        f"completed ({ends})"
    )
    if found.reasons.empty:
        return f"{words}."
    top = found.reasons.to_dict("records")[0]
    return (
        f"{words}; {share(top['share'])} of all failures name {top['reason']} "
        f"({between(top['low'], top['high'], share)})."
    )


def _table(found: TaskCompletion) -> pd.DataFrame:
    table = found.steps.copy()
    if found.time is not None:
        medians = found.time.table.set_index("group")["median"].replace(float("inf"), float("nan"))
        table["median_minutes"] = table["step"].map(medians)
    return table.round(4)


def _completion(found: TaskCompletion, barrier: dict[Any, Any]) -> Picture:
    rest = found.steps[found.steps["step"] != barrier["step"]]["share"]
    words = f"{barrier['step']}: {share(barrier['share'])} completed"
    if len(rest):
        words += f", the others {share(rest.min())} to {share(rest.max())}"
    columns = ["step", "attempts", "completed", "share", "low", "high", "verdict"]
    return Picture(
        title="How often each step is completed",
        finding=f"{words}.",
        table=found.steps[columns].round(4),
        draw=partial(
            intervals,
            name="step",
            estimate="share",
            group="verdict",
            order=("more often", "less often", "no evidence", "not compared"),
            axis="share of attempts completed (line: 90 % interval); against all other steps",
            tickformat=".0%",
        ),
        about="completion",
    )


def _reasons(found: TaskCompletion) -> tuple[Picture, ...]:
    if found.reasons.empty:
        return ()
    table = found.reasons.round(4)
    most = table[table["cumulative"].shift(fill_value=0.0) < 0.8]
    return (
        Picture(
            title="Why attempts fail",
            finding=(
                f"{listed(most['reason'].tolist())} explain "
                f"{share(most['cumulative'].iloc[-1])} of {count(found.counts['failed'])} failures."
            ),
            table=table,
            draw=partial(
                intervals,
                name="reason",
                estimate="share",
                axis="share of all failures (line: 90 % interval)",
                tickformat=".0%",
            ),
            about="reasons",
        ),
    )


def _reasons_there(found: TaskCompletion, step: str) -> tuple[Picture, ...]:
    rows = found.reasons_by_step
    rows = rows[rows["step"] == step].reset_index(drop=True) if len(rows) else rows
    if rows.empty:
        return ()
    top = rows.iloc[0]
    return (
        Picture(
            title=f"Why attempts fail at {step}",
            finding=f"{share(top['share'])} of the failures at {step} name {top['reason']}.",
            table=rows.round(4),
            draw=partial(
                bars, name="reason", value="share", axis=f"share of failures at {step}",
                tickformat=".0%",
            ),
            about="reasons",
        ),
    )  # fmt: skip


def _times(time: TimeToEvent | None) -> tuple[Picture, ...]:
    if time is None:
        return ()
    rows = time.table[time.table["median"] < float("inf")]
    if rows.empty:
        return ()
    slowest = rows.nlargest(1, "median").to_dict("records")[0]
    table = rows.rename(columns={"group": "step"}).replace(float("inf"), float("nan"))
    return (
        Picture(
            title="How long each step takes",
            finding=(
                f"{slowest['group']} takes longest: half need {slowest['median']:.0f} minutes or "
                f"more ({between(slowest['low'], slowest['high'], count)})."
            ),
            table=table,
            draw=partial(
                intervals,
                name="step",
                estimate="median",
                axis="median minutes until completion (line: 90 % interval)",
            ),
            about="times",
        ),
    )


def _funnel(found: TaskCompletion, barrier: dict[Any, Any]) -> Picture:
    whole = found.whole
    table = found.steps[["step", "share", "reaching", "whole_if_mended"]].round(4)
    return Picture(
        title="How many get through, if each step must be passed",
        finding=(
            f"{share(whole['share'])} get through all steps "
            f"({between(whole['low'], whole['high'], share)}); "
            f"{share(barrier['whole_if_mended'])} would if {barrier['step']} were as good as the "
            "best step."
        ),
        table=table,
        draw=partial(
            bars, name="step", value="reaching", axis="share who get past the step",
            tickformat=".0%",
        ),
        about="funnel",
    )  # fmt: skip
