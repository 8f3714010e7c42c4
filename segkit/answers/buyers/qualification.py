"""S11: which qualification framework tells which deals will be won."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.buyers.qualification_pictures import qualification_pictures, two_digits
from segkit.answers.wording import between, count, listed
from segkit.process import Qualification, qualify
from segkit.tables import CompanyTables

__all__ = ["which_qualification_tells"]

_FAST = 0.1  # a plan is feasible if one in ten won deals went as fast
_ALPHA = 0.05
_SELLER = "rep_id"
_METHOD = (
    "Scores of 0 to 3 by dimension; unknown is not 0. Each framework's weights are learnt by a "
    "ridge logit and judged on deals that they were not learnt from: AUC, the chance that a won "
    "deal scores above a lost one (DeLong's interval; p-values adjusted by Holm's method). Stuck "
    "deals count as not won. What a score does to the chance of winning is averaged over all deals "
    "(partial dependence). Whether a point is worth as much with each seller is Cochran's Q over "
    "their weights."
)
_SOURCES = (
    "DeLong, DeLong & Clarke-Pearson 1988 (areas under ROC curves)",
    "Hoerl & Kennard 1970; le Cessie & van Houwelingen 1992 (ridge logit)",
    "Friedman 2001 (partial dependence)",
    "Cochran 1954 (homogeneity of estimates); Holm 1979",
)
_HINDSIGHT = (
    "Scores must have been noted before the outcome was known: noted afterwards they foretell "
    "what has happened."
)


def which_qualification_tells(company: CompanyTables) -> Answer:
    """Answer S11: frameworks compared, what each dimension is worth, flags of goal and plan."""
    deals, scores = company["opportunities"], company["qualification"]
    least = _least_days(deals)
    known = deals[[name for name in ("opp_id", "outcome", _SELLER) if name in deals]]
    found = qualify(
        scores.merge(known, on="opp_id", how="left"),
        deal="opp_id",
        lost=("refused", "stuck"),
        rep=_SELLER if _SELLER in deals else None,
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
        pictures=qualification_pictures(found, best["framework"]),
        method=_METHOD,
        sources=_SOURCES,
        caveats=(*found.notes, _HINDSIGHT, *_plan_note(found, least), *_seller_note(found)),
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
    words = f"{name} tells won from lost deals with an AUC of {two_digits(best['auc'])} "
    words += f"({between(best['low'], best['high'], two_digits)})"
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


def _plan_note(found: Qualification, least: float) -> tuple[str, ...]:
    if found.flags.empty or "feasible plan" not in set(found.flags["what"]):
        return ()
    words = (
        f"A plan counts as feasible if it scores 2 or 3 and leaves at least {least:.0f} days, in "
        "which one in ten won deals was closed."
    )
    return (words,)


def _seller_note(found: Qualification) -> tuple[str, ...]:
    """Say whether a score is worth more with some sellers than with others."""
    if found.interactions.empty:
        return ()
    differing = found.interactions[found.interactions["verdict"] == "differs"]
    names = [f"{row['dimension']} ({row['framework']})" for row in differing.to_dict("records")]
    sellers = count(found.reps["rep"].nunique())
    if names:
        return (f"A point is not worth as much with each of {sellers} sellers in {listed(names)}.",)
    return (f"No evidence that a point is worth more with some of {sellers} sellers than others.",)
