"""U6: in what the product must be best."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.market.strengths import rated_strengths
from segkit.answers.users.job_gaps import job_gaps, satisfaction_by_job
from segkit.answers.users.kano_pictures import CATEGORIES, kano_rows, kano_segments
from segkit.answers.users.landscape import landscapes
from segkit.answers.users.wishes import ALL, NeedSegments, need_segments, short_names
from segkit.answers.wording import between, count, listed
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.surveys import Kano, kano, opportunity
from segkit.tables import CompanyTables

__all__ = ["must_lead"]

_HIGH = 12.0
_METHOD = (
    "Opportunity = importance + max(importance - satisfaction, 0), each 10 x the share that rates "
    "it in the two highest boxes, within segments of users who share needs ({explanation}). The "
    "product must lead in an outcome with an opportunity above 12 in a segment (sure: its whole "
    "90 % interval); in a feature that is clearly must-be or one-dimensional by Kano's table "
    "(Fong's test) to all users or, where segments differ (Pearson's chi-squared, adjusted by "
    "Holm), to a segment, unless buyers rate us above the best rival in it; and in a job for which "
    "users are less satisfied with us than with the best alternative (Welch's 90 % interval). Which"
    " feature serves which outcome the tables do not say."
)
_SOURCES = (
    "Ulwick 2002 (opportunity)",
    "Kano 1984; Berger 1993; Fong 1996 (categories of features)",
    "Pearson 1900 (chi-squared); Holm 1979",
    "Welch 1947 (difference of two means)",
)


def must_lead(company: CompanyTables) -> Answer:
    """Answer U6: outcomes, features and jobs in which the product must be best."""
    survey = company["odi_survey"]
    segments = need_segments(survey)
    rows = survey.assign(segment=survey["user_id"].map(segments.of_user)).dropna(subset="segment")
    found = opportunity(
        rows,
        "satisfaction",
        importance="importance",
        outcome="outcome",
        respondent="user_id",
        segment="segment",
    )
    names = short_names(company)
    known = found.table[found.table["band"] != "not enough data"]
    if known.empty:
        raise DataError("No outcome was rated by enough users of a segment to score it.")
    asked = company["kano_survey"]
    features = kano(asked, "dysfunctional", functional="functional", feature="feature")
    parted = _by_segment(asked, segments)
    gaps = job_gaps(company)
    table = pd.concat(
        [
            _outcomes(known, names),
            _features(_judged(features, parted), _rivals(company)),
            _jobs(gaps),
        ],
        ignore_index=True,
    )
    top = known.nlargest(1, "opportunity").to_dict("records")[0]
    return Answer(
        status="answered" if len(table) else "no evidence",
        headline=_headline(table, names.get(top["outcome"], str(top["outcome"])), top, segments),
        estimate=float(top["opportunity"]),
        interval=(float(top["low"]), float(top["high"])),
        unit=f"opportunity of {top['outcome']} in {top['segment']}, 0 to 20",
        table=table,
        pictures=(
            *landscapes(known, names, segments.names),
            _scores(known, names, segments),
            kano_rows(features, "Features: won with them, lost without them"),
            *(() if parted is None else (kano_segments(parted, segments.names),)),
            *((satisfaction_by_job(company, gaps),) if len(gaps) else ()),
        ),
        method=_METHOD.format(explanation=segments.explanation.rstrip(".")),
        sources=_SOURCES,
        caveats=(*found.notes, *features.notes, *_caveats(company, segments, gaps)),
    )


def _outcomes(known: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    rows = known[known["opportunity"] > _HIGH]
    return pd.DataFrame(
        {
            "kind": "outcome",
            "segment": rows["segment"],
            "what": rows["outcome"].map(lambda outcome: names.get(outcome, outcome)),
            "id": rows["outcome"],
            "opportunity": rows["opportunity"].round(2),
            "low": rows["low"].round(2),
            "high": rows["high"].round(2),
            "rank": [
                f"{low} to {high}"
                for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)
            ],
            "sure": rows["low"] > _HIGH,
            "why": rows["band"],
        }
    )


def _by_segment(asked: pd.DataFrame, segments: NeedSegments) -> Kano | None:
    """Sort features segment by segment, where users fall into several."""
    rows = asked.assign(segment=asked["user_id"].map(segments.of_user)).dropna(subset="segment")
    if rows["segment"].nunique() < 2:
        return None
    return kano(
        rows, "dysfunctional", functional="functional", feature="feature", segment="segment"
    )


def _judged(found: Kano, parted: Kano | None) -> pd.DataFrame:
    """Judge a feature by all users, or by each segment where these differ."""
    table = found.table.assign(segment=ALL)
    if parted is None:
        return table
    differing = parted.tests.loc[parted.tests["differs"], "feature"]
    alike = table[~table["feature"].isin(differing)]
    apart = parted.table[parted.table["feature"].isin(differing)]
    return pd.concat([alike, apart], ignore_index=True)


def _features(judged: pd.DataFrame, rivals: dict[str, tuple[float, str]]) -> pd.DataFrame:
    rows = judged[judged["category"].isin(["M", "O"]) & judged["clear"]]
    told = []
    for row in rows.to_dict("records"):
        gap, verdict = rivals.get(str(row["feature"]).casefold(), (float("nan"), "not rated"))
        if verdict == "strength":
            continue
        what = {"kind": "feature", "segment": row["segment"], "what": row["feature"]}
        what |= {"sure": True, "why": CATEGORIES[row["category"]], "gap": round(gap, 2)}
        told.append(what)
    return pd.DataFrame(told)


def _rivals(company: CompanyTables) -> dict[str, tuple[float, str]]:
    """Give the gap to the best rival of what buyers rate, by name."""
    if "attribute_ratings" not in company.tables:
        return {}
    try:
        rated = rated_strengths(company).table
    except DataError:
        return {}
    return {
        str(row["attribute"]).casefold(): (float(row["gap"]), str(row["verdict"]))
        for row in rated.to_dict("records")
    }


def _jobs(gaps: pd.DataFrame) -> pd.DataFrame:
    if gaps.empty:
        return pd.DataFrame()
    rows = gaps[gaps["high"] < 0]
    return pd.DataFrame(
        {
            "kind": "job",
            "segment": ALL,
            "what": rows["job"],
            "sure": True,
            "why": "less satisfied than with " + rows["best"],
            "gap": rows["gap"].round(2),
        }
    )


def _headline(table: pd.DataFrame, what: str, top: dict[Any, Any], segments: NeedSegments) -> str:
    if table.empty:
        return (
            f"Nothing calls for leading: the largest opportunity is {top['opportunity']:.1f} "
            f"(“{what}”), and no feature is clearly must-be or one-dimensional."
        )
    kinds = table["kind"].value_counts()
    parts = [
        f"{count(kinds[kind])} {kind if kinds[kind] == 1 else word}"
        for kind, word in (("outcome", "outcomes"), ("feature", "features"), ("job", "jobs"))
        if kind in kinds
    ]
    doubtful = int((~table["sure"].astype(bool)).sum())
    parts[0] += f" ({count(doubtful)} of them not surely)" if doubtful else ""
    where = f", in {len(segments.names)} segments of needs" if len(segments.names) > 1 else ""
    return (
        f"The product must lead in {listed(parts)}{where}; the largest opportunity is “{what}” at "
        f"{top['opportunity']:.1f} of 20 ({between(top['low'], top['high'], '{:.1f}'.format)})."
    )


def _scores(known: pd.DataFrame, names: dict[str, str], segments: NeedSegments) -> Picture:
    rows = known[known["opportunity"] > _HIGH]
    rows = rows if len(rows) else known.nlargest(6, "opportunity")
    rows = rows.assign(what=rows["outcome"].map(lambda outcome: names.get(outcome, outcome)))
    sure = int((rows["low"] > _HIGH).sum())
    order = {name: place for place, name in enumerate(segments.names)}
    rows = rows.sort_values(
        ["segment", "opportunity"],
        key=lambda part: part.map(order) if part.name == "segment" else -part,
        kind="stable",
        ignore_index=True,
    )
    return Picture(
        title="Outcomes in which the product must lead",
        finding=(
            f"{count(sure)} of {count(len(rows))} lie above {_HIGH:.0f} with their whole interval."
        ),
        table=rows[
            ["what", "segment", "opportunity", "low", "high", "rank_low", "rank_high"]
        ].round(2),
        draw=partial(
            intervals,
            name="what",
            estimate="opportunity",
            axis="opportunity, 0 to 20 (line: 90 % interval)",
            group="segment",
            order=segments.names,
            level=(_HIGH, "must lead"),
        ),
        about="outcomes",
    )


def _caveats(company: CompanyTables, segments: NeedSegments, gaps: pd.DataFrame) -> tuple[str, ...]:
    told = []
    if len(segments.names) == 1:
        told.append(
            f"All users are scored together: {segments.explanation.rstrip('.')}. What only some of "
            "them want looks smaller so."
        )
    if "alternatives" not in company.tables:
        told.append("No table alternatives: the gap to what users could use instead is not known.")
    elif gaps.empty:
        own = company.settings.company or "the company (name it in segkit.toml)"
        told.append(
            f"Too few users rate {own} and an alternative for the same job: no gap is given."
        )
    return tuple(told)
