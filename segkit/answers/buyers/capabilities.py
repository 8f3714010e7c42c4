"""B5: in what the team must be best."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.wording import begun, between, listed
from segkit.charts import Picture, intervals, position_map
from segkit.surveys import BestInClass, best_in_class
from segkit.tables import CompanyTables

__all__ = ["team_must_be_best"]

_VERDICTS = ("close the gap", "hold the lead", "behind, no effect seen", "no effect seen")
_METHOD = (
    "Gain = importance x points behind the best rival x log odds of winning for a point of "
    "performance, from one logistic regression on all items ({respondents:,} buyers with a known "
    "outcome). On the list stand items on which we are behind and which move deals, both beyond "
    "chance (paired t-test and Wald's z, each adjusted by Holm at 5 %). Ranks are bounded by 500 "
    "samples of the buyers. The regression shows what goes with winning, not what causes it."
)
_SOURCES = (
    "Martilla & James 1977 (importance and performance)",
    "Cox 1958 (logistic regression)",
    "Holm 1979",
)


def team_must_be_best(company: CompanyTables) -> Answer:
    """Answer B5: importance x gap to the best rival x effect on winning."""
    found = best_in_class(
        company["engagement_survey"],
        respondent="respondent",
        item="item",
        importance="importance",
        performance="performance",
        rival="best_rival",
        won="won",
    )
    table = found.table.round(3)
    listed_first = table["verdict"].map({name: place for place, name in enumerate(_VERDICTS)})
    table = table.iloc[listed_first.argsort(kind="stable")].reset_index(drop=True)
    on_list = table[table["verdict"] == _VERDICTS[0]]
    first = on_list.iloc[0] if len(on_list) else None
    return Answer(
        status="no evidence" if first is None else "answered",
        headline=_headline(table),
        estimate=None if first is None else float(first["odds_ratio"]),
        interval=None if first is None else (float(first["odds_low"]), float(first["odds_high"])),
        unit="" if first is None else f"times the odds of winning for a point of {first['item']}",
        table=table,
        pictures=(_map(table), _effects(table), _ranks(found, table)),
        method=_METHOD.format(respondents=found.respondents),
        sources=_SOURCES,
        caveats=found.notes,
    )


def _headline(table: pd.DataFrame) -> str:
    rows = table[table["verdict"] == _VERDICTS[0]].to_dict("records")
    held = table.loc[table["verdict"] == _VERDICTS[1], "item"].tolist()
    hold = f" Hold the lead in {listed(held)}." if held else ""
    if not rows:
        return (
            "In no item are we both behind the best rival and seen to win more for doing better."
            + hold
        )
    names = [
        f"{row['item']} (odds of winning x {row['odds_ratio']:.1f} a point, "
        f"{between(row['odds_low'], row['odds_high'], '{:.1f}'.format)}; {row['gap']:.1f} behind)"
        for row in rows
    ]
    return f"Be best in {listed(names)}.{hold}"


def _map(table: pd.DataFrame) -> Picture:
    here = table.loc[table["verdict"] == _VERDICTS[0], "item"].tolist()
    return Picture(
        title="Behind the best rival, and what moves deals",
        finding=(
            f"Behind, and it moves deals: {listed(here)}."
            if here
            else "Where we are behind, no effect on winning is seen."
        ),
        table=table[["item", "gap", "odds_ratio", "importance", "verdict"]],
        draw=partial(
            position_map,
            name="item",
            x="gap",
            y="odds_ratio",
            group="verdict",
            x_axis="points behind the best rival",
            y_axis="odds of winning, times a point",
            x_cuts=[0.0],
            y_cuts=[1.0],
            order=_VERDICTS,
        ),
        about="gaps",
    )


def _effects(table: pd.DataFrame) -> Picture:
    shown = table.sort_values("odds_ratio", ascending=False, ignore_index=True)
    first = shown.iloc[0]
    moving = shown["verdict"].isin(_VERDICTS[:2]).sum()
    return Picture(
        title="What a point more does to the odds of winning",
        finding=(
            f"{moving} of {len(shown)} items move deals beyond chance; most of all {first['item']}."
            if moving
            else "No item moves deals beyond chance."
        ),
        table=shown[["item", "odds_ratio", "odds_low", "odds_high", "verdict"]],
        draw=partial(
            intervals,
            name="item",
            estimate="odds_ratio",
            low="odds_low",
            high="odds_high",
            axis="odds of winning, times a point (line: 90 % interval)",
            group="verdict",
            order=_VERDICTS,
            level=(1.0, "no effect"),
        ),
        about="effects",
    )


def _ranks(found: BestInClass, table: pd.DataFrame) -> Picture:
    shown = table.sort_values(["rank", "rank_high"], ignore_index=True)
    first = shown.iloc[0]
    return Picture(
        title="How sure the order of gains is",
        finding=(
            f"{begun(first['item'])} is in place {first['rank_low']} to {first['rank_high']} "
            f"in {100 * found.confidence:.0f} % of samples of the buyers."
        ),
        table=shown[["item", "rank", "rank_low", "rank_high", "gain", "verdict"]],
        draw=partial(
            intervals,
            name="item",
            estimate="rank",
            low="rank_low",
            high="rank_high",
            axis="place by gain (1: largest; line: 90 % interval)",
        ),
        about="ranks",
    )
