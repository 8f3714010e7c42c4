"""B4: what buyers value in working with the team, and how well it is done."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.quadrants import CONCENTRATE, SURE, draw_quadrants, sure_places
from segkit.answers.wording import begun, between, count, listed, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.intervals import mean_interval
from segkit.surveys import QUADRANTS, ImportancePerformance, importance_performance
from segkit.tables import CompanyTables

__all__ = ["valued_in_engagement"]

_FEWEST = 10
_NEARLY = 0.994
_METHOD = (
    "Mean importance and performance, parted at their means over all items. The share of 1,000 "
    "samples of the buyers in which an item keeps its quadrant says how sure it is. Derived "
    "importance is the relative weight of an item in satisfaction overall: what moves buyers, "
    "whatever they say. Intervals of gaps are Student's, 90 %."
)
_SOURCES = (
    "Martilla & James 1977 (importance-performance analysis)",
    "Johnson 2000 (relative weights)",
)


def valued_in_engagement(company: CompanyTables) -> Answer:
    """Answer B4: on what to concentrate in working with buyers."""
    ratings = company["engagement_survey"]
    respondents = ratings["respondent"].nunique()
    if respondents < _FEWEST:
        raise DataError(
            f"{count(respondents)} buyers rated the team; quadrants take at least {_FEWEST}."
        )
    has_overall = "overall" in ratings and ratings["overall"].notna().any()
    found = importance_performance(
        ratings,
        "performance",
        importance="importance",
        item="item",
        respondent="respondent",
        overall="overall" if has_overall else None,
    )
    table = found.table.merge(_gaps(ratings), on="item").round(3)
    table = table.rename(columns={"share": "sure"}).drop(columns="distance")
    table = table.sort_values("gap", ascending=False, ignore_index=True)
    first = table.iloc[0]
    pictures = [_map(found, table), _distances(table)]
    if table["derived"].notna().any():
        pictures.append(_derived(table))
    return Answer(
        status="answered",
        headline=_headline(table),
        estimate=float(first["gap"]),
        interval=(float(first["low"]), float(first["high"])),
        unit=f"points by which the importance of {first['item']} exceeds how well it is done",
        table=table,
        pictures=tuple(pictures),
        method=_METHOD,
        sources=_SOURCES,
        caveats=found.notes,
    )


def _gaps(ratings: pd.DataFrame) -> pd.DataFrame:
    gap = ratings["importance"] - ratings["performance"]
    table = gap.groupby(ratings["item"].astype("str")).agg(["mean", "std", "count"])
    low, high = mean_interval(table["mean"], table["std"], table["count"])
    return pd.DataFrame({"gap": table["mean"], "low": low, "high": high}).reset_index()


def _headline(table: pd.DataFrame) -> str:
    here = table[table["quadrant"] == CONCENTRATE]
    sure = here.loc[here["sure"] >= SURE]
    if here.empty:
        return "Nothing that matters more than most is done worse than most."
    if sure.empty:
        return (
            f"Perhaps concentrate on {listed(here['item'].tolist())}, but other samples of these "
            "buyers would place them elsewhere."
        )
    names = [
        f"{row['item']} (importance {row['importance']:.1f}, performance {row['performance']:.1f})"
        for row in sure.to_dict("records")
    ]
    surely = float(sure["sure"].min())
    often = "nearly all samples" if surely > _NEARLY else f"at least {share(surely)} of samples"
    return (
        f"Concentrate on {listed(names)}: more important to buyers than most, and done worse than "
        f"most, in {often}."
    )


def _map(found: ImportancePerformance, table: pd.DataFrame) -> Picture:
    table = table.assign(place=sure_places(table["quadrant"], table["sure"]))
    here = table.loc[table["place"] == CONCENTRATE, "item"].tolist()
    return Picture(
        title="What matters to buyers, and how well we do it",
        finding=(
            f"Important and done below average: {listed(here)}."
            if here
            else "Nothing important is surely done below average."
        ),
        table=table[["item", "importance", "performance", "place", "sure"]],
        draw=draw_quadrants(
            "place",
            x="performance",
            y="importance",
            x_axis="how well we do it",
            y_axis="importance",
            x_cuts=[found.performance_cut],
            y_cuts=[found.importance_cut],
        ),
        about="quadrants",
    )


def _distances(table: pd.DataFrame) -> Picture:
    first, last = table.iloc[0], table.iloc[-1]
    return Picture(
        title="How far performance lies below importance",
        finding=(
            f"{begun(first['item'])} falls {first['gap']:.1f} points short of its importance "
            f"({between(first['low'], first['high'], '{:.1f}'.format)}); {last['item']} least."
        ),
        table=table[["item", "gap", "low", "high", "quadrant"]],
        draw=partial(
            intervals,
            name="item",
            estimate="gap",
            axis="importance - performance, points (line: 90 % interval)",
            group="quadrant",
            order=QUADRANTS[::-1],
            level=(0.0, "equal"),
        ),
        about="gaps",
    )


def _derived(table: pd.DataFrame) -> Picture:
    shown = table.sort_values("derived", ascending=False, ignore_index=True)
    shown["weight"] = (shown["derived"] / shown["derived"].sum()).round(4)
    cuts = float(shown["weight"].mean()), float(shown["importance"].mean())
    both = shown[(shown["weight"] >= cuts[0]) & (shown["importance"] >= cuts[1])]["item"].tolist()
    return Picture(
        title="What buyers say matters, and what moves their satisfaction",
        finding=(
            f"Both said and seen to matter more than most: {listed(both)}."
            if both
            else "What buyers call important is not what moves their satisfaction."
        ),
        table=shown[["item", "importance", "weight", "quadrant"]],
        draw=draw_quadrants(
            "quadrant",
            x="weight",
            y="importance",
            x_axis="share of explained satisfaction",
            y_axis="importance as stated",
            x_cuts=[cuts[0]],
            y_cuts=[cuts[1]],
            x_format=".0%",
        ),
        about="derived",
    )
