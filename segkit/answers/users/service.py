"""U5: what users value in dealing with us."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.quadrants import CONCENTRATE, KEEP_UP, draw_quadrants, sure_places
from segkit.answers.users.kano_pictures import kano_rows
from segkit.answers.wording import begun, between, count, listed, share
from segkit.charts import Picture, bars, intervals
from segkit.errors import DataError
from segkit.surveys import (
    Kano,
    NetPromoters,
    RelativeWeights,
    importance_performance,
    kano,
    nps,
    relative_weights,
)
from segkit.tables import CompanyTables

__all__ = ["valued_in_service"]

_FEWEST = 10
_KINDS = ("detractor", "passive", "promoter")
_METHOD = (
    "Net promoter score: share of 9 and 10 less share of 0 to 6, with standard error and Bonett & "
    "Price's 90 % interval; groups are compared by the pooled standard error, adjusted by Holm. "
    "Drivers: Johnson's relative weights share the explained variance of the score among ratings "
    "that hang together; intervals from 1,000 samples. They show what goes with the score, not "
    "what causes it."
)
_SOURCES = (
    "Reichheld 2003 (net promoter score)",
    "Bonett & Price 2012 (difference of two shares of one sample)",
    "Johnson 2000 (relative weights)",
)


def valued_in_service(company: CompanyTables) -> Answer:
    """Answer U5: net promoter score with its error, and what drives it."""
    survey = company["nps_survey"]
    segments = _segments(company, survey)
    found = nps(survey.assign(group=segments), "group", score="score")
    if found.answers < _FEWEST:
        raise DataError(f"{count(found.answers)} users answered; a score takes {_FEWEST}.")
    drivers = _drivers(survey)
    weights, caveats = _weighed(survey, drivers)
    pictures = [_scores(survey, found)]
    if len(found.groups) > 1:
        pictures.append(_groups(found))
    if weights is not None:
        pictures += [_weights(weights), _places(survey, drivers)]
    asked = _service_features(company, drivers)
    if asked is not None:
        pictures.append(kano_rows(_kano(asked), "Service: won with it, lost without it"))
    return Answer(
        status="answered",
        headline=_headline(found, weights),
        estimate=round(found.nps, 2),
        interval=found.interval,
        unit="points of net promoter score, -100 to 100",
        table=_table(survey, found, weights),
        pictures=tuple(pictures),
        method=_METHOD,
        sources=_SOURCES,
        caveats=(*found.notes, *caveats),
    )


def _kano(survey: pd.DataFrame) -> Kano:
    """Sort the features of a survey by Kano's categories."""
    return kano(survey, "dysfunctional", functional="functional", feature="feature")


def _segments(company: CompanyTables, survey: pd.DataFrame) -> pd.Series[str]:
    accounts = company.tables.get("accounts")
    if accounts is None or not {"segment"} <= set(accounts) or "account_id" not in survey:
        return pd.Series("all", index=survey.index, dtype="str")
    return survey["account_id"].map(accounts.set_index("account_id")["segment"])


def _drivers(survey: pd.DataFrame) -> list[str]:
    """List the ratings that could drive the score: all numbers but the score itself."""
    numbers = survey.select_dtypes("number").columns
    return [name for name in numbers if name != "score" and survey[name].notna().any()]


def _weighed(
    survey: pd.DataFrame, drivers: list[str]
) -> tuple[RelativeWeights | None, tuple[str, ...]]:
    if not drivers:
        return None, ("No ratings stand beside the score: what drives it is not known.",)
    try:
        found = relative_weights(survey, "score", drivers=drivers)
    except DataError as refusal:
        return None, (f"What drives the score is not known. {refusal}",)
    return found, found.notes


def _service_features(company: CompanyTables, drivers: list[str]) -> pd.DataFrame | None:
    """Take the features that bear the name of a driver: those are service, not product."""
    survey = company.tables.get("kano_survey")
    if survey is None:
        return None
    names = {_words(driver).casefold() for driver in drivers}
    asked = survey[survey["feature"].map(lambda name: _words(name).casefold()).isin(names)]
    return asked if len(asked) else None


def _headline(found: NetPromoters, weights: RelativeWeights | None) -> str:
    low, high = found.interval
    words = (
        f"Net promoter score {found.nps:+.0f} ({between(low, high, '{:+.0f}'.format)}) from "
        f"{count(found.answers)} answers"
    )
    if weights is None:
        return f"{words}; what drives it is not known."
    first = weights.table.iloc[0]
    return (
        f"{words}; {_words(first['driver'])} drives it most, with {share(first['share'])} of what "
        f"the ratings explain ({between(first['share_low'], first['share_high'], share)})."
    )


