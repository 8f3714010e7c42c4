"""U2: what users are trying to get done."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.users.wishes import short_names
from segkit.answers.wording import between, count, listed, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.intervals import mean_interval, wilson_interval
from segkit.surveys import lint_outcomes
from segkit.surveys.ratings import seen_scale
from segkit.tables import CompanyTables

__all__ = ["jobs_to_be_done"]

_STEPS = ("define", "locate", "prepare", "confirm", "execute", "monitor", "modify", "conclude")
_FEWEST = 10
_SHOWN = 3
_MOST_NAMED = 12
_METHOD = (
    "Outcomes of a job in its eight steps. An outcome is important to those who rate it {boxes} "
    "(top-two box), with Wilson's 90 % interval; a step by the mean share of its outcomes, user "
    "by user. Statements are checked for direction, metric, object and context."
)
_SOURCES = (
    "Bettencourt & Ulwick 2008 (job map)",
    "Ulwick 2002 (outcome statements)",
    "Wilson 1927",
)


def jobs_to_be_done(company: CompanyTables) -> Answer:
    """Answer U2: the job map, and which outcomes matter most."""
    jobs, survey = company["jobs"], company["odi_survey"]
    marked = survey.merge(jobs[["outcome", "step"]], on="outcome")
    ratings = ["importance", "satisfaction"]
    numbers, scale = seen_scale(
        marked[[name for name in ratings if name in marked]], None, "ratings of outcomes"
    )
    marked = marked.assign(important=(numbers["importance"] >= scale[1] - 1).astype(float))
    marked = marked.dropna(subset=["importance", "step"])
    boxes = f"{scale[1] - 1:g} or {scale[1]:g}"
    table = _outcomes(marked, jobs, short_names(company))
    rated = table[table["answers"] >= _FEWEST].reset_index(drop=True)
    if rated.empty:
        raise DataError(f"No outcome was rated by at least {_FEWEST} users.")
    first = rated.iloc[0]
    near = int((rated["importance"].iloc[1:] >= first["low"]).sum())
    return Answer(
        status="answered",
        headline=(
            f"“{first['what']}” (step {first['step']}) matters most: "
            f"{share(first['importance'])} of users call it important "
            f"({between(first['low'], first['high'], share)}); {count(near)} of the other "
            f"{count(len(rated) - 1)} outcomes lie within its interval."
        ),
        estimate=float(first["importance"]),
        interval=(float(first["low"]), float(first["high"])),
        unit=f"share of users to whom outcome {first['outcome']} is important",
        table=table,
        pictures=(_job_map(marked, boxes), _by_outcome(rated, boxes)),
        method=_METHOD.format(boxes=boxes),
        sources=_SOURCES,
        caveats=_caveats(jobs, table, marked),
    )


def _outcomes(marked: pd.DataFrame, jobs: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    counts = marked.groupby("outcome")["important"].agg(["size", "sum", "mean"])
    low, high = wilson_interval(counts["sum"], counts["size"])
    shares = pd.DataFrame(
        {"answers": counts["size"], "importance": counts["mean"], "low": low, "high": high}
    )
    linted = lint_outcomes(jobs["statement"].tolist())
    table = pd.DataFrame(
        {
            "step": jobs["step"].tolist(),
            "outcome": jobs["outcome"].tolist(),
            "what": jobs["outcome"].map(names).tolist(),
            "statement": jobs["statement"].tolist(),
        }
    ).merge(shares.round(4), on="outcome", how="left")
    table["answers"] = table["answers"].fillna(0).astype(int)
    table["findings"] = [
        "; ".join(part for part in pair if part)
        for pair in zip(linted["faults"], linted["advice"], strict=True)
    ]
    return table.sort_values(["importance", "outcome"], ascending=[False, True], ignore_index=True)


def _job_map(marked: pd.DataFrame, boxes: str) -> Picture:
    each = marked.groupby(["step", "user_id"])["important"].mean().groupby("step")
    found = each.agg(["mean", "std", "count"])
    low, high = mean_interval(found["mean"], found["std"], found["count"])
    table = pd.DataFrame({"importance": found["mean"], "low": low, "high": high})
    table["outcomes"] = marked.groupby("step")["outcome"].nunique()
    table = table.reindex([step for step in _STEPS if step in table.index])
    table["step"] = [f"{_STEPS.index(step) + 1} {step}" for step in table.index]
    table = table.dropna(subset="importance").reset_index(drop=True).round(4)
    order = table.sort_values("importance", ascending=False, kind="stable").to_dict("records")
    top, last = order[0], order[-1]
    return Picture(
        title="The job, step by step: how much its outcomes matter",
        finding=(
            f"Step {top['step']} matters most ({share(top['importance'])} call its outcomes "
            f"important), step {last['step']} least ({share(last['importance'])})."
        ),
        table=table[["step", "outcomes", "importance", "low", "high"]],
        draw=partial(
            intervals,
            name="step",
            estimate="importance",
            axis=f"mean share that rates its outcomes {boxes} (line: 90 % interval)",
            tickformat=".0%",
        ),
        about="steps",
    )


def _by_outcome(rated: pd.DataFrame, boxes: str) -> Picture:
    shown = rated.head(_MOST_NAMED)
    names = shown["step"].head(_SHOWN).drop_duplicates().tolist()
    return Picture(
        title=f"The {len(shown)} outcomes that matter most",
        finding=f"The first {min(_SHOWN, len(shown))} lie in {listed(names)}.",
        table=shown[["what", "step", "importance", "low", "high"]],
        draw=partial(
            intervals,
            name="what",
            estimate="importance",
            axis=f"share that rates it {boxes} (line: 90 % interval)",
            group="step",
            order=_STEPS,
            tickformat=".0%",
        ),
        about="outcomes",
    )


def _caveats(jobs: pd.DataFrame, table: pd.DataFrame, marked: pd.DataFrame) -> tuple[str, ...]:
    linted = lint_outcomes(jobs["statement"].tolist())
    told = []
    faulty = linted[~linted["ok"]]
    if len(faulty):
        first = faulty.iloc[0]
        told.append(
            f"{count(len(faulty))} of {count(len(linted))} statements are hard to rate, such as "
            f"“{first['statement']}” ({first['faults']})."
        )
    bare = int((linted["context"] == "").sum())
    if bare:
        told.append(f"{count(bare)} of {count(len(linted))} statements name no context.")
    missing = [step for step in _STEPS if step not in set(marked["step"])]
    if missing:
        told.append(f"No rated outcome in step {', '.join(missing)}.")
    thin = table.loc[table["answers"] < _FEWEST, "outcome"].tolist()
    if thin:
        told.append(f"Fewer than {_FEWEST} ratings: {', '.join(map(str, thin))}.")
    return tuple(told)
