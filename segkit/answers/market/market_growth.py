"""How the market has grown, and how far adoption has come."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from segkit.answers.wording import between, count, share
from segkit.charts import Picture, adoption_curve, lines
from segkit.errors import DataError
from segkit.sizing import Bass, Growth, MarketSize, bass, growth
from segkit.tables import CompanyTables

__all__ = ["adoption", "adoption_fit", "market_growth"]

_AHEAD = 5
_FEWEST_YEARS = 4  # three lie near a line by chance
_EARLY = 2.0  # a first year of more than so many second years holds years before it


def market_growth(
    company: CompanyTables,
) -> tuple[Growth | None, tuple[Picture, ...], tuple[str, ...]]:
    """Measure the growth of all vendors' revenue, draw it, and say what to mind."""
    try:
        yearly = _yearly(company, "revenue")
        _check_years(len(yearly))
        found = growth(yearly.index, yearly)
    except DataError as refusal:
        return None, (), (f"Growth is not known: {refusal}",)
    return found, (_history(found, company.settings.currency),), found.notes


def _check_years(years: int) -> None:
    if years < _FEWEST_YEARS:
        raise DataError(
            f"not enough data: market_history tells {years} years; growth takes {_FEWEST_YEARS}."
        )


def adoption_fit(company: CompanyTables) -> tuple[Bass, pd.Series[float]]:
    """Fit the Bass model to the customers gained in each year.

    Raises
    ------
    DataError
        If the history does not tell them, has gaps, or ends before the peak.
    """
    adopters = _adopters(company)
    return bass(_gained(adopters), ahead=_AHEAD), adopters


def adoption(
    company: CompanyTables, size: MarketSize
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Draw the adoption curve; before its peak between two potentials; else say why not."""
    try:
        found, adopters = adoption_fit(company)
    except DataError as refusal:
        return _before_the_peak(company, size, str(refusal))
    peak = _year(found, adopters)
    reached = adopters.iloc[-1] / found.m
    picture = _curve(
        _drawn(found.table, adopters),
        [found.m],
        f"{count(found.m)} customers will ever adopt ({between(*found.m_interval, count)}); "
        f"{share(reached)} have. Innovation p = {found.p:.3f}, imitation q = {found.q:.2f}; most "
        f"came in {peak}.",
    )
    return (picture,), tuple(f"Adoption: {note}" for note in found.notes)


def _before_the_peak(
    company: CompanyTables, size: MarketSize, refusal: str
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Band the curve between the least potential before a peak and all accounts of the market."""
    told = f"The adoption curve is not fitted: {refusal}"
    rows = size.table[(size.table["unit"] == "accounts") & (size.table["level"] == "TAM")]
    try:
        adopters = _adopters(company)
        # Sales peak before half of the potential has adopted: F(t*) = (1 - p / q) / 2.
        potentials = [2 * float(adopters.iloc[-1]), float(rows["mean"].iloc[0])]
        fits = [bass(_gained(adopters), m=m, ahead=_AHEAD) for m in potentials]
    except DataError:
        return (), (told,)
    if potentials[0] >= potentials[1]:
        return (), (told,)
    tables = [fit.table for fit in fits]
    table = tables[0].assign(
        adopters=sum(one["adopters"] for one in tables) / len(tables),
        low=pd.concat([one["low"] for one in tables], axis=1).min(axis=1),
        high=pd.concat([one["high"] for one in tables], axis=1).max(axis=1),
    )
    peaks = dict.fromkeys(str(year) for year in sorted(_year(fit, adopters) for fit in fits))
    picture = _curve(
        _drawn(table, adopters),
        potentials,
        "Sales have not peaked, so the history does not tell how many will ever adopt: at least "
        f"twice as many as have, {count(potentials[0])}, and at most all accounts, "
        f"{count(potentials[1])}. Most come in {' to '.join(peaks)}.",
    )
    return (picture,), (told,)


def _year(fit: Bass, adopters: pd.Series[float]) -> int:
    """Name the year of the peak: period t ends with the year t - 1 after the first."""
    return int(adopters.index[0]) - 1 + max(math.ceil(fit.peak), 1)


def _curve(table: pd.DataFrame, potential: list[float], finding: str) -> Picture:
    return Picture(
        title="How far adoption has come",
        finding=finding,
        table=table,
        draw=partial(
            adoption_curve,
            x="year",
            seen="customers",
            fitted="curve",
            low="low",
            high="high",
            potential=potential,
            x_axis="year (band: 90 % interval of the curve)",
            y_axis="customers of all vendors",
        ),
        about="adoption",
    )


def _drawn(table: pd.DataFrame, adopters: pd.Series[float]) -> pd.DataFrame:
    first = int(adopters.index[0]) - 1
    seen = adopters.reset_index(drop=True).reindex(range(len(table)))
    return pd.DataFrame(
        {
            "year": table["period"] + first,
            "customers": seen,
            "curve": table["adopters"].round(1),
            "low": table["low"].round(1),
            "high": table["high"].round(1),
        }
    )


def _yearly(company: CompanyTables, column: str) -> pd.Series[float]:
    """Sum a column of the history over vendors and segments, year by year."""
    history = company.tables.get("market_history")
    if history is None:
        raise DataError("the table market_history is missing.")
    if column not in history or history[column].isna().all():
        raise DataError(f"market_history tells no {column}.")
    yearly = history.groupby("year")[column].sum(min_count=1)
    yearly.index = yearly.index.astype("int64")
    return yearly.astype("float64")


def _adopters(company: CompanyTables) -> pd.Series[float]:
    adopters = _yearly(company, "customers")
    growth(adopters.index, adopters)  # refuses gaps, and years without customers
    fallen = adopters[adopters.diff() < 0]
    if len(fallen):
        raise DataError(
            f"Customers fall in {', '.join(map(str, fallen.index))}: those who left hide those "
            "who came."
        )
    gained = adopters.diff().iloc[1]
    if adopters.iloc[0] > _EARLY * gained:
        raise DataError(
            f"The history begins after the launch: {count(adopters.iloc[0])} customers in "
            f"{adopters.index[0]}, and {count(gained)} more the year after."
        )
    return adopters


def _gained(adopters: pd.Series[float]) -> pd.Series[float]:
    return adopters.diff().fillna(adopters.iloc[0])


def _history(found: Growth, currency: str) -> Picture:
    names = {"value": "revenue", "fitted": "trend"}
    return Picture(
        title="How the market has grown",
        finding=(
            f"Revenue of all vendors grew by {share(found.trend)} a year along the trend "
            f"({between(*found.interval, share)}), by {share(found.cagr)} from end to end "
            f"({between(*found.cagr_interval, share)})."
        ),
        table=found.table.rename(columns=names),
        draw=partial(
            lines,
            x="year",
            y=["revenue", "trend"],
            x_axis="year",
            y_axis=f"{currency} a year",
        ),
        about="growth",
    )
