"""S7: which segments are high value, by five criteria and the panel's weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.segments.panel import criteria_weights
from segkit.answers.segments.value_criteria import CRITERIA, measured_segments
from segkit.answers.wording import between, listed, share
from segkit.charts import Picture, heatmap, intervals
from segkit.consensus import CriteriaRanking, rank_by_criteria
from segkit.errors import DataError
from segkit.tables import CompanyTables

__all__ = ["high_value_segments"]

_SOURCES = (
    "Saaty 1977 (weights from pairs)",
    "Fishburn 1967 (weighted sum of criteria)",
    "Kaplan & Meier 1958 (length of the sales cycle)",
)
_PAIRS = "the panel's pairs (analytic hierarchy process)"
_SHARES = {"fit", "revenue", "margin", "relations"}
_MEANINGS = {one.name: one.meaning for one in CRITERIA}


def high_value_segments(company: CompanyTables) -> Answer:
    """Answer S7: segments ranked by fit, revenue, margin, relations and length of the cycle."""
    measured, notes = measured_segments(company)
    used = [one for one in CRITERIA if one.name in measured]
    if len(used) < 2:
        raise DataError(f"A scorecard takes two criteria or more. {' '.join(notes)}")
    names = [one.name for one in used]
    panel, more = criteria_weights(company, names)
    weights = pd.Series(1.0, index=names)
    if panel is not None:
        weights = panel.weights.reindex(names).fillna(0.0)
    found = rank_by_criteria(
        measured,
        item="segment",
        weights=weights,
        less_is_better=[one.name for one in used if one.less_is_better],
    )
    table = _table(found, measured)
    best = table.iloc[0]
    return Answer(
        status="answered",
        headline=_headline(found, table),
        estimate=float(best["score"]),
        interval=(float(best["low"]), float(best["high"])),
        unit=f"score of {best['segment']}, 0 (worst in all) to 1 (best in all)",
        table=table.rename(columns={"revenue": "share of revenue"}),
        pictures=(_scores(table), _reasons(found)),
        method=_method(found, "none given: all alike" if panel is None else _PAIRS),
        sources=_SOURCES,
        caveats=(
            "The intervals know that the weights may be misjudged, not the error of the measures.",
            *notes,
            *more,
            *found.notes,
        ),
    )


def _method(found: CriteriaRanking, whose: str) -> str:
    measures = "; ".join(f"{name}: {_MEANINGS[name]}" for name in found.weights)
    shares = ", ".join(f"{name} {share(value)}" for name, value in found.weights.items())
    return (
        f"{measures[0].upper()}{measures[1:]}. Each is scaled from 0 (worst segment) to 1 (best) "
        f"and weighed; weights from {whose}: {shares}. To see how much hangs on them, they are "
        f"drawn anew around these, a weight of average size off by {share(found.weight_error)}: "
        "the interval, and how often a segment keeps its rank. High value: among the first third "
        "of ranks under 90 % of the weights tried; low: among the last third."
    )


def _table(found: CriteriaRanking, measured: pd.DataFrame) -> pd.DataFrame:
    table = found.table.rename(columns={"item": "segment"})
    third = max(len(table) / 3, 1.0)
    table["value"] = np.select(
        [table["rank_high"] <= third, table["rank_low"] > len(table) - third],
        ["high", "low"],
        "middle",
    )
    return table.round(4).merge(measured, on="segment", how="left")


def _headline(found: CriteriaRanking, table: pd.DataFrame) -> str:
    best, last = table.iloc[0], table.iloc[-1]
    high = table.loc[table["value"] == "high", "segment"].tolist()
    worth = f"of high value: {listed(high)}" if high else "none stands firmly in the first third"
    return (
        f"“{best['segment']}” comes first ({_why(found, best, best=True)}; first under "
        f"{share(float(best['keeps']))} of the weights tried); {worth}. Last comes "
        f"“{last['segment']}” ({_why(found, last, best=False)})."
    )


def _why(found: CriteriaRanking, row: pd.Series, *, best: bool) -> str:
    """Name the two criteria that lift a segment most, or cost it most."""
    parts = found.parts.set_index("item").loc[row["segment"]]
    weights = pd.Series(found.weights)
    counted = parts if best else weights - parts
    return listed([_valued(name, row[name]) for name in counted.nlargest(2).index])


def _valued(name: str, value: float) -> str:
    return f"{name} {share(value)}" if name in _SHARES else f"{name} {value:.0f} days"


def _scores(table: pd.DataFrame) -> Picture:
    best, second = table.iloc[0], table.iloc[1]
    firm = int((table["keeps"] >= 0.9).sum())
    return Picture(
        title="Which segments are worth most",
        finding=(
            f"“{best['segment']}” scores {best['score']:.2f} "
            f"({between(best['low'], best['high'], lambda end: f'{end:.2f}')}), the next "
            f"{second['score']:.2f}; {firm} of {len(table)} ranks hold under 90 % of the weights "
            "tried."
        ),
        table=table[["segment", "score", "low", "high", "rank", "keeps", "value"]],
        draw=partial(
            intervals,
            name="segment",
            estimate="score",
            low="low",
            high="high",
            axis="score, 0 to 1 (line: 90 % of the weights tried)",
            group="value",
        ),
        about="ranking",
    )


def _reasons(found: CriteriaRanking) -> Picture:
    table = found.scaled.rename(columns={"item": "segment"}).round(3)
    names = list(found.weights)
    heaviest = max(found.weights, key=lambda name: found.weights[name])
    last = table.iloc[-1]
    worst = [name for name in names if last[name] <= 0.1]
    return Picture(
        title="Why: each criterion from 0 (worst) to 1 (best)",
        finding=(
            f"{heaviest[0].upper()}{heaviest[1:]} weighs most ({share(found.weights[heaviest])}); "
            f"the last segment is at or near the bottom in {len(worst)} of {len(names)} criteria."
        ),
        table=table,
        draw=partial(
            heatmap,
            name="segment",
            columns=names,
            centre=0.5,
            axis="0: worst of the segments, 1: best",
            form=".2f",
        ),
        about="criteria",
    )
