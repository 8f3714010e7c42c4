"""S8: what the conference table says, how far its members agree, and whether the data do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer, Status
from segkit.answers.segments.conference_pictures import (
    gaps_picture,
    ranking_picture,
    weights_picture,
)
from segkit.answers.segments.customers import customer_rows
from segkit.answers.segments.disagreements import disagreements
from segkit.answers.segments.panel import criteria_weights, item_names, panel_rows
from segkit.answers.segments.panel_scores import Scored, panel_market, panel_needs
from segkit.answers.wording import between, listed, share
from segkit.charts import Picture
from segkit.consensus import (
    AHP,
    Borda,
    Concordance,
    Disagreement,
    RankComparison,
    Worths,
    ahp,
    borda,
    compare_rankings,
    kendall_w,
    plackett_luce,
    rank_disagreement,
)
from segkit.errors import DataError
from segkit.tables import CompanyTables

__all__ = ["conference_findings"]

_METHOD = (
    "Weights of criteria: analytic hierarchy process over the geometric mean of the judgements; a "
    "consistency ratio above 0.10 asks for a talk ({index}). Ranking: Borda points, bounds from "
    "resampled panelists; worth by the Plackett-Luce model. Agreement: Kendall's W. Against the "
    "data: Spearman's correlation with revenue (interval: Bonett & Wright). Needs: opportunity by "
    "the panel and by the users who miss them most. Market: the mean of the panelists' "
    "distributions, so that their disagreement widens its interval."
)
_SOURCES = (
    "Saaty 1977, 1980 (analytic hierarchy process)",
    "Borda 1784; Luce 1959, Plackett 1975 (rankings)",
    "Kendall & Babington Smith 1939 (agreement)",
    "Bonett & Wright 2000 (interval of Spearman's correlation)",
    "Ulwick 2002 (opportunity); Stone 1961 (linear opinion pool)",
)
_ALPHA = 0.10
_FIRST = 3


@dataclass(frozen=True)
class _Ranked:
    """What the panel's rankings say."""

    points: Borda
    agreement: Concordance | None
    worths: Worths
    spread: Disagreement | None
    notes: tuple[str, ...]


def conference_findings(company: CompanyTables) -> Answer:
    """Answer S8: weights, ranking, agreement of the panel, and agreement with the data."""
    weights, notes = criteria_weights(company)
    ranked, more = _tried_ranking(company)
    pairs, others = _account_weights(company)
    scores = (panel_needs(company), panel_market(company))
    notes = (*notes, *more, *others, *(note for part in scores for note in part.notes))
    if weights is None and ranked is None and pairs is None and not any(p.words for p in scores):
        raise DataError(f"The conference table holds nothing to count. {' '.join(notes)}".strip())
    names = pd.Series(item_names(company), dtype=str)
    versus, against = _against_data(company, ranked, pairs)
    status = _status(ranked)
    table = _table(ranked, weights, pairs, versus, names)
    if table.empty:
        table = next((part.table for part in scores if len(part.table)), table)
    estimate, interval, unit = _number(ranked, weights, versus)
    return Answer(
        status=status,
        headline=_headline(weights, ranked, versus, names, status, scores),
        estimate=estimate,
        interval=interval,
        unit=unit,
        table=table,
        pictures=(
            *_pictures(weights, ranked, versus, names),
            *(picture for part in scores for picture in part.pictures),
            *disagreements(company),
        ),
        method=_METHOD.format(index="none" if weights is None else weights.random_index),
        sources=_SOURCES,
        caveats=(*_to_discuss(weights), *against, *notes),
    )


def _tried_ranking(company: CompanyTables) -> tuple[_Ranked | None, tuple[str, ...]]:
    rows = panel_rows(company, "ranking").dropna(subset=["rank"])
    if rows.empty:
        return None, ()
    try:
        points = borda(rows, item="item_a")
    except DataError as refusal:
        return None, (f"The rankings cannot be counted: {refusal}",)
    notes = list(points.notes)
    agreement = spread = None
    try:
        spread = rank_disagreement(rows, item="item_a")
        agreement = kendall_w(rows, item="item_a")
        notes += [note for note in agreement.notes if note not in notes]
    except DataError as refusal:
        notes.append(str(refusal))
    try:
        worths = plackett_luce(rows, item="item_a")
    except DataError:
        # Some item is always first or last: its worth is bounded only by what others' are.
        worths = plackett_luce(rows, item="item_a", ridge=1.0)
        notes.append("Some accounts always come first or last: their worths are drawn together.")
    return _Ranked(points, agreement, worths, spread, tuple(notes)), tuple(notes)


def _account_weights(company: CompanyTables) -> tuple[AHP | None, tuple[str, ...]]:
    pairs = panel_rows(company, "accounts").dropna(subset=["ratio"])
    if pairs.empty:
        return None, ()
    try:
        return ahp(pairs), ()
    except DataError as refusal:
        return None, (f"The pairs of accounts give no weights: {refusal}",)


