"""M5: how rivals go to market, how much of it they hold, and how we fare against each."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.market.rival_pictures import RIVAL_ROUTES, price_map, routes_of_vendors
from segkit.answers.wording import between, count, listed, share
from segkit.charts import Picture, bars, intervals
from segkit.errors import DataError
from segkit.sizing import WinRates, channel_mix, market_concentration, market_shares, win_rates
from segkit.tables import CompanyTables

__all__ = ["competitors"]

_LOST = ("refused", "stuck")
_MOSTLY = 0.5
_NO_SHARES = pd.DataFrame({"vendor": pd.Series(dtype="str")})
_METHOD = (
    "Channel mix: shares of each vendor's sales, weighted by what it sells in each segment. Share: "
    "revenue of the last year known; penetration: customers of all accounts of the market. "
    "Concentration: Herfindahl-Hirschman index (HHI) of a segment's revenue; below 1,000 not, "
    "above 1,800 highly concentrated (US guidelines 2023). Win rate: closed deals that name the "
    "rival, with Wilson's 90 % interval; stuck deals count as not won."
)
_SOURCES = (
    "Herfindahl 1950; Hirschman 1964 (concentration)",
    "Parfitt & Collins 1968 (share and penetration)",
    "Wilson 1927 (interval of a share)",
)


def competitors(company: CompanyTables) -> Answer:
    """Answer M5: routes, shares, concentration and win rates by rival."""
    mix = _mix(company["competitors"])
    shares, unknown = _shares(company)
    rates, caveats = _win_rates(company)
    table = mix.merge(shares, on="vendor", how="left")
    if rates:
        table = table.merge(rates.table.round(4), on="vendor", how="left")
    markets = _markets(company["competitors"])
    rate, interval, rival = _hardest(rates) if rates else (None, None, "")
    pictures = [
        routes_of_vendors(mix),
        *(_against(rates) if rates else ()),
        *price_map(company["competitors"], table),
        *_concentration(markets),
    ]
    return Answer(
        status="answered",
        headline=_headline(mix, markets, _fared(rate, interval, rival), _held(company, shares)),
        estimate=rate,
        interval=interval,
        unit=f"win rate against {rival or 'any rival'}" if rates else "",
        table=table,
        pictures=tuple(pictures),
        method=_METHOD,
        sources=_SOURCES,
        caveats=(*unknown, *caveats),
    )


def _mix(rows: pd.DataFrame) -> pd.DataFrame:
    known = "share" in rows and rows["share"].gt(0).all()
    table = channel_mix(
        rows, vendor="vendor", routes=RIVAL_ROUTES, weight="share" if known else None
    ).round(4)
    routes = table[[*RIVAL_ROUTES]]
    main = routes.fillna(0.0).idxmax(axis=1)
    return table.assign(**{"main route": main.where(routes.max(axis=1) >= _MOSTLY, "several")})


def _shares(company: CompanyTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Say what each vendor held in the last year known."""
    history = company.tables.get("market_history")
    if history is None or not {"year", "vendor", "customers", "revenue"} <= set(history):
        return _NO_SHARES, ()
    try:
        found = market_shares(
            history[history["year"] == history["year"].max()],
            vendor="vendor",
            revenue="revenue",
            customers="customers",
            accounts=_accounts(company),
        )
    except DataError as refusal:
        return _NO_SHARES, (f"Shares of the market are not known: {refusal}",)
    kept = found[["vendor", "share", "penetration"]].round(4)
    return kept.rename(columns={"share": "share of revenue"}), ()


def _accounts(company: CompanyTables) -> float | None:
    facts = company.tables.get("market_facts")
    if facts is None:
        return None
    counted = facts[facts["measure"] == "accounts"]
    # A count of the whole market holds those of its segments.
    whole = counted[counted["segment"] == "all"]
    accounts = float((counted if whole.empty else whole)["mode"].sum())
    return accounts if accounts > 0 else None


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


