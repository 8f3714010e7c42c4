"""Answers about the users."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.segments.pictures import evidence_by_k
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, heatmap
from segkit.intervals import wilson_interval
from segkit.segments import Segmenter
from segkit.tables import CompanyTables

__all__ = ["usage_segments"]

# What a user does. Titles stay out: they are compared with the segments afterwards.
_BEHAVIOUR = (
    "active_days",
    "modules_used",
    "days_since_last",
    "session_minutes",
    "payroll_actions",
    "record_actions",
    "approval_actions",
    "report_actions",
    "mobile_share",
)
_LEVEL = 0.9
_KINDS = {
    "natural": "groups that are there",
    "reproducible": "which another sample would give again",
    "constructive": "cut by us from a continuum",
}
_METHOD = (
    "k-means on behaviour ({columns}); skewed columns on the log scale, each scaled robustly. The "
    "number of segments is the one that other samples of the same users confirm: {explanation}"
)
_SOURCES = (
    "Tibshirani & Walther 2005 (prediction strength)",
    "Dolnicar, Gruen & Leisch 2018 (stability of segments)",
)


def usage_segments(company: CompanyTables) -> Answer:
    """Answer U1: groups of users by what they do, and whether they are really there."""
    users = company["users"]
    columns = [name for name in _BEHAVIOUR if name in users and users[name].notna().any()]
    model = Segmenter(columns=columns).fit(users)
    method = _METHOD.format(
        columns=", ".join(_words(name) for name in columns), explanation=model.explanation_
    )
    if model.k_ == 1:
        return Answer(
            status="not enough data" if model.verdict_ == "not enough data" else "no evidence",
            headline=f"No usage segments among {count(len(users))} users: {model.explanation_}",
            pictures=_evidence(model),
            method=method,
            sources=_SOURCES,
            caveats=model.notes_,
        )
    table = _segments(model, users)
    largest = table.nlargest(1, "users").to_dict("records")[0]
    interval = wilson_interval(float(largest["users"]), float(table["users"].sum()), _LEVEL)
    return Answer(
        status="answered",
        headline=(
            f"Users fall into {model.k_} usage segments, {_KINDS[model.verdict_]}; the largest, "
            f"marked by {largest['marked by']}, holds {share(largest['share'])} of them "
            f"({between(*interval, share)})."
        ),
        estimate=float(largest["share"]),
        interval=interval,
        unit="share of users in the largest segment",
        table=table,
        pictures=(_profile(model, table), *_evidence(model)),
        method=method,
        sources=_SOURCES,
        caveats=model.notes_,
        sql={"usage segments": model.to_sql(table="users", key="user_id")},
    )


def _segments(model: Segmenter, users: pd.DataFrame) -> pd.DataFrame:
    stability = model.stability_.set_index("segment")
    table = pd.DataFrame(
        {
            "segment": [f"Segment {number + 1}" for number in stability.index],
            "users": stability["size"].to_numpy(),
            "share": stability["share"].round(4).to_numpy(),
            "marked by": [_marks(model, number) for number in stability.index],
            "stability": stability["slsw"].round(3).to_numpy(),
        }
    )
    if "job_title" in users:
        titles = users["job_title"]
        table["commonest title"] = [
            _commonest(titles[model.labels_ == number]) for number in stability.index
        ]
    return table


def _marks(model: Segmenter, segment: int) -> str:
    profile = model.profile().dropna(subset="index")
    rows = profile[profile["marker"] & (profile["segment"] == segment)]
    order = rows["index"].sub(100).abs().sort_values(ascending=False, kind="stable").index
    words = [
        f"{'high' if row['index'] > 100 else 'low'} {_words(row['column'])}"
        for row in rows.loc[order].head(2).to_dict("records")
    ]
    return " and ".join(words) or "nothing in particular"


def _commonest(titles: pd.Series[str]) -> str:
    counts = titles.value_counts()
    if counts.empty:
        return "unknown"
    return f"{counts.index[0]} ({share(counts.iloc[0] / counts.sum())})"


def _profile(model: Segmenter, table: pd.DataFrame) -> Picture:
    profile = model.profile().query("level == ''")
    grid = profile.pivot(index="segment", columns="column", values="index").round(0)
    grid.columns = [_words(name) for name in grid.columns]
    far = grid.to_numpy()
    row, column = divmod(int(np.nanargmax(np.abs(far - 100))), far.shape[1])
    return Picture(
        title="What each segment does, against the average user",
        finding=(
            f"Segment {row + 1} stands out most: {grid.columns[column]} at "
            f"{far[row, column]:.0f}, where the average user has 100."
        ),
        table=grid.set_axis(table["segment"], axis=0).reset_index(),
        draw=partial(
            heatmap, name="segment", columns=list(grid.columns), centre=100.0, axis="index"
        ),
        about="profile",
    )


def _evidence(model: Segmenter) -> tuple[Picture, ...]:
    return () if model.selection_.empty else (replace(evidence_by_k(model), about="evidence"),)


def _words(column: str) -> str:
    return column.replace("_", " ")
