"""Pictures of the market's size."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.wording import between, money
from segkit.charts import Picture, funnel_levels, intervals, tornado
from segkit.sizing import MarketSize, Reconciliation

__all__ = ["estimates_picture", "funnel_picture", "tornado_picture"]

_SHOWN_INPUTS = 10
_NUMBERS = ["mean", "p5", "p50", "p95"]


def funnel_picture(size: MarketSize, currency: str) -> Picture:
    """Show TAM, SAM and SOM with their intervals, in accounts and in revenue."""
    revenue = size.table[size.table["unit"] == "revenue"]
    first, last = revenue.iloc[0], revenue.iloc[-1]
    units = {"accounts": "accounts", "revenue": f"revenue, {currency} a year"}
    return Picture(
        title="From the whole market to what can be won",
        finding=(
            f"{last['level']} is {money(last['mean'], currency)} a year, "
            f"{100 * last['mean'] / first['mean']:.2g} % of the whole market."
        ),
        table=size.table.assign(
            unit=size.table["unit"].map(units), **size.table[_NUMBERS].round().astype("int64")
        ),
        draw=partial(
            funnel_levels, level="level", unit="unit", estimate="mean", low="p5", high="p95"
        ),
    )


def tornado_picture(size: MarketSize, currency: str) -> Picture:
    """Show how far each input moves the whole market."""
    rows = size.tornado[(size.tornado["level"] == "TAM") & (size.tornado["swing"] > 0)]
    table = rows[["input", "at_p10", "at_p90", "swing", "variance_share"]].head(_SHOWN_INPUTS)
    base = float(size.tornado.loc[size.tornado["level"] == "TAM", "base"].iloc[0])
    return Picture(
        title="What moves the market estimate most",
        finding=_strongest(table, currency),
        table=table.reset_index(drop=True),
        draw=partial(
            tornado,
            name="input",
            low="at_p10",
            high="at_p90",
            base=base,
            axis=f"whole market, {currency} a year",
        ),
    )


def _strongest(table: pd.DataFrame, currency: str) -> str:
    if table.empty:
        return "Every input is taken as known: nothing moves the estimate."
    first = table.iloc[0]
    return (
        f"Most depends on {first['input']}: between its low and its high value the market differs "
        f"by {money(first['swing'], currency)} a year."
    )


def estimates_picture(
    sizes: list[MarketSize], pool: Reconciliation, currency: str
) -> tuple[Picture]:
    """Show the estimates of each way, and their pool."""
    pooled = {"way": "pooled", "mean": pool.pooled, "p5": pool.interval[0], "p95": pool.interval[1]}
    table = pd.concat(
        [pool.table[["way", "mean", "p5", "p95", "weight"]], pd.DataFrame([pooled])],
        ignore_index=True,
    )
    words = between(*pool.interval, lambda value: money(value, currency))
    agree = "they agree" if pool.agree else "more than 3 times, so one of them must be wrong"
    return (
        Picture(
            title="The whole market, sized in several ways",
            finding=(
                f"The largest of {len(sizes)} estimates is {pool.ratio:.2f} times the smallest: "
                f"{agree}. Pooled by precision: {money(pool.pooled, currency)} ({words})."
            ),
            table=table.round({"mean": 0, "p5": 0, "p95": 0, "weight": 3}),
            draw=partial(
                intervals,
                name="way",
                estimate="mean",
                low="p5",
                high="p95",
                axis=f"{currency} a year (dot: mean, line: 90 % interval)",
            ),
            about="ways",
        ),
    )
