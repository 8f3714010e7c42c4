"""Pictures of rivals for M5: how each sells, and what each charges and holds."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.wording import count, share
from segkit.charts import Picture, position_map, stacked_shares

__all__ = ["RIVAL_ROUTES", "price_map", "routes_of_vendors"]

RIVAL_ROUTES = ("direct", "partner", "online", "tender")


def routes_of_vendors(mix: pd.DataFrame) -> Picture:
    """Draw the channel mix of each vendor.

    Parameters
    ----------
    mix : DataFrame
        One row a vendor: `vendor`, the routes and `main route`.
    """
    mostly = mix["main route"].value_counts()
    return Picture(
        title="How each vendor sells",
        finding=(
            f"{count(len(mix))} vendors; the commonest main route is {mostly.index[0]} "
            f"({count(mostly.iloc[0])})."
        ),
        table=mix[["vendor", *RIVAL_ROUTES]],
        draw=partial(stacked_shares, name="vendor", parts=RIVAL_ROUTES, axis="share of its sales"),
    )


def price_map(rows: pd.DataFrame, held: pd.DataFrame) -> tuple[Picture, ...]:
    """Draw price against share of revenue, where both are known of two vendors or more.

    Parameters
    ----------
    rows : DataFrame
        One row a vendor and segment: `vendor, segment`, and where known `price`.
    held : DataFrame
        One row a vendor: `vendor, main route`, and where known `share of revenue` and `win_rate`.
    """
    if not {"price", "segment"} <= set(rows) or "share of revenue" not in held:
        return ()
    # Segments have price levels of their own: a vendor is dear or cheap among those beside it.
    index = rows["price"] / rows.groupby("segment")["price"].transform("mean")
    priced = index.groupby(rows["vendor"]).mean().rename("price index").rename_axis("vendor")
    table = held.merge(priced.reset_index(), on="vendor")
    table = table.dropna(subset=["price index", "share of revenue"])
    if len(table) < 2:
        return ()
    dear, large = (table.nlargest(1, name).iloc[0] for name in ("price index", "share of revenue"))
    shown = ["vendor", "main route", "price index", "share of revenue"]
    picture = Picture(
        title="Who charges what, and holds how much",
        finding=(
            f"{large['vendor']} holds most ({share(large['share of revenue'])}); {dear['vendor']} "
            f"is dearest, {abs(100 * (dear['price index'] - 1)):.0f} % above the average."
        ),
        table=table[[*shown, *(["win_rate"] if "win_rate" in table else [])]].round(4),
        draw=partial(
            position_map,
            name="vendor",
            x="price index",
            y="share of revenue",
            group="main route",
            x_axis="price (1: average)",
            y_axis="share of revenue",
            x_cuts=[1.0],
            y_cuts=[1 / len(held)],
            y_format=".0%",
        ),
    )
    return (picture,)
