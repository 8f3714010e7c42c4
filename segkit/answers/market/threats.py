"""M7: opportunities and threats, their evidence, and how we respond."""

from __future__ import annotations

from functools import partial

import pandas as pd
import plotly.graph_objects as go

from segkit.answers.answer import Answer
from segkit.answers.market.strengths import rated_strengths
from segkit.answers.market.swot import swot
from segkit.answers.wording import between, count, listed
from segkit.charts import Picture, bars, intervals
from segkit.errors import DataError
from segkit.sizing import (
    FactorEvaluation,
    Strengths,
    evaluate_factors,
    find_trends,
    need_changes,
    tows_pairs,
)
from segkit.tables import CompanyTables

__all__ = ["opportunities_and_threats"]

_SHOWN_PAIRS = 8
_TABLES = {"trend_signals": "trend", "needs_waves": "need", "market_history": "price"}
_MOVES = {"up": "rises", "down": "falls", "none": "does not move beyond chance"}
_METHOD = (
    "Evidence comes from the tables: trends (Mann-Kendall), needs (Cochran-Armitage) and what one "
    "customer pays each vendor, against the others (Mann-Kendall), each family adjusted together "
    "(Holm). The external factor evaluation weighs how well we respond (1 poor to 4 superior; 2.5 "
    "is average) by how much a factor matters, as the management team judged it; its interval says "
    "what becomes of it if a weight of average size were wrong by a quarter. Pairs with strengths "
    "and weaknesses are ranked by impact (the product of both weights) x likelihood that they tell "
    "(how far both ratings lie from average)."
)
_SOURCES = (
    "David 1986 (external factor evaluation)",
    "Weihrich 1982 (TOWS matrix)",
    "Mann 1945; Kendall 1975; Cochran 1954; Armitage 1955",
)


def opportunities_and_threats(company: CompanyTables) -> Answer:
    """Answer M7: what comes from outside, how sure it is, and what to do first."""
    evidence = _evidence(company)
    factors = company.tables.get("external_factors")
    if factors is None:
        return _evidence_only(evidence)
    found = evaluate_factors(
        factors, factor="factor", kind="kind", weight="weight", rating="rating"
    )
    table = _judged(found, factors, evidence)
    strengths, notes = _strengths(company)
    pairs = pd.DataFrame() if strengths is None else tows_pairs(strengths.table, found.table)
    return Answer(
        status="answered",
        headline=_headline(found, table, pairs),
        estimate=found.score,
        interval=found.interval,
        unit="external factor evaluation, 1 to 4 (2.5: average response)",
        table=table,
        pictures=(
            _factors(found, table),
            *_first_pairs(pairs.round(4)),
            *(() if strengths is None else (swot(strengths.table, table),)),
            *_changes(evidence),
        ),
        method=_METHOD,
        sources=_SOURCES,
        caveats=("Weights and ratings are judgements of the team, not measurements.", *notes),
    )


def _evidence(company: CompanyTables) -> pd.DataFrame:
    """Gather what moves outside, each with its interval."""
    trends = find_trends(company["trend_signals"], time="month", series="topic", value="index")
    needs = need_changes(company["needs_waves"], wave="wave", need="need", rating="importance")
    parts = [
        _rows("trend", trends.table, "series", "slope", "points a year"),
        _rows("need", needs.table, "need", "change", "share of answers, first to last wave"),
    ]
    prices = _relative_prices(company["market_history"])
    if len(prices):
        priced = find_trends(prices, time="year", series="vendor", value="relative", period=1).table
        parts.append(_rows("price", priced, "series", "slope", "a year, relative to the others"))
    table = pd.concat(parts, ignore_index=True)
    directions = {"rising": "up", "falling": "down", "stable": "none"}
    return table.assign(moves=table["moves"].replace(directions)).round(4)


def _rows(source: str, table: pd.DataFrame, name: str, effect: str, unit: str) -> pd.DataFrame:
    columns = {name: "what", effect: "effect", "low": "low", "high": "high", "verdict": "moves"}
    return table.rename(columns=columns)[[*columns.values()]].assign(source=source, unit=unit)


def _relative_prices(history: pd.DataFrame) -> pd.DataFrame:
    """Relate what a customer pays a vendor to what customers pay all others, year by year."""
    if not {"vendor", "customers", "revenue"} <= set(history):
        return pd.DataFrame()
    yearly = history.groupby(["year", "vendor"])[["customers", "revenue"]].sum().reset_index()
    total = yearly.groupby("year")[["customers", "revenue"]].transform("sum")
    rest = total - yearly[["customers", "revenue"]]
    own = yearly["revenue"] / yearly["customers"]
    others = rest["revenue"] / rest["customers"]
    known = (yearly["customers"] > 0) & (rest["customers"] > 0) & (rest["revenue"] > 0)
    return yearly.assign(relative=own / others)[known]