def _table(
    survey: pd.DataFrame, found: NetPromoters, weights: RelativeWeights | None
) -> pd.DataFrame:
    if weights is None:
        names = ("promoters", "passives", "detractors")
        counts = [getattr(found, name) for name in names]
        shares = [round(number / found.answers, 4) for number in counts]
        return pd.DataFrame({"who": names, "answers": counts, "share": shares})
    table = weights.table.round(4)
    table["mean rating"] = table["driver"].map(survey[table["driver"].tolist()].mean()).round(2)
    return table.assign(driver=table["driver"].map(_words))


def _scores(survey: pd.DataFrame, found: NetPromoters) -> Picture:
    counts = survey["score"].dropna().astype(int).value_counts()
    shares = (counts / counts.sum()).reindex(range(11), fill_value=0.0)
    kinds = [_KINDS[(score >= 7) + (score >= 9)] for score in shares.index]
    table = pd.DataFrame({"score": shares.index.astype(str), "share": shares.round(4)})
    n = found.answers
    return Picture(
        title="Would they recommend us? Scores from 0 to 10",
        finding=(
            f"{share(found.promoters / n)} promoters less {share(found.detractors / n)} detractors "
            f"is a score of {found.nps:+.0f}; its standard error is {found.se:.1f} points."
        ),
        table=table.assign(who=kinds).iloc[::-1].reset_index(drop=True),
        draw=partial(
            bars,
            name="score",
            value="share",
            axis="share of answers",
            group="who",
            order=_KINDS[::-1],
            tickformat=".0%",
        ),
        about="score",
    )


def _groups(found: NetPromoters) -> Picture:
    table = found.groups.sort_values("nps", ascending=False, ignore_index=True)
    apart = found.differences[found.differences["p_adjusted"] < 0.05]
    finding = "No two segments differ beyond chance."
    if len(apart):
        far = apart["difference"].abs().sort_values(ascending=False, kind="stable").index
        pair = apart.loc[far].to_dict("records")[0]
        ends = (pair["group"], pair["other"])
        better, worse = ends if pair["difference"] > 0 else ends[::-1]
        finding = (
            f"{better} recommend us more than {worse}, by {abs(pair['difference']):.0f} points."
        )
    return Picture(
        title="Net promoter score by segment",
        finding=finding,
        table=table[["group", "answers", "nps", "se", "low", "high"]].round(2),
        draw=partial(
            intervals,
            name="group",
            estimate="nps",
            axis="net promoter score (line: 90 % interval)",
            level=(found.nps, "all"),
        ),
        about="score",
    )


def _weights(weights: RelativeWeights) -> Picture:
    table = weights.table.assign(driver=weights.table["driver"].map(_words)).round(4)
    first = table.iloc[0]
    return Picture(
        title="What drives the score",
        finding=(
            f"{begun(first['driver'])} holds {share(first['share'])} of what the ratings "
            f"explain; together they explain {share(weights.r_squared)} of the differences."
        ),
        table=table[["driver", "share", "share_low", "share_high", "weight", "correlation"]],
        draw=partial(
            intervals,
            name="driver",
            estimate="share",
            low="share_low",
            high="share_high",
            axis="share of explained variance (line: 90 % interval)",
            tickformat=".0%",
        ),
        about="drivers",
    )


def _places(survey: pd.DataFrame, drivers: list[str]) -> Picture:
    long = survey.melt(["respondent", "score"], drivers, "driver", "rating")
    found = importance_performance(
        long.assign(driver=long["driver"].map(_words)),
        "rating",
        item="driver",
        respondent="respondent",
        overall="score",
        by="derived",
    )
    table = found.table[["item", "derived", "performance", "quadrant", "share"]].round(4)
    table["place"] = sure_places(table["quadrant"], table["share"])
    here = table.loc[table["place"] == CONCENTRATE, "item"].tolist()
    best = table.loc[table["place"] == KEEP_UP, "item"].tolist()
    finding = f"Drives the score and is rated below average: {listed(here)}." if here else ""
    finding = finding or (
        f"Drives the score and is rated above average: {listed(best)}."
        if best
        else "None is surely above or below the others both in weight and in rating."
    )
    low, high, middle = (table["performance"].agg(one) for one in ("min", "max", "mean"))
    return Picture(
        title="What drives the score, and how well it is done",
        finding=finding,
        table=table,
        draw=draw_quadrants(
            "place",
            x="performance",
            y="derived",
            x_axis="mean rating",
            y_axis="relative weight",
            x_cuts=[found.performance_cut],
            y_cuts=[found.importance_cut],
            x_range=(min(low, middle - 0.5), max(high, middle + 0.5)),
        ),
        about="drivers",
    )


def _words(name: str) -> str:
    return str(name).replace("_", " ")
