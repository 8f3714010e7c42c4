"""What the panel of S8 thinks users need and the market holds, beside what the data say."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.market.size import estimates
from segkit.answers.segments.panel import panel_rows, ranges
from segkit.answers.users.wishes import need_segments, short_names
from segkit.answers.wording import between, listed, money, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.sizing import PanelMarket, panel_market_size
from segkit.surveys import opportunity
from segkit.tables import CompanyTables

__all__ = ["Scored", "panel_market", "panel_needs"]

_SCALE = (1, 5)
_SIDES = ["importance", "satisfaction"]
_NUMBERS = ["answers", *_SIDES, "opportunity", "low", "high"]
_PANEL, _USERS = "panel", "users"
_SHOWN = 2
_OVERLOOKED = 3.0  # points of opportunity, 0 to 20


@dataclass(frozen=True)
class Scored:
    """A part of S8: what it says, draws and minds; empty where the panel said nothing of it."""

    words: str = ""
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()


def panel_needs(company: CompanyTables) -> Scored:
    """Score outcomes by the panel, beside the users' own scores where they were asked."""
    rows = panel_rows(company, "needs").dropna(subset=["value"])
    if rows.empty:
        return Scored()
    wide = rows.pivot_table(
        index=["panelist", "item_a"], columns="item_b", values="value", sort=False
    ).reindex(columns=_SIDES)
    try:
        panel = _scored(wide.reset_index().assign(asked=_PANEL), "panelist", "item_a")
        users = _users(company, set(panel["outcome"]))
    except DataError as fault:
        return Scored(notes=(f"The panel's needs are not scored: {fault}",))
    names = short_names(company)
    table = pd.concat([panel, users], ignore_index=True)
    table["who"] = np.where(table["asked"] == _PANEL, _PANEL, _USERS)
    table.insert(0, "what", table["outcome"].map(lambda one: names.get(one, one)))
    best = panel.iloc[0]
    words = (
        f"the panel sees the largest unmet need in “{names.get(best['outcome'], best['outcome'])}” "
        f"(opportunity {best['opportunity']:.1f} of 20)"
    )
    return Scored(words, table, (_needs_picture(table, panel, users, names),))


def _scored(answers: pd.DataFrame, respondent: str, outcome: str) -> pd.DataFrame:
    found = opportunity(
        answers,
        "satisfaction",
        importance="importance",
        outcome=outcome,
        respondent=respondent,
        segment="asked",
        scale=_SCALE,
    )
    table = found.table.rename(columns={"segment": "asked"})
    return table[["outcome", "asked", *_NUMBERS]].round(3)


def _users(company: CompanyTables, outcomes: set[str]) -> pd.DataFrame:
    """Score outcomes by the users who miss each most: over all, a need of some is nobody's."""
    survey = company.tables.get("odi_survey")
    if survey is None or not {"user_id", "outcome", *_SIDES} <= set(survey):
        return pd.DataFrame()
    asked = survey[survey["outcome"].isin(outcomes)].dropna(subset=_SIDES)
    if asked.empty:
        return pd.DataFrame()
    groups = asked["user_id"].map(need_segments(survey).of_user)
    asked = asked.astype(dict.fromkeys(_SIDES, "float64")).assign(asked=groups)
    scored = _scored(asked.dropna(subset="asked"), "user_id", "outcome")
    return scored.sort_values("opportunity", ascending=False, kind="stable").drop_duplicates(
        "outcome", ignore_index=True
    )


def _needs_picture(
    table: pd.DataFrame, panel: pd.DataFrame, users: pd.DataFrame, names: dict[str, str]
) -> Picture:
    """Draw both scores of each outcome, and name what the panel overlooks."""
    finding = "Users were not asked about these outcomes."
    if len(users):
        own = panel.set_index("outcome")["opportunity"]
        missed = users.assign(gap=users["opportunity"] - users["outcome"].map(own))
        missed = missed[missed["gap"] >= _OVERLOOKED].sort_values(
            "gap", ascending=False, kind="stable"
        )
        shown = [
            f"“{names.get(row['outcome'], row['outcome'])}” ({row['asked']}: "
            f"{row['opportunity']:.1f} of 20, panel: {row['opportunity'] - row['gap']:.1f})"
            for row in missed.head(_SHOWN).to_dict("records")
        ]
        finding = (
            f"The panel overlooks {listed(shown)}."
            if shown
            else "The panel sees what users miss: no outcome lies 3 points or more below."
        )
    return Picture(
        title="Unmet needs: what the panel thinks, and those users who miss them most",
        finding=finding,
        table=table,
        draw=partial(
            intervals,
            name="what",
            estimate="opportunity",
            low="low",
            high="high",
            axis="opportunity, 0 to 20 (line: 90 % interval)",
            group="who",
            order=(_PANEL, _USERS),
        ),
        about="needs",
    )


def panel_market(company: CompanyTables) -> Scored:
    """Size the market by each panelist's ranges, and by all of them together."""
    rows = panel_rows(company, "market")
    said = ranges(rows) if len(rows) else rows
    if said.empty:
        return Scored()
    if "market_facts" not in company:
        return Scored(notes=("The panel's ranges need the table market_facts to size a market.",))
    try:
        way = estimates(company["market_facts"])[0][0].way
        found = panel_market_size(company["market_facts"], said, way)
    except DataError as fault:
        return Scored(notes=(f"The market is not sized by the panel: {fault}",))
    return _sized(found, company.settings.currency)


def _sized(found: PanelMarket, currency: str) -> Scored:
    amount = partial(money, currency=currency)
    people, pool, stated = (_whole(table) for table in (found.table, found.pooled, found.stated))
    table = pd.concat(
        [
            pool.assign(panelist="all together"),
            stated.assign(panelist="as stated"),
            people.sort_values("mean", ascending=False, kind="stable"),
        ],
        ignore_index=True,
    )[["panelist", "mean", "p5", "p50", "p95"]].round()
    all_in = pool.iloc[0]
    words = (
        f"the panel puts the whole market at {amount(all_in['mean'])} a year "
        f"({between(all_in['p5'], all_in['p95'], amount)})"
    )
    order = people.sort_values("mean", kind="stable").to_dict("records")
    least, most = order[0], order[-1]
    finding = f"Only {most['panelist']} stated ranges: {amount(most['mean'])} a year."
    if len(people) > 1:
        finding = (
            f"From {amount(least['mean'])} ({least['panelist']}) to {amount(most['mean'])} "
            f"({most['panelist']}); together {amount(all_in['mean'])} a year, and "
            f"{share(all_in['disagreement'])} of the doubt is disagreement."
        )
    picture = Picture(
        title="The whole market (TAM) by each panelist",
        finding=finding,
        table=table,
        draw=partial(
            intervals,
            name="panelist",
            estimate="mean",
            low="p5",
            high="p95",
            axis=f"{currency} a year (line: 90 % interval)",
        ),
        about="market",
    )
    return Scored(words, table, (picture,), found.notes)


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    chosen = (table["level"] == "TAM") & (table["unit"] == "revenue")
    return table[chosen].reset_index(drop=True)
