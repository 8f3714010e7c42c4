"""M1: how big the market is, in three ways, and how fast it grows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.market.market_facts import facts_picture, universe_pictures
from segkit.answers.market.market_growth import adoption, market_growth
from segkit.answers.market.market_pictures import estimates_picture, funnel_picture, tornado_picture
from segkit.answers.wording import between, count, money, share
from segkit.errors import DataError
from segkit.sizing import Growth, MarketSize, Reconciliation, reconcile
from segkit.sizing import market_size as size_market
from segkit.tables import CompanyTables

__all__ = ["estimates", "level_row", "market_size"]

_WAYS = ("bottom-up", "top-down", "value theory")
_FORMULAS = {
    "bottom-up": "Bottom-up: accounts x units per account x price x attach rate",
    "top-down": "Top-down: the spending of the category",
    "value theory": "Value theory: accounts x (benefit - switching cost) x value share captured",
}
_TOGETHER = 0.5
_METHOD = (
    "{formula}, summed over the segments. Each input is a range (PERT, unless a fact names another "
    "shape); {draws} draws by Latin hypercube give the 90 % interval. Accounts and revenue come "
    "from the same draws, so that SOM <= SAM <= TAM in every one."
)
_SOURCES = (
    "Malcolm, Roseboom, Clark & Fazar 1959 (PERT)",
    "McKay, Beckman & Conover 1979 (Latin hypercube); Iman & Conover 1982 (correlation)",
    "Birge 1932 (pooling); Bass 1969, Srinivasan & Mason 1986 (adoption)",
)


def market_size(company: CompanyTables) -> Answer:
    """Answer M1: TAM, SAM and SOM in accounts and revenue, held against other ways; growth."""
    facts, currency = company["market_facts"], company.settings.currency
    sizes, refusals = estimates(facts)
    size = sizes[0]
    tam = level_row(size, "TAM", "revenue")
    pool, doubts = _pooled(sizes)
    growth, growth_pictures, growth_notes = market_growth(company)
    adopted, adoption_notes = adoption(company, size)
    universes, universe_notes = universe_pictures(company, size)
    return Answer(
        status="answered",
        headline=f"{_headline(size, currency)}{_against(sizes, pool)}{_growing(growth)}",
        estimate=tam["mean"],
        interval=(tam["p5"], tam["p95"]),
        unit=f"{currency} a year",
        table=_whole(size.table),
        pictures=(
            funnel_picture(size, currency),
            tornado_picture(size, currency),
            *growth_pictures,
            *(estimates_picture(sizes, pool, currency) if pool else ()),
            *adopted,
            *universes,
            facts_picture(company, size),
        ),
        method=_METHOD.format(formula=_FORMULAS[size.way], draws=count(size.n_draws)),
        sources=_SOURCES,
        caveats=(
            *refusals,
            *_common_error(facts, size, currency),
            *doubts,
            *size.notes,
            *growth_notes,
            *adoption_notes,
            *universe_notes,
        ),
    )


def level_row(size: MarketSize, level: str, unit: str) -> dict[Any, Any]:
    """Give mean and quantiles of one level."""
    rows = size.table[(size.table["level"] == level) & (size.table["unit"] == unit)]
    return rows.to_dict("records")[0]


def estimates(facts: pd.DataFrame) -> tuple[list[MarketSize], tuple[str, ...]]:
    """Size the market in every way the facts suffice for, and say why the ways before failed.

    Raises
    ------
    DataError
        If they suffice for none.
    """
    sizes: list[MarketSize] = []
    refusals: list[str] = []
    for way in _WAYS:
        try:
            sizes.append(size_market(facts, way))
        except DataError as refusal:
            # What a later way lacks is no fault: it only holds the first one to account.
            refusals += [] if sizes else [str(refusal)]
    if not sizes:
        raise DataError(refusals[0])
    return sizes, tuple(refusals)


def _pooled(sizes: list[MarketSize]) -> tuple[Reconciliation | None, tuple[str, ...]]:
    if len(sizes) < 2:
        words = (
            "One way only: state 'category spend', or 'benefit per account' and 'value share "
            "captured', to hold the estimate against another."
        )
        return None, (words,) if sizes[0].way == "bottom-up" else ()
    try:
        pool = reconcile(sizes)
    except DataError as refusal:
        return None, (f"The ways are not pooled: {refusal}",)
    return pool, pool.notes


def _common_error(facts: pd.DataFrame, size: MarketSize, currency: str) -> tuple[str, ...]:
    """Say how much wider the interval is if the segments' numbers are wrong in the same way."""
    shared = size.inputs[size.inputs["sd"] > 0]["measure"]
    if not shared.duplicated().any():
        return ()
    together = level_row(size_market(facts, size.way, rank_correlation=_TOGETHER), "TAM", "revenue")
    words = between(together["p5"], together["p95"], lambda value: money(value, currency))
    return (
        (
            "Inputs are drawn independently. If the segments' numbers err together (rank "
            f"correlation {_TOGETHER:g}), the interval is {words}."
        ),
    )


def _headline(size: MarketSize, currency: str) -> str:
    def amount(value: float) -> str:
        return money(value, currency)

    tam, accounts = level_row(size, "TAM", "revenue"), level_row(size, "TAM", "accounts")
    words = (
        f"The market is {count(accounts['mean'])} accounts worth {amount(tam['mean'])} a year "
        f"({between(tam['p5'], tam['p95'], amount)})"
    )
    verbs = {"SAM": "can be served", "SOM": "can be won"}
    parts = [
        f"{amount(level_row(size, level, 'revenue')['mean'])} {verb}"
        for level, verb in verbs.items()
        if level in set(size.table["level"])
    ]
    return f"{words}; of this {' and '.join(parts)}."


def _against(sizes: list[MarketSize], pool: Reconciliation | None) -> str:
    if pool is None:
        return ""
    ways = {2: "Two", 3: "Three"}[len(sizes)]
    if pool.agree:
        return f" {ways} ways of sizing agree within a factor of {pool.ratio:.2g}."
    return f" {ways} ways of sizing contradict each other: they differ {pool.ratio:.1f} times."


def _growing(growth: Growth | None) -> str:
    if growth is None:
        return ""
    return f" It grows by {share(growth.trend)} a year ({between(*growth.interval, share)})."


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    # Accounts and money are read as whole numbers; the draws know no more than that.
    numbers = ["mean", "p5", "p50", "p95"]
    return table.assign(**table[numbers].round().astype("int64"))
