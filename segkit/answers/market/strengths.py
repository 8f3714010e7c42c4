"""M6: where we are stronger and weaker than the best rival."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer, Status
from segkit.answers.wording import between, count, listed
from segkit.charts import Picture, intervals, position_map
from segkit.sizing import Strengths, strengths_and_weaknesses
from segkit.tables import CompanyTables

__all__ = ["competitive_strengths", "rated_strengths"]

_METHOD = (
    "Gap = our rating - that of the best rival, by the same buyer; paired t-test, adjusted "
    "together (Holm). The internal factor evaluation weighs strengths (rated 3 to 4) and "
    "weaknesses (2 to 1) by what buyers find important; a gap of {major:g} point or more "
    "is rated 4 or 1; 2.5 is balance. Its interval comes from resampled buyers. Reasons of "
    "closed deals stand beside each attribute; they are not tested."
)
_SOURCES = (
    "Student 1908 (paired t-test)",
    "David 1986 (internal factor evaluation)",
    "Martilla & James 1977 (importance and performance)",
)


def competitive_strengths(company: CompanyTables) -> Answer:
    """Answer M6: strengths and weaknesses, weighted by what buyers find important."""
    found = rated_strengths(company)
    table = found.table.round(3).assign(**_reasons(company, found.table["attribute"]))
    tested = table[table["verdict"] != "not enough data"]
    counted = table["weight"].notna().any()
    status: Status = "answered" if counted else "no evidence" if len(tested) else "not enough data"
    return Answer(
        status=status,
        headline=_headline(found, table),
        estimate=round(found.score, 4) if counted else None,
        interval=found.interval if counted else None,
        unit="internal factor evaluation, 1 to 4 (2.5: balance)" if counted else "",
        table=table,
        pictures=(_gaps(table), _matters(table)) if len(tested) else (),
        method=_METHOD.format(major=found.major_gap),
        sources=_SOURCES,
        caveats=found.notes,
    )


def rated_strengths(company: CompanyTables) -> Strengths:
    """Compare our ratings with those of the best rival."""
    return strengths_and_weaknesses(
        company["attribute_ratings"],
        respondent="respondent",
        attribute="attribute",
        importance="importance",
        us="us",
        rival="best_rival",
    )


def _reasons(company: CompanyTables, attributes: pd.Series) -> dict[str, pd.Series]:
    """Count the closed deals that name each attribute as the reason, where deals name any."""
    deals = company.tables.get("opportunities")
    if deals is None or not {"reason", "outcome"} <= set(deals):
        return {}
    counts = {
        name: deals.loc[deals["outcome"] == outcome, "reason"].value_counts()
        for outcome, name in (("won", "won for it"), ("refused", "refused for it"))
    }
    return {name: attributes.map(told).fillna(0).astype(int) for name, told in counts.items()}


def _headline(found: Strengths, table: pd.DataFrame) -> str:
    if (table["verdict"] == "not enough data").all():
        return "Too few buyers rated both us and the best rival to tell them apart."
    parts = []
    for verdict, word in (("strength", "stronger"), ("weakness", "weaker")):
        rows = table[table["verdict"] == verdict].to_dict("records")
        names = [
            f"{row['attribute']} ({row['gap']:+.1f}, {row['low']:+.1f} to {row['high']:+.1f})"
            for row in rows
        ]
        if names:
            parts.append(f"{word} than the best rival in {listed(names)}")
    if not parts:
        return (
            f"In none of {count(len(table))} attributes do buyers see us better or worse than the "
            "best rival."
        )
    words = "; ".join(parts)
    return (
        f"{words[0].upper()}{words[1:]}; internal factor evaluation {found.score:.2f} "
        f"({between(*found.interval, lambda score: f'{score:.2f}')})."
    )


def _gaps(table: pd.DataFrame) -> Picture:
    shown = table.dropna(subset="low").sort_values("gap", ascending=False, ignore_index=True)
    best, worst = shown.iloc[0], shown.iloc[-1]
    return Picture(
        title="Our rating against the best rival's",
        finding=(
            f"Buyers rate us {best['gap']:+.1f} points in {best['attribute']} and "
            f"{worst['gap']:+.1f} in {worst['attribute']}."
        ),
        table=shown[["attribute", "importance", "us", "rival", "gap", "low", "high", "verdict"]],
        draw=partial(
            intervals,
            name="attribute",
            estimate="gap",
            low="low",
            high="high",
            axis="points above the best rival (dot: mean, line: 90 % interval)",
            group="verdict",
        ),
    )


def _matters(table: pd.DataFrame) -> Picture:
    shown = table.dropna(subset="low").reset_index(drop=True)
    middle = float(shown["importance"].mean())
    urgent = shown[(shown["verdict"] == "weakness") & (shown["importance"] >= middle)]
    return Picture(
        title="What matters to buyers, and where we stand",
        finding=(
            f"To mend first, for it matters more than most: {listed(urgent['attribute'].tolist())}."
            if len(urgent)
            else "No weakness lies in what matters more than most."
        ),
        table=shown[["attribute", "importance", "gap", "verdict"]],
        draw=partial(
            position_map,
            name="attribute",
            x="gap",
            y="importance",
            group="verdict",
            x_axis="points above the best rival",
            y_axis="importance",
            x_cuts=[0.0],
            y_cuts=[middle],
        ),
    )
