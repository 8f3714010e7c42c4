"""S13: what was decided, the answers it rests on, and what to look at again when."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.segments.evidence import answers_named, known_segments, questions_in
from segkit.answers.wording import count, listed, share
from segkit.charts import Picture, bars, intervals
from segkit.errors import nearest
from segkit.tables import CompanyTables

__all__ = ["decisions_taken"]

_TEXTS = ("metric", "evidence", "reason", "rejected", "dissent")
_NUMBERS = ("value", "goal")
_BEGIN = (
    "Record a decision with segkit.widgets.record_decision, or lay a file decisions.csv among the "
    "tables. Each row holds decided (the day), segment, action, owner and review (the day on which "
    "it is looked at again), and should hold metric, value, goal, evidence (such as S5, M1), "
    "reason, rejected and dissent."
)
_METHOD = (
    "Decisions as recorded. Of one action in one segment the latest decision counts. A review is "
    "overdue when its day lies before the as-of date of the tables. A metric is measured anew "
    "where it is the number of an answer the decision rests on."
)
_SHOWN = 3


def decisions_taken(company: CompanyTables) -> Answer:
    """Answer S13: decisions beside their evidence, dissent, and the reviews to come."""
    if not company.ledger.set_index("table")["read"].get("decisions", 0):
        return Answer("not enough data", "Nothing is decided yet.", caveats=(_BEGIN,))
    table = _sorted(_filled(company["decisions"]), company.as_of)
    answers = answers_named(company, table["evidence"])
    table = _measured(table, answers)
    force = table[table["state"] != "decided again"].reset_index(drop=True)
    overdue = force[force["state"] == "overdue"]
    return Answer(
        status="answered",
        headline=_headline(table, force, overdue, company.as_of),
        estimate=float(len(overdue)),
        unit="overdue",
        table=table,
        pictures=(*_reviews(force, company.as_of), *_progress(force)),
        method=_METHOD,
        caveats=(
            *_dissent(force),
            *_gaps(force),
            *_strange_segments(table, known_segments(company, answers.values())),
            *_strange_questions(table),
            *(str(fault) for fault in company.faults if fault.table == "decisions"),
        ),
    )


def _filled(decisions: pd.DataFrame) -> pd.DataFrame:
    """Take the columns of a decision; those that the file lacks are empty."""
    table = decisions.copy()
    for name in _TEXTS:
        table[name] = table[name].fillna("") if name in table else ""
    for name in _NUMBERS:
        table[name] = table.get(name, np.nan)
    names = ["decided", "segment", "action", "owner", *_TEXTS[:1], *_NUMBERS, "review", *_TEXTS[1:]]
    named = table[names].rename(columns={"value": "was"})
    return named.assign(decided=table["decided"].dt.normalize())


def _sorted(table: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Say how each decision stands, and put what is to be looked at first first."""
    place = [table[name].str.casefold().str.strip() for name in ("segment", "action")]
    last = table.groupby(place)["decided"].transform("max")
    days = (table["review"] - as_of).dt.days.astype(float)
    state = np.where(days < 0, "overdue", "open")
    state = np.where(table["decided"] < last, "decided again", state)
    table = table.assign(days=days, state=state)
    order = pd.Series(state).map({"overdue": 0, "open": 1, "decided again": 2}).to_numpy()
    table = table.assign(_order=order).sort_values(
        ["_order", "review", "segment", "action"], kind="stable", ignore_index=True
    )
    return table.drop(columns="_order")


def _measured(table: pd.DataFrame, answers: dict[str, Answer]) -> pd.DataFrame:
    """Add what the evidence says today, and how far the metric has come towards its goal."""
    findings, rows = [], []
    for row in table.to_dict("records"):
        own = {name: answers[name] for name in questions_in(row["evidence"]) if name in answers}
        findings.append(" ".join(f"{name}: {answer.headline}" for name, answer in own.items()))
        metric = str(row["metric"]).casefold().strip()
        same = [one for one in own.values() if metric and one.unit.casefold() == metric]
        rows.append(_today(same[0]) if same else (np.nan, np.nan, np.nan))
    now = pd.DataFrame(rows, columns=["now", "low", "high"], index=table.index).round(4)
    whole = (table["goal"] - table["was"]).replace(0.0, np.nan)
    return table.assign(
        **now, progress=((now["now"] - table["was"]) / whole).round(4), finding=findings
    )


def _today(answer: Answer) -> tuple[float, float, float]:
    if answer.estimate is None:
        return np.nan, np.nan, np.nan
    low, high = answer.interval or (np.nan, np.nan)
    return answer.estimate, low, high


def _named(row: dict[Any, Any]) -> str:
    return f"“{row['action']}” ({row['segment']}; {row['owner']}, {row['review']:%Y-%m-%d})"


