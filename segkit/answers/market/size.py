"""Answers about the market."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.wording import between, count, money, share
from segkit.charts import Picture, intervals, lines, tornado
from segkit.errors import DataError
from segkit.sizing import Growth, MarketSize, growth_rate
from segkit.sizing import market_size as size_market
from segkit.tables import CompanyTables

__all__ = ["market_size"]

_SHOWN_INPUTS = 10
_METHOD = (
    "Bottom-up: accounts x units per account x price x attach rate, summed over the segments. Each "
    "input is a range (PERT); {draws} draws by Latin hypercube give the 90 % interval. Accounts "
    "and revenue come from the same draws."
)
_SOURCES = (
    "Malcolm, Roseboom, Clark & Fazar 1959 (PERT)",
    "McKay, Beckman & Conover 1979 (Latin hypercube)",
)


def market_size(company: CompanyTables) -> Answer:
    """Answer M1: TAM, SAM and SOM in accounts and revenue."""
    size = size_market(company["market_facts"])
    tam = _level(size, "TAM", "revenue")
    growth, notes = _growth(company)
    return Answer(
        status="answered",
        headline=f"{_headline(size, company.settings.currency)}{_growing(growth)}",
        estimate=tam["mean"],
        interval=(tam["p5"], tam["p95"]),
        unit=f"{company.settings.currency} a year",
        table=_whole(size.table),
        pictures=(_funnel(size, company), _tornado(size, company), *_history(growth, company)),
        method=_METHOD.format(draws=count(size.n_draws)),
        sources=_SOURCES,
        caveats=(*size.notes, *notes),
    )


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    # Accounts and money are read as whole numbers; the draws know no more than that.
    numbers = ["mean", "p5", "p50", "p95"]
    return table.assign(**table[numbers].round().astype("int64"))


def _growth(company: CompanyTables) -> tuple[Growth | None, tuple[str, ...]]:
    if "market_history" not in company.tables:
        return None, ("Growth is not known: the table market_history is missing.",)
    yearly = company["market_history"].groupby("year")["revenue"].sum()
    try:
        growth = growth_rate(yearly.index, yearly)
    except DataError as refusal:
        return None, (f"Growth is not known: {refusal}",)
    return growth, growth.notes


def _growing(growth: Growth | None) -> str:
    if growth is None:
        return ""
    return f" It grows by {share(growth.trend)} a year ({between(*growth.interval, share)})."


def _history(growth: Growth | None, company: CompanyTables) -> tuple[Picture, ...]:
    if growth is None:
        return ()
    names = {"value": "revenue", "fitted": "trend"}
    return (
        Picture(
            title="How the market has grown",
            finding=(
                f"Revenue of all vendors grew by {share(growth.trend)} a year along the trend "
                f"({between(*growth.interval, share)}), by {share(growth.cagr)} from end to end."
            ),
            table=growth.table.rename(columns=names),
            draw=partial(
                lines,
                x="year",
                y=["revenue", "trend"],
                x_axis="year",
                y_axis=f"{company.settings.currency} a year",
            ),
        ),
    )


def _headline(size: MarketSize, currency: str) -> str:
    def amount(value: float) -> str:
        return money(value, currency)

    tam, accounts = _level(size, "TAM", "revenue"), _level(size, "TAM", "accounts")
    words = (
        f"The market is {count(accounts['mean'])} accounts worth {amount(tam['mean'])} a year "
        f"({between(tam['p5'], tam['p95'], amount)})"
    )
    verbs = {"SAM": "can be served", "SOM": "can be won"}
    parts = [
        f"{amount(_level(size, level, 'revenue')['mean'])} {verb}"
        for level, verb in verbs.items()
        if level in set(size.table["level"])
    ]
    return f"{words}; of this {' and '.join(parts)}."


def _funnel(size: MarketSize, company: CompanyTables) -> Picture:
    currency = company.settings.currency
    revenue = size.table.query("unit == 'revenue'").reset_index(drop=True)
    first, last = revenue.iloc[0], revenue.iloc[-1]
    return Picture(
        title="From the whole market to what can be won",
        finding=(
            f"{last['level']} is {money(last['mean'], currency)} a year, "
            f"{100 * last['mean'] / first['mean']:.2g} % of the whole market."
        ),
        table=_whole(revenue).drop(columns="unit"),
        draw=partial(
            intervals,
            name="level",
            estimate="mean",
            low="p5",
            high="p95",
            axis=f"{currency} a year (dot: mean, line: 90 % interval)",
            log=True,
        ),
    )


def _tornado(size: MarketSize, company: CompanyTables) -> Picture:
    currency = company.settings.currency
    rows = size.tornado.query("level == 'TAM' and swing > 0").head(_SHOWN_INPUTS)
    table = rows[["input", "at_p10", "at_p90", "swing", "variance_share"]].reset_index(drop=True)
    base = float(size.tornado.query("level == 'TAM'")["base"].iloc[0])
    return Picture(
        title="What moves the market estimate most",
        finding=_strongest(table, currency),
        table=table,
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


def _level(size: MarketSize, level: str, unit: str) -> dict[Any, Any]:
    rows = size.table[(size.table["level"] == level) & (size.table["unit"] == unit)]
    return rows.to_dict("records")[0]
