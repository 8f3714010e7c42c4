"""M5: how rivals go to market, how much of it they hold, and how we fare against each."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from segkit.answers.answer import Answer
from segkit.answers.wording import between, count, listed, share
from segkit.charts import Picture, bars, heatmap, intervals
from segkit.intervals import wilson_interval
from segkit.sizing import market_concentration
from segkit.tables import CompanyTables

__all__ = ["competitors"]

_ROUTES = ("direct", "partner", "online", "tender")
_LOST = ("refused", "stuck")
_FEWEST_DEALS = 5
_MOSTLY = 0.5
_ALPHA = 0.05
_ANY = "any rival"
_METHOD = (
    "Channel mix: shares of each vendor's sales, weighted by what it sells in each segment. "
    "Concentration: Herfindahl-Hirschman index (HHI) of a segment's revenue; below 1,000 not, "
    "above 1,800 highly concentrated (US guidelines 2023). Win rate: closed deals that name the "
    "rival, with Wilson's 90 % interval; stuck deals count as not won."
)
_SOURCES = (
    "Herfindahl 1950; Hirschman 1945 (concentration)",
    "Wilson 1927 (interval of a share)",
)


def competitors(company: CompanyTables) -> Answer:
    """Answer M5: routes, shares, concentration and win rates by rival."""
    mix = _mix(company["competitors"])
    rates, caveats = _win_rates(company)
    table = mix.merge(rates, on="vendor", how="left") if len(rates) else mix
    markets = _markets(company["competitors"])
    known = rates.dropna(subset="low") if len(rates) else rates
    rival = _hardest(known)
    pictures = [_routes(mix)]
    if len(known):
        pictures.append(_against(known))
    if len(markets):
        pictures.append(_concentration(markets))
    return Answer(
        status="answered",
        headline=_headline(mix, markets, rival),
        estimate=rival["win_rate"] if rival else None,
        interval=(rival["low"], rival["high"]) if rival else None,
        unit=f"win rate against {rival['vendor']}" if rival else "",
        table=table,
        pictures=tuple(pictures),
        method=_METHOD,
        sources=_SOURCES,
        caveats=caveats,
    )


def _mix(rows: pd.DataFrame) -> pd.DataFrame:
    known = "share" in rows and rows["share"].gt(0).all()
    weights = rows["share"] if known else pd.Series(1.0, index=rows.index)
    mixed = {
        route: (rows[route] * weights).groupby(rows["vendor"]).sum()
        / weights.where(rows[route].notna()).groupby(rows["vendor"]).sum()
        for route in _ROUTES
    }
    table = pd.DataFrame(mixed).round(4)
    best, main = table.max(axis=1), table.idxmax(axis=1)
    table["main route"] = main.where(best >= _MOSTLY, "several")
    return table.rename_axis("vendor").reset_index()


def _markets(rows: pd.DataFrame) -> pd.DataFrame:
    if "share" not in rows or "segment" not in rows:
        return pd.DataFrame()
    found = []
    for segment, part in rows.dropna(subset="share").groupby("segment", sort=True):
        if part["share"].sum() > 0:
            market = market_concentration(dict(zip(part["vendor"], part["share"], strict=True)))
            first = market.table.iloc[0]
            found.append(
                {
                    "segment": segment,
                    "hhi": round(market.hhi),
                    "vendors of equal size": round(market.effective_number, 1),
                    "concentrated": market.band,
                    "largest": first["vendor"],
                    "share of the largest": round(float(first["share"]), 4),
                }
            )
    return pd.DataFrame(found)


def _win_rates(company: CompanyTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    deals = company.tables.get("opportunities")
    needed = {"competitor", "outcome"}
    if deals is None or not needed <= set(deals) or deals["competitor"].isna().all():
        return pd.DataFrame(), ("Win rates are not known: no deal names a rival.",)
    closed = deals[deals["outcome"].isin(["won", *_LOST])].dropna(subset="competitor")
    grouped = closed.assign(won=closed["outcome"] == "won").groupby("competitor")["won"]
    rates = grouped.agg(deals="size", won="sum").rename_axis("vendor").reset_index()
    rates["win_rate"] = rates["won"] / rates["deals"]
    bounds = [
        wilson_interval(won, of) if of >= _FEWEST_DEALS else (np.nan, np.nan)
        for won, of in rates[["won", "deals"]].to_numpy().tolist()
    ]
    rates["low"] = [low for low, _ in bounds]
    rates["high"] = [high for _, high in bounds]
    thin = rates.loc[rates["low"].isna(), "vendor"]
    caveats = (
        (f"Fewer than {_FEWEST_DEALS} closed deals, so no rate: {listed(list(thin))}.",)
        if len(thin)
        else ()
    )
    unnamed = int(deals["competitor"].isna().sum())
    unnamed_words = f"{count(unnamed)} of {count(len(deals))} deals name no rival."
    return rates.round(4), (*caveats, unnamed_words)


def _hardest(rates: pd.DataFrame) -> dict[Hashable, Any] | None:
    """Name the rival we win least against, or all together where the differences may be chance."""
    if rates.empty:
        return None
    won, lost = rates["won"], rates["deals"] - rates["won"]
    differ = (
        len(rates) > 1
        and min(won.sum(), lost.sum()) > 0
        and chi2_contingency([won, lost]).pvalue < _ALPHA
    )
    if differ:
        return rates.nsmallest(1, "win_rate").to_dict("records")[0]
    low, high = wilson_interval(won.sum(), rates["deals"].sum())
    pooled = won.sum() / rates["deals"].sum()
    return {"vendor": _ANY, "win_rate": pooled, "low": low, "high": high}


def _headline(mix: pd.DataFrame, markets: pd.DataFrame, rival: dict[Hashable, Any] | None) -> str:
    parts = []
    for route, part in mix.groupby("main route", sort=True):
        if route != "several":
            verb = "sells" if len(part) == 1 else "sell"
            parts.append(f"{listed(part['vendor'].tolist())} {verb} {_MOSTLY_BY[str(route)]}")
    words = "; ".join(parts) if parts else "Every vendor sells over several routes"
    if rival:
        ends = between(rival["low"], rival["high"], share)
        words += (
            f"; we win {share(rival['win_rate'])} ({ends}) of the deals that name a rival, and no "
            "rival stands out"
            if rival["vendor"] == _ANY
            else f"; hardest to beat is {rival['vendor']}: we win {share(rival['win_rate'])} "
            f"({ends}) of the deals it is in"
        )
    if len(markets):
        top = markets.nlargest(1, "hhi").to_dict("records")[0]
        words += f"; the most concentrated segment is {top['segment']} (HHI {count(top['hhi'])})"
    return f"{words}."


_MOSTLY_BY = {
    "direct": "mostly direct",
    "partner": "mostly through partners",
    "online": "mostly online",
    "tender": "mostly in tenders",
}


def _routes(mix: pd.DataFrame) -> Picture:
    percent = mix[["vendor", *_ROUTES]].copy()
    percent[[*_ROUTES]] = (100 * percent[[*_ROUTES]]).round(0)
    mostly = mix["main route"].value_counts()
    return Picture(
        title="How each vendor sells",
        finding=(
            f"{count(len(mix))} vendors; the commonest main route is {mostly.index[0]} "
            f"({count(mostly.iloc[0])})."
        ),
        table=percent,
        draw=partial(
            heatmap,
            name="vendor",
            columns=[*_ROUTES],
            centre=25.0,
            axis="% of sales",
        ),
    )


def _against(rates: pd.DataFrame) -> Picture:
    table = rates.sort_values("win_rate", ascending=False, ignore_index=True)
    best, worst = table.iloc[0], table.iloc[-1]
    differ = _hardest(rates)
    apart = differ is not None and differ["vendor"] != _ANY
    return Picture(
        title="How often we win against each rival",
        finding=(
            f"{share(best['win_rate'])} against {best['vendor']}, {share(worst['win_rate'])} "
            f"against {worst['vendor']}: "
            f"{'rivals differ by more than chance' if apart else 'this may be chance'}."
        ),
        table=table,
        draw=partial(
            intervals,
            name="vendor",
            estimate="win_rate",
            low="low",
            high="high",
            axis="share of closed deals won (line: 90 % interval)",
            tickformat=".0%",
        ),
    )


def _concentration(markets: pd.DataFrame) -> Picture:
    table = markets.sort_values("hhi", ascending=False, ignore_index=True)
    first = table.iloc[0]
    return Picture(
        title="How few vendors hold each segment",
        finding=(
            f"{first['segment']}: HHI {count(first['hhi'])}, as if "
            f"{first['vendors of equal size']:g} vendors of equal size shared it; "
            f"{first['largest']} holds {share(first['share of the largest'])}."
        ),
        table=table,
        draw=partial(
            bars,
            name="segment",
            value="hhi",
            axis="Herfindahl-Hirschman index (1,000 moderately, 1,800 highly concentrated)",
        ),
    )
