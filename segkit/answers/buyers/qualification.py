"""S11: which qualification framework tells which deals will be won."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.wording import between, listed, share
from segkit.charts import Picture, bars, intervals
from segkit.process import Qualification, qualify
from segkit.tables import CompanyTables

__all__ = ["which_qualification_tells"]

_FAST = 0.1  # a plan is feasible if one in ten won deals went as fast
_ALPHA = 0.05
_METHOD = (
    "Scores of 0 to 3 by dimension; unknown is not 0. Each framework's weights are learnt by a "
    "ridge logit and judged on deals that they were not learnt from: AUC, the chance that a won "
    "deal scores above a lost one (DeLong's interval; p-values adjusted by Holm's method). Stuck "
    "deals count as not won."
)
_SOURCES = (
    "DeLong, DeLong & Clarke-Pearson 1988 (areas under ROC curves)",
    "Hoerl & Kennard 1970; le Cessie & van Houwelingen 1992 (ridge logit)",
    "Holm 1979",
)
_HINDSIGHT = (
    "Scores must have been noted before the outcome was known: noted afterwards they foretell "
    "what has happened."
)


def which_qualification_tells(company: CompanyTables) -> Answer:
    """Answer S11: frameworks compared, what each dimension is worth, flags of goal and plan."""
    deals, scores = company["opportunities"], company["qualification"]
    least = _least_days(deals)
    found = qualify(
        scores.merge(deals[["opp_id", "outcome"]], on="opp_id", how="left"),
        deal="opp_id",
        lost=("refused", "stuck"),
        quantified="quantified" if "quantified" in scores else None,
        days="timeline_days" if "timeline_days" in scores else None,
        least_days=least,
    )
    if found.comparison.empty:
        return Answer(
            status="not enough data",
            headline=f"Too few deals to learn what their scores are worth. {found.notes[-1]}",
            table=_dimensions(found),
            method=_METHOD,
            sources=_SOURCES,
            caveats=found.notes,
        )
    single = found.comparison[found.comparison["framework"] != "together"]
    best = single.nlargest(1, "auc").to_dict("records")[0]
    return Answer(
        status="answered" if best["low"] > 0.5 else "no evidence",
        headline=_headline(found, best),
        estimate=best["auc"],
        interval=(best["low"], best["high"]),
        unit=f"AUC of {best['framework']}",
        table=_dimensions(found),
        pictures=(
            _compared(found),
            _weights(found, best["framework"]),
            _known(found),
            *_flags(found),
        ),
        method=_METHOD,
        sources=_SOURCES,
        caveats=(*found.notes, _HINDSIGHT, *_plan_note(found, least)),
    )


def _least_days(deals: pd.DataFrame) -> float:
    """Give the days in which the fastest tenth of won deals closed."""
    if not {"created", "closed"} <= set(deals):
        return 0.0
    won = deals[deals["outcome"] == "won"]
    days = (won["closed"] - won["created"]).dt.days.dropna()
    return float(days.quantile(_FAST)) if len(days) else 0.0


def _headline(found: Qualification, best: dict[Any, Any]) -> str:
    name = best["framework"]
    words = f"{name} tells won from lost deals with an AUC of {_two(best['auc'])} "
    words += f"({between(best['low'], best['high'], _two)})"
    if best["low"] <= 0.5:
        return f"{words}: no better than chance."
    pairs = found.differences[
        ((found.differences["first"] == name) | (found.differences["second"] == name))
        & (found.differences["first"] != "together")
        & (found.differences["second"] != "together")
    ]
    sure = pairs[pairs["p_adjusted"] < _ALPHA]
    beaten = [
        row["second"] if row["first"] == name else row["first"] for row in sure.to_dict("records")
    ]
    words += f", better than {listed(beaten)}" if beaten else ""
    own = found.dimensions[found.dimensions["framework"] == name]
    return f"{words}{_strongest(own)}."


def _strongest(own: pd.DataFrame) -> str:
    """Name the dimensions that tell most, where the others surely tell less."""
    rows = own.sort_values("weight", ascending=False).to_dict("records")
    top = [row["dimension"] for row in rows if row["high"] >= rows[0]["low"]]
    if len(top) == len(rows):
        return ""
    return f"; of its dimensions {listed(top)} {'tells' if len(top) == 1 else 'tell'} most"


def _dimensions(found: Qualification) -> pd.DataFrame:
    return found.dimensions.round(3)


def _compared(found: Qualification) -> Picture:
    table = found.comparison.sort_values("auc", ascending=False, ignore_index=True).round(4)
    words = [f"{row['framework']} {_two(row['auc'])}" for row in table.to_dict("records")]
    return Picture(
        title="How well each framework tells won from lost deals",
        finding=f"The chance that a won deal scores above a lost one: {listed(words)}.",
        table=table,
        draw=partial(
            intervals,
            name="framework",
            estimate="auc",
            low="low",
            high="high",
            axis="AUC on unseen deals (line: 90 % interval)",
            level=(0.5, "chance"),
        ),
    )


def _weights(found: Qualification, best: str) -> Picture:
    rows = found.dimensions[found.dimensions["framework"] == best]
    table = rows.sort_values("weight", ascending=False, ignore_index=True).round(3)
    top = table.iloc[0]
    return Picture(
        title=f"What a point in each dimension of {best} is worth",
        finding=(
            f"A point more in {top['dimension']} multiplies the odds of winning by "
            f"{2.718281828 ** top['weight']:.1f}."
        ),
        table=table[["dimension", "known", "weight", "low", "high", "strength"]],
        draw=partial(
            intervals,
            name="dimension",
            estimate="weight",
            low="low",
            high="high",
            axis="log odds a point (0: tells nothing; line: 90 % interval)",
            level=(0.0, "nothing"),
        ),
    )


def _known(found: Qualification) -> Picture:
    table = found.dimensions.sort_values(["framework", "known"], ignore_index=True)
    least = table.nsmallest(1, "known").to_dict("records")[0]
    table = pd.DataFrame(
        {
            "dimension": table["framework"] + ": " + table["dimension"],
            "framework": table["framework"],
            "known": table["known"].round(4),
        }
    )
    return Picture(
        title="How much is known of the deals",
        finding=(
            f"Least is known of {least['dimension']} ({least['framework']}): "
            f"{share(least['known'])} of its deals have a score."
        ),
        table=table,
        draw=partial(
            bars,
            name="dimension",
            value="known",
            axis="share of deals with a score",
            tickformat=".0%",
        ),
    )


def _flags(found: Qualification) -> tuple[Picture, ...]:
    if found.flags.empty:
        return ()
    rows = found.flags.to_dict("records")
    words = [
        f"with a {row['what']} {share(row['win_rate_with'])} are won, without "
        f"{share(row['win_rate_without'])}"
        for row in rows
    ]
    columns = ["what", "deals_with", "win_rate_with", "win_rate_without", "ratio", "low", "high"]
    table = found.flags[columns].round(4).assign(verdict=found.flags["verdict"])
    return (
        Picture(
            title="Win rates with a quantified goal and a feasible plan",
            finding=f"Of the deals {'; '.join(words)}.",
            table=table,
            draw=partial(
                intervals,
                name="what",
                estimate="ratio",
                low="low",
                high="high",
                group="verdict",
                axis="win rate with / without (1: no difference; line: 90 % interval)",
                level=(1.0, "no difference"),
            ),
        ),
    )


def _plan_note(found: Qualification, least: float) -> tuple[str, ...]:
    if found.flags.empty or "feasible plan" not in set(found.flags["what"]):
        return ()
    words = (
        f"A plan counts as feasible if it scores 2 or 3 and leaves at least {least:.0f} days, in "
        "which one in ten won deals was closed."
    )
    return (words,)


def _two(value: float) -> str:
    return f"{value:.2f}"
