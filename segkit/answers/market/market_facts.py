"""What the market estimate rests on: each number's source, vintage and caveat; the universe."""

from __future__ import annotations

from functools import partial

import pandas as pd
import plotly.graph_objects as go

from segkit.answers.segments.customers import end_users
from segkit.answers.wording import count, share
from segkit.charts import Picture, bars, part_bars
from segkit.frames import joined
from segkit.sizing import MarketSize, universe
from segkit.tables import CompanyTables

__all__ = ["facts_picture", "universe_pictures"]

_OLD = 3
_FAINT = 0.005  # a share that rounds to nothing
_LARGE = 500  # staff from which US statistics call a firm large
_APART = 0.05
_UNKNOWN = "no source named"
_NO_CAVEAT = "none known"
_WORDS = {"estimate": "an estimate, not measured", "assumption": "assumed, not measured"}


def facts_picture(company: CompanyTables, size: MarketSize) -> Picture:
    """Show on which sources the uncertainty rests; its table lists every fact with its caveat."""
    table = pd.concat([_estimates(company, size), _published(company)], ignore_index=True)
    used = table["share of variance"].notna()
    by_source = table[used].groupby("source", sort=False)["share of variance"].sum()
    own = table.loc[used, "status"].isin(["estimate", "assumption"])
    doubted = int((table["caveat"] != _NO_CAVEAT).sum())
    return Picture(
        title="What the estimate rests on",
        finding=(
            f"{int(own.sum())} of {int(used.sum())} numbers used are estimates or assumptions; "
            f"most of the uncertainty, {share(float(by_source.max()))}, comes from “"
            f"{by_source.idxmax()}”. {doubted} of {len(table)} facts carry a caveat."
        ),
        table=table,
        draw=_by_measure,
        about="facts",
    )


def _by_measure(table: pd.DataFrame) -> go.Figure:
    measure = table["fact"].str.rpartition(": ")[2]
    shares = table["share of variance"].groupby(measure).sum().sort_values(ascending=False)
    return bars(
        shares[shares > _FAINT].rename_axis("measure").reset_index(),
        name="measure",
        value="share of variance",
        axis="share of the variance of the whole market",
        tickformat=".0%",
    )


def _estimates(company: CompanyTables, size: MarketSize) -> pd.DataFrame:
    facts = company["market_facts"]
    ranges = facts[["low", "mode", "high"]].itertuples(index=False)
    whole = size.tornado[size.tornado["level"] == "TAM"].set_index("input")["variance_share"]
    label = joined(facts, "segment", "measure")
    table = pd.DataFrame(
        {
            "fact": label,
            "value": [_range(*row) for row in ranges],
            "unit": _texts(facts, "unit"),
            "year": facts.get("year"),
            "status": _texts(facts, "status"),
            "source": _texts(facts, "source").replace("", _UNKNOWN),
            "share of variance": label.map(whole).round(4),
        }
    )
    stated = _texts(facts, "caveat")
    rows = zip(stated, table["year"], table["status"], table["source"], strict=True)
    return table.assign(caveat=[_caveat(*row, now=company.as_of) for row in rows])


def _published(company: CompanyTables) -> pd.DataFrame:
    facts = company.tables.get("facts")
    if facts is None:
        return pd.DataFrame()
    stated = _texts(facts, "caveat")
    years = facts["year"] if "year" in facts else pd.Series(pd.NA, facts.index)
    return pd.DataFrame(
        {
            "fact": facts["what"],
            "value": [f"{value:,.10g}" for value in facts["value"]],
            "unit": _texts(facts, "unit"),
            "year": years,
            "status": "published",
            "source": facts["source"],
            "caveat": [
                _caveat(text, year, "published", "", now=company.as_of)
                for text, year in zip(stated, years, strict=True)
            ],
        }
    )


def _range(low: float, mode: float, high: float) -> str:
    return f"{mode:,.10g}" if low == high else f"{low:,.10g} to {high:,.10g}, likely {mode:,.10g}"


def _texts(table: pd.DataFrame, column: str) -> pd.Series[str]:
    if column not in table:
        return pd.Series("", table.index, dtype="str")
    return table[column].astype("str").fillna("")


def _caveat(stated: str, year: object, status: str, source: str, *, now: pd.Timestamp) -> str:
    words = [stated] if stated else []
    if source == _UNKNOWN:
        words.append(_UNKNOWN)
    if pd.isna(year):  # type: ignore[call-overload]  # a cell may hold anything
        words.append("of an unknown year")
    elif not pd.isna(now) and now.year - int(str(year)) > _OLD:
        words.append(f"{now.year - int(str(year))} years old")
    if status in _WORDS:
        words.append(_WORDS[status])
    return "; ".join(words) or _NO_CAVEAT


def universe_pictures(
    company: CompanyTables, size: MarketSize
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Count the accounts by sector and size, where a table lists them."""
    accounts, _ = end_users(company)
    if "segment" not in accounts or accounts["segment"].isna().all():
        return (), ()
    weighed = "weight" in accounts and bool(accounts["weight"].notna().any())

    def counted(**where: object) -> int:
        return round(universe(accounts, where, count="weight" if weighed else None).accounts)

    sectors = sorted(accounts["segment"].dropna().unique())
    table = pd.DataFrame(
        {
            "sector": ["all", *sectors],
            "accounts": [counted(), *(counted(segment=name) for name in sectors)],
        }
    )
    finding = f"The accounts known stand for {count(table['accounts'].iloc[0])}."
    draw = partial(bars, name="sector", value="accounts", axis="accounts")
    if "employees" in accounts and accounts["employees"].notna().any():
        large = f"{_LARGE} and more staff"
        size_of = {"employees": (_LARGE, None)}
        table[large] = [
            counted(**size_of),
            *(counted(segment=name, **size_of) for name in sectors),
        ]
        finding = f"{finding[:-1]}; {count(table[large].iloc[0])} have {large}."
        draw = partial(part_bars, name="sector", whole="accounts", part=large, axis="accounts")
    picture = Picture(
        title="Accounts by sector and size",
        finding=finding,
        table=table,
        draw=draw,
        about="universe",
    )
    return (picture,), _differs(float(table["accounts"].iloc[0]), size)


def _differs(whole: float, size: MarketSize) -> tuple[str, ...]:
    rows = size.table[(size.table["level"] == "TAM") & (size.table["unit"] == "accounts")]
    stated = float(rows["mean"].iloc[0])
    if abs(whole / stated - 1) <= _APART:
        return ()
    return (
        (
            f"The table accounts stands for {count(whole)} accounts, the facts for "
            f"{count(stated)}: one of them leaves something out."
        ),
    )