def _headline(
    table: pd.DataFrame, force: pd.DataFrame, overdue: pd.DataFrame, as_of: pd.Timestamp
) -> str:
    verb = "decision is" if len(force) == 1 else "decisions are"
    words = f"{count(len(force))} {verb} in force"
    again = len(table) - len(force)
    words += f", {count(again)} decided again" if again else ""
    if force["days"].isna().all():
        return f"{words}; without an as-of date no review is known to be overdue."
    day = f"{as_of:%Y-%m-%d}"
    if overdue.empty:
        words += f"; no review is overdue on {day}"
    else:
        verb = "review is" if len(overdue) == 1 else "reviews are"
        shown = [_named(row) for row in overdue.head(_SHOWN).to_dict("records")]
        more = f" and {len(overdue) - _SHOWN} more" if len(overdue) > _SHOWN else ""
        words += f"; {count(len(overdue))} {verb} overdue on {day}: {listed(shown)}{more}"
    ahead = force[force["state"] == "open"]
    return f"{words}; next comes {_named(ahead.iloc[0].to_dict())}." if len(ahead) else f"{words}."


def _reviews(force: pd.DataFrame, as_of: pd.Timestamp) -> tuple[Picture, ...]:
    known = force.dropna(subset=["days"])
    if known.empty:
        return ()
    table = _of_actions(known)[["decision", "owner", "review", "days", "state"]]
    first = table.iloc[0]
    late = f"{abs(first['days']):.0f} days {'overdue' if first['days'] < 0 else 'ahead'}"
    return (
        Picture(
            title="What to review when",
            finding=f"First comes “{first['decision']}”, {late} on {as_of:%Y-%m-%d}.",
            table=table.assign(review=table["review"].dt.strftime("%Y-%m-%d")),
            draw=partial(
                bars,
                name="decision",
                value="days",
                axis="days to the review (below 0: overdue)",
                group="state",
                order=("open", "overdue"),
                tickformat="d",
            ),
            about="reviews",
        ),
    )


def _progress(force: pd.DataFrame) -> tuple[Picture, ...]:
    known = force.dropna(subset=["progress"])
    if known.empty:
        return ()
    whole = known["goal"] - known["was"]
    ends = [(known[end] - known["was"]) / whole for end in ("low", "high")]
    table = _of_actions(known).assign(
        least=np.fmin(ends[0], ends[1]).round(4), most=np.fmax(ends[0], ends[1]).round(4)
    )[["decision", "metric", "was", "now", "goal", "progress", "least", "most"]]
    there = int((table["progress"] >= 1).sum())
    first = table.iloc[0]
    return (
        Picture(
            title="How far the metrics have come towards their goals",
            finding=(
                f"{count(there)} of {count(len(table))} goals are reached; “{first['decision']}” "
                f"has come {share(first['progress'])} of the way (from {first['was']:,.4g} to "
                f"{first['now']:,.4g}, goal {first['goal']:,.4g})."
            ),
            table=table,
            draw=partial(
                intervals,
                name="decision",
                estimate="progress",
                low="least",
                high="most",
                axis="share of the way (1: goal; line: 90 % interval)",
                level=(1.0, "goal"),
            ),
            about="progress",
        ),
    )


def _of_actions(table: pd.DataFrame) -> pd.DataFrame:
    named = table["action"] + " (" + table["segment"] + ")"
    return table.assign(decision=named.to_numpy()).reset_index(drop=True)


def _dissent(force: pd.DataFrame) -> tuple[str, ...]:
    rows = force[force["dissent"] != ""].to_dict("records")
    return tuple(
        f"Dissent on “{row['action']}” ({row['segment']}): {row['dissent']}" for row in rows
    )


def _gaps(force: pd.DataFrame) -> tuple[str, ...]:
    """Name the decisions of which nobody can say later whether they were right."""
    checks = {
        "has no metric: nobody can say later whether it works": force["metric"] == "",
        "has no goal": (force["metric"] != "") & force["goal"].isna(),
        "rests on no answer": force["evidence"] == "",
        "gives no reason": force["reason"] == "",
    }
    return tuple(
        f"{listed([f'“{action}”' for action in force.loc[rows, 'action']])} {words}."
        for words, rows in checks.items()
        if rows.any()
    )


def _strange_segments(table: pd.DataFrame, known: list[str]) -> tuple[str, ...]:
    by_case = {name.casefold() for name in known}
    strange = [name for name in table["segment"].unique() if name.casefold() not in by_case]
    # A company that names no segment has none to miss.
    return tuple(
        f"There is no segment {name!r}.{nearest(name, known) or f' Known: {listed(known)}.'}"
        for name in strange
        if len(known) > 1
    )


def _strange_questions(table: pd.DataFrame) -> tuple[str, ...]:
    strange = sorted({one for text in table["evidence"] for one in questions_in(text, known=False)})
    return tuple(f"A decision cannot rest on {name}: there is no such answer." for name in strange)
