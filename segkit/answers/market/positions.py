"""Where to invest, for M4: products by demand and strength, segments by growth and share."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.wording import count, listed, share
from segkit.charts import Picture, nine_cells, position_map
from segkit.errors import DataError
from segkit.sizing import (
    GE_CUTS,
    PositionMatrix,
    growth,
    growth_share,
    position_matrix,
    relative_ratings,
)
from segkit.tables import CompanyTables

__all__ = ["POSITION_METHOD", "product_positions", "segment_positions"]

POSITION_METHOD = (
    "Where to invest: each product is rated from 1 to 5 by its distance from the median product "
    "(3; one point for each half as much again). Attractive: deals opened, their growth from the "
    "earlier to the later half, value of a deal. Strong: deals won of those closed, value per cost "
    "of selling and starting, speed to close. All weigh the same; other weights are drawn to see "
    "how often a product keeps its cell (GE-McKinsey; cuts 2.33 and 3.67)."
)
_FEWEST_DEALS = 8
_FEWEST_YEARS = 4
_FAST = 0.1
_CLOSED = ("won", "refused", "stuck")
_ATTRACTIVE = ("deals opened", "growth of deals", "value of a deal")
_STRONG = ("win rate", "value per cost", "days to close")
_SLOW = "days to close"
_ADVICE = ("invest", "select", "harvest")


def product_positions(deals: pd.DataFrame) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Place products in the nine cells of demand and strength, as far as the deals tell.

    Parameters
    ----------
    deals : DataFrame
        One row a deal: product, value, outcome, delivery_cost, and where known created and closed.

    Returns
    -------
    tuple of Picture
        One, or none where the deals do not tell.
    tuple of str
        What to mind.
    """
    measured, thin = _measures(deals)
    notes = (f"Too few deals to place: {listed(thin)}.",) if thin else ()
    known = [name for name in (*_ATTRACTIVE, *_STRONG) if name in measured]
    if len(measured) < 2:
        return (), ("Products are not placed: it takes two with enough deals.",)
    more = [name for name in known if name != _SLOW]
    less = [name for name in known if name == _SLOW]
    try:
        ratings = relative_ratings(measured, item="product", more=more, less=less)
    except DataError as refusal:
        return (), (*notes, f"Products are not placed: {refusal}")
    found = position_matrix(
        ratings,
        item="product",
        attractiveness=dict.fromkeys([name for name in _ATTRACTIVE if name in known], 1.0),
        strength=dict.fromkeys([name for name in _STRONG if name in known], 1.0),
    )
    return (_cells(found, measured),), notes


def _measures(deals: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    rows, thin = [], []
    halves = _halves(deals)
    for product, part in deals.groupby("product", sort=True):
        won, closed = part[part["outcome"] == "won"], part[part["outcome"].isin(_CLOSED)]
        if min(len(won), len(closed) - len(won)) < _FEWEST_DEALS:
            thin.append(str(product))
            continue
        row = {
            "product": product,
            "deals opened": float(len(part)),
            "value of a deal": part["value"].mean(),
            "win rate": len(won) / len(closed),
            "value per cost": won["value"].sum() / (won["delivery_cost"].sum() or float("nan")),
        }
        if halves is not None:
            later = int(halves[part.index].sum())
            row["growth of deals"] = later / max(len(part) - later, 1)
        if {"created", "closed"} <= set(deals):
            row[_SLOW] = (won["closed"] - won["created"]).dt.days.median()
        rows.append(row)
    return pd.DataFrame(rows), thin


def _halves(deals: pd.DataFrame) -> pd.Series | None:
    """Say of each deal whether it was opened in the later half of the time seen."""
    if "created" not in deals or deals["created"].isna().any():
        return None
    first, last = deals["created"].min(), deals["created"].max()
    later: pd.Series = deals["created"] > first + (last - first) / 2
    return later


def _cells(found: PositionMatrix, measured: pd.DataFrame) -> Picture:
    placed = found.table.rename(columns={"item": "product"})
    parts = []
    for advice in _ADVICE:
        rows = placed[placed["advice"] == advice]
        if len(rows):
            parts.append(f"{advice}: {listed(rows['product'].tolist())}")
    words = "; ".join(parts)
    least = placed.nsmallest(1, "keeps_cell").to_dict("records")[0]
    return Picture(
        title="Where to invest: demand for each product, and how well we sell it",
        finding=(
            f"{words[0].upper()}{words[1:]}; least sure is {least['product']}, which keeps its "
            f"cell in {share(least['keeps_cell'])} of drawn weights."
        ),
        table=placed.merge(measured, on="product").round(3),
        draw=partial(
            nine_cells,
            name="product",
            x="strength",
            y="attractiveness",
            group="advice",
            cuts=GE_CUTS,
        ),
        about="position",
    )


def segment_positions(company: CompanyTables) -> tuple[Picture, ...]:
    """Place each segment by its growth and our share, where the history tells both."""
    history = company.tables.get("market_history")
    if history is None or not {"year", "segment", "vendor", "revenue"} <= set(history):
        return ()
    own = company.settings.company
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
                position_map,
                name="item",
                x="relative_share",
                y="growth",
                x_axis="our revenue / largest rival's",
                y_axis="growth a year",
                x_cuts=[1.0],
                y_cuts=[_FAST],
                group="quadrant",
                size="our revenue",
                log_x=True,
                y_format=".1%",
            ),
            about="position",
        ),
    )


def _placed(history: pd.DataFrame, own: str) -> pd.DataFrame:
    rows = []
    for segment, part in history.groupby("segment", sort=True):
        yearly = part.groupby("year")["revenue"].sum()
        last = part[part["year"] == part["year"].max()].groupby("vendor")["revenue"].sum()
        rivals = last.drop(own, errors="ignore")
        seen = len(yearly) >= _FEWEST_YEARS and yearly.gt(0).all()
        if seen and last.get(own, 0.0) > 0 and len(rivals) and rivals.max() > 0:
            try:
                rate = growth(yearly.index, yearly).trend
            except DataError:  # a year is missing
                continue
            rows.append((segment, last[own], rivals.max(), rate))
    table = pd.DataFrame(rows, columns=["segment", "us", "rival", "growth"])
    found = growth_share(
        table, item="segment", own="us", largest_rival="rival", growth="growth", growth_cut=_FAST
    )
    return found.assign(**{"our revenue": table["us"]})
