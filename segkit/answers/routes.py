"""M4: which route to market to take for each product."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.wording import between, count, listed, money, share
from segkit.charts import Picture, intervals, points
from segkit.errors import DataError
from segkit.sizing import RouteEconomics, growth, growth_share, route_economics
from segkit.tables import CompanyTables

__all__ = ["routes_to_market"]

_METHOD = (
    "Contribution of a deal won = value of the first year - cost of selling and starting the "
    "customer, with Student's 90 % interval. A route is recommended when it leaves most over in "
    "nine of ten resampled sets of deals. Cost to win: marketing and sales spending of the source "
    "the deal came from / its deals won; shared spending is spread over the sources in "
    "proportion. Payback = cost to win / monthly contribution."
)
_FEWEST_YEARS = 3
_FAST = 0.1
_SOURCES = (
    "Efron 1979 (bootstrap)",
    "Student 1908 (interval of a mean)",
    "Henderson 1970 (growth-share matrix)",
)


def routes_to_market(company: CompanyTables) -> Answer:
    """Answer M4: contribution, cost to win and payback of each route, product by product."""
    deals = company["opportunities"]
    won = deals[deals["outcome"] == "won"]
    if won.empty:
        raise DataError("No deal was won: routes cannot be compared.")
    costs, note = _cost_to_win(company, won)
    found = route_economics(
        won.assign(cost_to_win=costs),
        product="product",
        route="channel",
        value="value",
        cost="delivery_cost",
        cost_to_win="cost_to_win" if costs.notna().any() else None,
    )
    sure = found.best[found.best["verdict"] == "recommended"]
    top = sure.nlargest(1, "contribution").to_dict("records")
    row = _row(found, top[0]["product"], top[0]["route"]) if top else None
    thin = (found.best["verdict"] == "not enough data").all()
    return Answer(
        question="M4",
        status="answered" if top else "not enough data" if thin else "no evidence",
        headline=_headline(found, company.settings.currency),
        estimate=row["contribution"] if row else None,
        interval=(row["low"], row["high"]) if row else None,
        unit=f"{company.settings.currency} a deal, {row['product']} {row['route']}" if row else "",
        table=_table(found),
        pictures=(_contributions(found, company.settings.currency), *_markets(company)),
        method=_METHOD,
        sources=_SOURCES,
        caveats=(*found.notes, *note),
    )


def _cost_to_win(company: CompanyTables, won: pd.DataFrame) -> tuple[pd.Series, tuple[str, ...]]:
    """Spread marketing and sales spending over the deals that each source won meanwhile."""
    spent = company.tables.get("gtm_costs")
    unknown = pd.Series(np.nan, index=won.index)
    if spent is None or not {"lead_source", "closed"} <= set(won):
        return unknown, ("Cost to win is not known: it needs gtm_costs, and deals with a source.",)
    # Deals are counted over the months for which the spending is known.
    closed = won["closed"].dt.to_period("M")
    months = spent["month"].dt.to_period("M")
    counted = won[closed.between(months.min(), months.max())]
    by_channel = spent.groupby("channel")["amount"].sum()
    direct = by_channel.drop("shared", errors="ignore")
    if direct.sum() <= 0:
        return unknown, ("Cost to win is not known: no spending is given by source.",)
    loaded = direct * by_channel.sum() / direct.sum()
    each = loaded / counted["lead_source"].value_counts()
    return won["lead_source"].map(each).astype(float), ()


def _row(found: RouteEconomics, product: str, route: str) -> dict[str, float]:
    rows = found.table[(found.table["product"] == product) & (found.table["route"] == route)]
    record: dict[str, float] = rows.to_dict("records")[0]  # type: ignore[assignment]  # keys are names
    return record


def _table(found: RouteEconomics) -> pd.DataFrame:
    digits = {"contribution": 0, "low": 0, "high": 0, "cost_to_win": 0, "payback_months": 1}
    best = found.best.set_index("product")
    table = found.table.round({**digits, "chance_best": 3})
    chosen = table["product"].map(best["route"]) == table["route"]
    return table.assign(verdict=table["product"].map(best["verdict"]).where(chosen, ""))


def _headline(found: RouteEconomics, currency: str) -> str:
    sure = found.best[found.best["verdict"] == "recommended"]
    open_ = found.best[found.best["verdict"] != "recommended"]
    parts = []
    for best in sure.to_dict("records"):
        row = _row(found, best["product"], best["route"])
        ends = between(row["low"], row["high"], lambda value: money(value, currency))
        parts.append(
            f"{best['product']} {best['route']} ({money(row['contribution'], currency)} a deal, "
            f"{ends})"
        )
    rest = [f"{row['product']} ({_unsettled(row)})" for row in open_.to_dict("records")]
    if not parts:
        return f"No route is clearly best: {listed(rest)}."
    end = f"; not settled: {listed(rest)}" if rest else ""
    return f"Leaves most over: {listed(parts)}{end}."


def _unsettled(best: Mapping[Hashable, Any]) -> str:
    if best["verdict"] != "too close to call":
        return str(best["verdict"])
    return f"{best['route']} leads, the best in {share(best['chance_best'])} of resampled deals"


def _contributions(found: RouteEconomics, currency: str) -> Picture:
    table = _table(found).dropna(subset="low")
    losing = table[table["high"] < 0]
    finding = (
        f"{count(len(losing))} of {count(len(table))} ways lose money on each deal: "
        f"{listed([f'{a} {b}' for a, b in zip(losing['product'], losing['route'], strict=True)])}."
        if len(losing)
        else "No way to market surely loses money on its deals."
    )
    sure = found.best[found.best["verdict"] == "recommended"]
    if len(sure):
        chances = share(float(sure["chance_best"].min()))
        finding += f" Each recommended route is best in at least {chances} of resampled deals."
    return Picture(
        title="What a deal leaves over, by product and route",
        finding=finding,
        table=table.reset_index(drop=True),
        draw=partial(
            intervals,
            name="product",
            estimate="contribution",
            low="low",
            high="high",
            axis=f"{currency} a deal won (dot: mean, line: 90 % interval)",
            group="route",
        ),
    )


def _markets(company: CompanyTables) -> tuple[Picture, ...]:
    """Place each segment by its growth and our share, where the history tells both."""
    history = company.tables.get("market_history")
    if history is None or "vendor" not in history:
        return ()
    own = _own_name(company, history)
    if own is None:
        return ()
    placed = _placed(history, own)
    if placed.empty:
        return ()
    leading = placed[placed["relative_share"] >= 1]
    names = listed(leading["item"].tolist()) if len(leading) else "no segment"
    return (
        Picture(
            title="Growth of each segment, and our share of it",
            finding=f"We lead in {names}; {count(int((placed['growth'] >= _FAST).sum()))} of "
            f"{count(len(placed))} segments grow by {share(_FAST)} a year or more.",
            table=placed.round(4),
            draw=partial(
                points,
                name="item",
                x="relative_share",
                y="growth",
                x_axis="our revenue / that of the largest rival",
                y_axis="growth of the segment a year",
                x_cut=1.0,
                y_cut=_FAST,
                group="quadrant",
                log_x=True,
            ),
        ),
    )


def _own_name(company: CompanyTables, history: pd.DataFrame) -> str | None:
    """Find ourselves among the vendors by the company's name."""
    return next(
        (name for name in history["vendor"].unique() if name == company.settings.company), None
    )


def _placed(history: pd.DataFrame, own: str) -> pd.DataFrame:
    rows = []
    for segment, part in history.groupby("segment", sort=True):
        yearly = part.groupby("year")["revenue"].sum()
        last = part[part["year"] == part["year"].max()].groupby("vendor")["revenue"].sum()
        rivals = last.drop(own, errors="ignore")
        if len(yearly) >= _FEWEST_YEARS and own in last and len(rivals) and rivals.max() > 0:
            try:
                rate = growth(yearly.index, yearly).trend
            except DataError:  # a year is missing
                continue
            rows.append((segment, last[own], rivals.max(), rate))
    table = pd.DataFrame(rows, columns=["segment", "us", "rival", "growth"])
    return growth_share(
        table, item="segment", own="us", largest_rival="rival", growth="growth", growth_cut=_FAST
    )