def _evidence_only(evidence: pd.DataFrame) -> Answer:
    moving = evidence[evidence["moves"].isin(["up", "down"])]
    names = [f"{row['what']} ({row['moves']})" for row in moving.to_dict("records")]
    thin = bool(evidence["moves"].eq("not enough data").all())
    nothing = (
        "Neither trends nor needs nor prices go back far enough to tell what moves outside."
        if thin
        else "Nothing outside moves beyond chance."
    )
    return Answer(
        status="answered" if names else "not enough data" if thin else "no evidence",
        headline=(
            f"Outside, {listed(names)} move beyond chance; nobody has yet judged which of them "
            "help and which harm."
            if names
            else nothing
        ),
        table=evidence,
        pictures=_changes(evidence),
        method=_METHOD,
        sources=_SOURCES,
        caveats=("An evaluation needs the table external_factors: weights and ratings.",),
    )


def _judged(found: FactorEvaluation, factors: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    table = found.table
    if "evidence" in factors:
        table = table.merge(factors[["factor", "evidence"]], on="factor", how="left")
    else:
        table = table.assign(evidence=None)
    seen = [
        _seen(factor, words, evidence)
        for factor, words in zip(table["factor"], table["evidence"], strict=True)
    ]
    return table.assign(**{"seen in the tables": seen}).round(4)


def _seen(factor: object, words: object, evidence: pd.DataFrame) -> str:
    """Say what the tables show of a factor, which its evidence names as "table: row"."""
    table, _, key = str(words).partition(":")
    named = table.strip() in _TABLES
    rows = evidence[evidence["source"] == _TABLES[table.strip()]] if named else evidence
    text = (key if named else str(factor)).casefold()
    found = [row for row in rows.to_dict("records") if str(row["what"]).casefold() in text]
    if not found:
        return "not tested"
    # Of "service" and "self-service" the longer is meant.
    row = max(found, key=lambda one: len(str(one["what"])))
    return f"{row['source']} {_MOVES.get(str(row['moves']), 'has not enough data')}"


def _strengths(company: CompanyTables) -> tuple[Strengths | None, tuple[str, ...]]:
    if "attribute_ratings" not in company.tables:
        return None, ("Pairs need strengths: the table attribute_ratings is missing.",)
    try:
        return rated_strengths(company), ()
    except DataError as refusal:
        return None, (f"Pairs need strengths: {refusal}",)


def _headline(found: FactorEvaluation, table: pd.DataFrame, pairs: pd.DataFrame) -> str:
    top = {
        kind: table[table["kind"] == kind].nlargest(1, "weight")["factor"].tolist()
        for kind in ("opportunity", "threat")
    }
    parts = [f"the largest {kind} is {names[0]}" for kind, names in top.items() if names]
    words = f"{' and '.join(parts)}; " if parts else ""
    words += (
        f"our response scores {found.score:.2f} of 4 "
        f"({between(*found.interval, lambda score: f'{score:.2f}')}; 2.5 is average)"
    )
    if len(pairs):
        first = pairs.iloc[0]
        words += f"; first to act on: {first['internal']} with {first['external']}"
    return f"{words[0].upper()}{words[1:]}."


def _factors(found: FactorEvaluation, table: pd.DataFrame) -> Picture:
    weak = table[table["rating"] < found.score].nlargest(1, "weight")
    finding = (
        f"Much weight, weak response: {weak['factor'].iloc[0]} (weight "
        f"{weak['weight'].iloc[0]:.2f}, rating {weak['rating'].iloc[0]:g})."
        if len(weak)
        else "Every factor gets the same response."
    )
    shown = table.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
    named = [
        f"{name} (rated {rating:g})"
        for name, rating in zip(shown["factor"], shown["rating"], strict=True)
    ]
    return Picture(
        title="What matters, and how well we respond",
        finding=finding,
        table=shown.assign(factor=named),
        draw=partial(bars, name="factor", value="weight", axis="weight", group="kind"),
    )


def _first_pairs(pairs: pd.DataFrame) -> tuple[Picture, ...]:
    if pairs.empty:
        return ()
    table = pairs.head(_SHOWN_PAIRS)
    first = table.iloc[0]
    named = table["pair"] + ": " + table["internal"] + " with " + table["external"]
    return (
        Picture(
            title="Strengths and weaknesses meet opportunities and threats",
            finding=(
                f"{first['internal']} with {first['external']} ({first['pair']}) carries "
                f"{100 * first['score']:.0f} % of all weight."
            ),
            table=table.assign(internal=named).drop(columns="external"),
            draw=partial(
                bars,
                name="internal",
                value="score",
                axis="share of all pairs' weight",
                group="pair",
                tickformat=".0%",
            ),
        ),
    )


def _changes(evidence: pd.DataFrame) -> tuple[Picture, ...]:
    moving = int(evidence["moves"].isin(["up", "down"]).sum())
    if evidence.loc[evidence["source"] == "trend", "low"].notna().sum() == 0:
        return ()
    picture = Picture(
        title="What moves outside",
        finding=f"{count(moving)} of {count(len(evidence))} signals move beyond chance.",
        table=evidence,
        draw=_trends_drawn,
    )
    return (picture,)


def _trends_drawn(evidence: pd.DataFrame) -> go.Figure:
    """Draw the trends only: needs and prices have other units."""
    trends = evidence[(evidence["source"] == "trend") & evidence["low"].notna()]
    return intervals(
        trends.sort_values("effect", ascending=False),
        name="what",
        estimate="effect",
        low="low",
        high="high",
        axis="trends, points a year (line: 90 % interval)",
        group="moves",
    )