def _against_data(
    company: CompanyTables, ranked: _Ranked | None, pairs: AHP | None
) -> tuple[RankComparison | None, tuple[str, ...]]:
    if ranked is not None:
        panel = ranked.points.points
    elif pairs is not None:
        panel = pairs.weights
    else:
        return None, ()
    try:
        revenue = customer_rows(company)[0]["revenue"]
        found = compare_rankings(panel, revenue[revenue.index.isin(panel.index)])
    except DataError as refusal:
        return None, (f"Not compared with the data: {refusal}",)
    return found, tuple(found.notes)


def _status(ranked: _Ranked | None) -> Status:
    """Say "no evidence" where the rankings agree no more than chance would have them."""
    if ranked is None or ranked.agreement is None or ranked.agreement.p_value < _ALPHA:
        return "answered"
    return "no evidence"


def _number(
    ranked: _Ranked | None, weights: AHP | None, versus: RankComparison | None
) -> tuple[float | None, tuple[float, float] | None, str]:
    if versus is not None:
        return versus.rho, versus.interval, "rank correlation of panel and revenue"
    if ranked is not None and ranked.agreement is not None:
        found = ranked.agreement
        return found.w, _known(*found.interval), "Kendall's W, 0 to 1"
    if weights is not None:
        best = weights.table.nsmallest(1, "rank").iloc[0]
        unit = f"weight of {best['item']}"
        return float(best["weight"]), _known(best["low"], best["high"]), unit
    return None, None, ""


def _known(low: float, high: float) -> tuple[float, float] | None:
    return None if np.isnan(low) or np.isnan(high) else (float(low), float(high))


def _headline(
    weights: AHP | None,
    ranked: _Ranked | None,
    versus: RankComparison | None,
    names: pd.Series[str],
    status: Status,
    scores: tuple[Scored, ...],
) -> str:
    parts = []
    if ranked is not None:
        first = [str(names.get(one, one)) for one in ranked.points.order[:_FIRST]]
        if status == "no evidence":
            parts.append("the panel does not agree on a ranking more than chance would")
        else:
            parts.append(f"the panel puts {listed(first)} first")
        if ranked.agreement is not None:
            parts[-1] += f" (Kendall's W {ranked.agreement.w:.2f})"
    if versus is not None:
        low, high = versus.interval
        word = "agrees" if versus.agrees else "does not clearly agree"
        bounds = between(low, high, lambda end: f"{end:.2f}")
        parts.append(f"revenue {word} (rank correlation {versus.rho:.2f}, {bounds})")
    if weights is not None:
        order = weights.table.sort_values("rank", kind="stable")
        shown = [f"{row['item']} {share(row['weight'])}" for row in order.to_dict("records")]
        parts.append(f"criteria weigh {listed(shown)}")
    parts += [part.words for part in scores if part.words]
    words = "; ".join(parts) or "the panel compared pairs of accounts only"
    return f"{words[0].upper()}{words[1:]}."


def _to_discuss(weights: AHP | None) -> tuple[str, ...]:
    """Name those who contradict themselves, and the judgements to talk over."""
    if weights is None:
        return ()
    people = weights.panelists.set_index("panelist")["consistency_ratio"]
    talks = []
    for judge, rows in weights.to_discuss.groupby("judge", sort=False):
        ratio = people.get(judge, weights.consistency_ratio)
        shown = [
            f"{row['item_a']} against {row['item_b']} (said {row['ratio']:.2g}, the rest implies "
            f"{row['implied']:.2g})"
            for row in rows.to_dict("records")
        ]
        talks.append(
            f"{judge} is inconsistent (consistency ratio {ratio:.2f}): talk over {listed(shown)}."
        )
    return tuple(talks)


def _table(
    ranked: _Ranked | None,
    weights: AHP | None,
    pairs: AHP | None,
    versus: RankComparison | None,
    names: pd.Series[str],
) -> pd.DataFrame:
    """Lay out the accounts; without any, the criteria."""
    if ranked is None and pairs is None:
        return pd.DataFrame() if weights is None else weights.table.round(4)
    if ranked is not None:
        table = ranked.points.table.rename(columns={"low": "points_low", "high": "points_high"})
        worth = ranked.worths.table.set_index("item")[["worth", "log_worth", "standard_error"]]
        table = table.merge(worth, left_on="item", right_index=True, how="left")
    else:
        table = pd.DataFrame() if pairs is None else pairs.table[["item", "rank"]]
    if pairs is not None:
        table["pair_weight"] = table["item"].map(pairs.weights)
    if versus is not None:
        data = versus.table.set_index("item")
        table["revenue"] = table["item"].map(data["data"])
        table["revenue_rank"] = table["item"].map(data["data_rank"])
    if ranked is not None and ranked.spread is not None:
        table["rank_spread"] = table["item"].map(ranked.spread.table.set_index("item")["spread"])
    table.insert(1, "name", [names.get(one, one) for one in table["item"]])
    return table.round(4)


def _pictures(
    weights: AHP | None,
    ranked: _Ranked | None,
    versus: RankComparison | None,
    names: pd.Series[str],
) -> tuple[Picture, ...]:
    pictures = []
    if ranked is not None:
        pictures.append(ranking_picture(ranked.points, names))
        if versus is not None:
            pictures.append(gaps_picture(versus, names))
    if weights is not None:
        pictures.append(weights_picture(weights))
    return tuple(pictures)
