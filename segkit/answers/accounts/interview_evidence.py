"""S12: whether interviews are enough to tell targets from non-targets, and by which criteria."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pandas as pd

from segkit.answers.accounts.account_rows import worded
from segkit.answers.accounts.start_times import start_picture
from segkit.answers.answer import Answer
from segkit.answers.wording import begun, between, count, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.scoring import InterviewEvidence, interview_evidence
from segkit.tables import CompanyTables

__all__ = ["interview_findings"]

_KNOWN = ("interview_id", "account_id", "segment", "hypothesis", "confirmed", "paid")
_LATER = "days_to_start"
_LEAST, _LEAST_PAID = 24, 3
_METHOD = (
    "A minimum first: {least} interviews and {paid} payments. Then each criterion alone against "
    "{outcome}: Fisher's exact test; for a number the best of all cuts against the best cuts of "
    "999 permutations, with a 95 % bootstrap interval of the cut. Hypotheses: exact binomial test "
    "against one half. p-values are adjusted by Holm, rates have 90 % Wilson intervals."
)
_SOURCES = (
    "Fisher 1935; Clopper & Pearson 1934 (exact tests)",
    "Miller & Siegmund 1982 (maximally selected chi-square)",
    "Holm 1979; Wilson 1927",
)


def interview_findings(company: CompanyTables) -> Answer:
    """Answer S12: whether there is enough evidence, and the criteria that tell a target."""
    talks = company["interviews"].reset_index(drop=True)
    outcome = next(
        name for name in ("paid", "confirmed") if name in talks and talks[name].notna().any()
    )
    known = [str(name) for name in talks if name not in {*_KNOWN, _LATER}]
    found = interview_evidence(
        talks,
        outcome,
        criteria=known,
        hypothesis="hypothesis" if "hypothesis" in talks else None,
        confirmed="confirmed" if "confirmed" in talks else None,
        least=_LEAST,
        least_paid=_LEAST_PAID if outcome == "paid" else 0,
    )
    if not found.enough or found.criteria.empty:
        raise DataError(found.statement if not found.enough else "No criterion was recorded.")
    telling = found.criteria[found.criteria["verdict"] == "tells"]
    answer = Answer(
        status="no evidence",
        headline=_headline(found, telling, outcome),
        table=found.criteria.round(4),
        pictures=(
            _criteria(found, outcome),
            *_hypotheses(found),
            *(start_picture(talks[_LATER], talks[known]) if _LATER in talks else ()),
        ),
        method=_METHOD.format(least=_LEAST, paid=_LEAST_PAID, outcome=outcome),
        sources=_SOURCES,
        caveats=tuple(_notes(found, talks)),
    )
    if telling.empty:
        return answer
    best = found.criteria.iloc[0]
    return replace(
        answer,
        status="answered",
        estimate=float(best["rate"]),
        interval=(float(best["low"]), float(best["high"])),
        unit=f"share {outcome}, where {worded(best['criterion'])}",
    )


def _headline(found: InterviewEvidence, telling: pd.DataFrame, outcome: str) -> str:
    if telling.empty:
        return f"No criterion tells who is {outcome}. {found.statement}"
    parts = [
        f"{worded(row['criterion'])}: {share(row['rate'])} {outcome} "
        f"({between(row['low'], row['high'], share)}), else {share(row['other_rate'])}"
        for row in telling.head(2).to_dict("records")
    ]
    return f"{begun('; '.join(parts))}. {found.statement}"


def _criteria(found: InterviewEvidence, outcome: str) -> Picture:
    rows = found.criteria
    holds = rows[["criterion", "interviews", "rate", "low", "high"]].assign(where="it holds")
    other = rows[["criterion", "others", "other_rate", "other_low", "other_high"]]
    other = other.set_axis(["criterion", "interviews", "rate", "low", "high"], axis=1)
    table = pd.concat([holds, other.assign(where="it does not")]).sort_index(kind="stable")
    best = rows.iloc[0]
    cut = f"; the cut-off lies at {best['cut_off']}" if best["cut_off"] else ""
    sure = "" if best["verdict"] == "tells" else ", no more than chance allows"
    return Picture(
        title="Criteria from interviews: who is a target",
        finding=(
            f"{begun(worded(best['criterion']))}: {share(best['rate'])} {outcome}, else "
            f"{share(best['other_rate'])}{sure}{cut}."
        ),
        table=table.assign(criterion=table["criterion"].map(worded))
        .round(4)
        .reset_index(drop=True),
        draw=partial(
            intervals,
            name="criterion",
            estimate="rate",
            low="low",
            high="high",
            group="where",
            order=("it holds", "it does not"),
            axis=f"share {outcome} (line: 90 %)",
            tickformat=".0%",
        ),
        about="criteria",
    )


def _hypotheses(found: InterviewEvidence) -> Iterator[Picture]:
    rows = found.hypotheses
    if rows.empty:
        return
    settled = rows[rows["verdict"] != "open"]
    told = [f"“{row['hypothesis']}” is {row['verdict']}" for row in settled.to_dict("records")]
    yield Picture(
        title="What clients said of each hypothesis",
        finding=(
            f"{begun('; '.join(told) or 'none is settled yet')}, by "
            f"{count(rows['interviews'].sum())} interviews: that more than half confirm one, or "
            "fewer, must be beyond chance."
        ),
        table=rows.round(4),
        draw=partial(
            intervals,
            name="hypothesis",
            estimate="rate",
            low="low",
            high="high",
            axis="share that confirmed it (line: 90 %)",
            level=(0.5, "half"),
            tickformat=".0%",
        ),
        about="hypotheses",
    )


def _notes(found: InterviewEvidence, talks: pd.DataFrame) -> Iterator[str]:
    yield "Who was asked was chosen, not drawn: rates hold for clients like these."
    if "segment" in talks and (segments := talks["segment"].nunique()) > 1:
        yield f"The interviews span {segments} segments: criteria hold in a narrow one."
    if found.set_aside:
        yield f"{count(found.set_aside)} interviews have no outcome yet: left out."
    for name, reason in found.left_out.items():
        yield f"{worded(name)}: {reason}. Not used."