def _win_rates(company: CompanyTables) -> tuple[WinRates | None, tuple[str, ...]]:
    deals = company.tables.get("opportunities")
    needed = {"competitor", "outcome"}
    if deals is None or not needed <= set(deals) or deals["competitor"].isna().all():
        return None, ("Win rates are not known: no deal names a rival.",)
    closed = deals[deals["outcome"].isin(["won", *_LOST])]
    try:
        found = win_rates(
            closed.assign(won=closed["outcome"] == "won"), rival="competitor", won="won"
        )
    except DataError as refusal:
        return None, (f"Win rates are not known: {refusal}",)
    thin = found.table.loc[found.table["low"].isna(), "vendor"].tolist()
    caveats = (
        (f"Fewer than {found.fewest} closed deals, so no rate: {listed(thin)}.",) if thin else ()
    )
    unnamed = int(deals["competitor"].isna().sum())
    return found, (*caveats, f"{count(unnamed)} of {count(len(deals))} deals name no rival.")


def _hardest(rates: WinRates) -> tuple[float, tuple[float, float], str]:
    """Name the rival we win least against, or none where the differences may be chance."""
    if not rates.differ and rates.table["low"].notna().sum() > 1:
        return rates.rate, rates.interval, ""
    row = rates.table.nsmallest(1, "win_rate").to_dict("records")[0]
    return row["win_rate"], (row["low"], row["high"]), str(row["vendor"])


def _fared(rate: float | None, interval: tuple[float, float] | None, rival: str) -> str:
    if rate is None or interval is None:
        return ""
    words = f"{share(rate)} ({between(*interval, share)}) of the deals"
    if rival:
        return f"; we win least against {rival}: {words} it is in"
    return f"; we win {words} that name a rival, and no rival stands out"


def _held(company: CompanyTables, shares: pd.DataFrame) -> str:
    own = shares[shares["vendor"] == company.settings.company].to_dict("records")
    if not own:
        return ""
    words = f"; we hold {share(own[0]['share of revenue'])} of the revenue"
    reached = own[0]["penetration"]
    return f"{words} and sell to {share(reached)} of the accounts" if pd.notna(reached) else words


def _headline(mix: pd.DataFrame, markets: pd.DataFrame, fared: str, held: str) -> str:
    parts = []
    for route, part in mix.groupby("main route", sort=True):
        if route != "several":
            verb = "sells" if len(part) == 1 else "sell"
            parts.append(f"{listed(part['vendor'].tolist())} {verb} {_MOSTLY_BY[str(route)]}")
    words = (
        f"{'; '.join(parts) if parts else 'Every vendor sells over several routes'}{held}{fared}"
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


def _against(rates: WinRates) -> tuple[Picture, ...]:
    known = rates.table.dropna(subset="low").round(4)
    table = known.sort_values("win_rate", ascending=False, ignore_index=True)
    best, worst = table.iloc[0], table.iloc[-1]
    apart = "rivals differ by more than chance" if rates.differ else "this may be chance"
    return (
        Picture(
            title="How often we win against each rival",
            finding=(
                f"{share(best['win_rate'])} against {best['vendor']}, {share(worst['win_rate'])} "
                f"against {worst['vendor']}: {apart}."
                if len(table) > 1
                else f"{share(best['win_rate'])} against {best['vendor']}."
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
        ),
    )


def _concentration(markets: pd.DataFrame) -> tuple[Picture, ...]:
    if markets.empty:
        return ()
    table = markets.sort_values("hhi", ascending=False, ignore_index=True)
    first = table.iloc[0]
    picture = Picture(
        title="How few vendors hold each segment",
        finding=(
            f"{first['segment']}: HHI {count(first['hhi'])}, as if "
            f"{first['vendors of equal size']:g} vendors of equal size shared it; "
            f"{first['largest']} holds {share(first['share of the largest'])}."
        ),
        table=table.assign(concentrated=table["concentrated"] + " concentrated"),
        draw=partial(
            bars,
            name="segment",
            value="hhi",
            group="concentrated",
            axis="Herfindahl-Hirschman index (HHI)",
        ),
    )
    return (picture,)
