"""Answers about the buyers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, intervals
from segkit.process import BuyingCentre, RoleAssignment, assign_roles, buying_centre
from segkit.tables import CompanyTables

__all__ = ["who_buys"]

_METHOD = (
    "Seven buying-centre roles: recorded ones as they stand, else those that people of the same "
    "title are recorded with, else read from the title. Win rates of decided deals with and "
    "without each role; stuck deals count as not won. Shares have Wilson's interval, ratios "
    "Koopman's; Fisher's p-values are adjusted by Holm's method. A deal hangs on one person who is "
    "alone in it or has 80 % of its activities."
)
_LEAST = 8  # deals in which everybody's role is known
_PAIR = ["opp_id", "contact_id"]
_TOUCHES = "touches"
_SOURCES = (
    "Webster & Wind 1972 (buying centre)",
    "Koopman 1984 (ratio of two shares)",
    "Holm 1979",
)


def who_buys(company: CompanyTables) -> Answer:
    """Answer B1: roles, committee size and coverage, and with which roles deals are won."""
    people = _people(company).merge(company["contacts"], on="contact_id", how="left")
    roles = assign_roles(
        people,
        title="title",
        function=_if_there("function", people),
        seniority=_if_there("seniority", people),
        recorded=_if_there("role", people),
    )
    deals = company["opportunities"][["opp_id", "outcome"]]
    found = buying_centre(
        deals.merge(people.assign(roles=roles.table["roles"]), on="opp_id", how="left"),
        deal="opp_id",
        person="contact_id",
        roles="roles",
        outcome="outcome",
        lost=("refused", "stuck"),
        touches=_if_there(_TOUCHES, people),
    )
    size = _size(found)
    clear = int((found.deals["unknown"] == 0).sum())
    if clear < _LEAST:
        return Answer(
            status="not enough data",
            headline=(
                f"The roles of everybody are known in {count(clear)} deals, too few: neither "
                "records nor titles tell those of the others."
            ),
            method=_METHOD,
            sources=_SOURCES,
            caveats=(*roles.notes, *found.notes),
        )
    return Answer(
        status="answered",
        headline=_headline(found),
        estimate=float(size["mean"]),
        interval=(float(size["low"]), float(size["high"])),
        unit="roles a deal",
        table=_table(found),
        pictures=(_coverage(found), _effect(found)),
        method=_METHOD,
        sources=_SOURCES,
        caveats=(*roles.notes, *_misread(roles), *found.notes),
    )


def _misread(roles: RoleAssignment) -> tuple[str, ...]:
    """Say how many of the recorded roles would have been read, where some are read."""
    known = roles.agreement.dropna(subset="found")
    if known.empty or (roles.table["source"] == "recorded").all():
        return ()
    found = (known["found"] * known["recorded"]).sum() / known["recorded"].sum()
    words = (
        f"Of the recorded roles {share(found)} would have been read from titles as well: the "
        "interval knows nothing of roles that are misread."
    )
    return (words,)


def _people(company: CompanyTables) -> pd.DataFrame:
    """List who takes part in deals: those noted, and those met in activities, where these tell."""
    noted, met, pair = company["opp_contacts"], company.tables.get("activities"), _PAIR
    if met is None or not set(pair) <= set(met):
        return noted
    touches = met.dropna(subset=pair).groupby(pair).size().rename(_TOUCHES).reset_index()
    return noted.merge(touches, on=pair, how="outer")


def _if_there(name: str, frame: pd.DataFrame) -> str | None:
    return name if name in frame else None


def _size(found: BuyingCentre) -> dict[Any, Any]:
    return found.size[found.size["what"] == "roles"].to_dict("records")[0]


def _headline(found: BuyingCentre) -> str:
    size = _size(found)
    words = (
        f"A deal meets {size['mean']:.1f} of the seven buying-centre roles "
        f"({between(size['low'], size['high'], _one_digit)})"
    )
    surer = found.effect[found.effect["verdict"] == "wins more"]
    if surer.empty:
        return f"{words}; no role goes with winning more often."
    best = surer.nlargest(1, "ratio").to_dict("records")[0]
    return (
        f"{words}; with {best['roles'].replace(' + ', ' and ')} at the table deals are won "
        f"{best['ratio']:.1f} times as often ({between(best['low'], best['high'], _one_digit)})."
    )


def _table(found: BuyingCentre) -> pd.DataFrame:
    met = found.coverage[found.coverage["outcome"] == "all"].set_index("role")
    effect = found.effect.set_index("roles")
    table = pd.DataFrame(
        {
            "coverage": met["share"],
            "coverage_low": met["low"],
            "coverage_high": met["high"],
            "win_rate_with": effect["win_rate_with"],
            "win_rate_without": effect["win_rate_without"],
            "ratio": effect["ratio"],
            "ratio_low": effect["low"],
            "ratio_high": effect["high"],
        }
    ).round(3)
    table["verdict"] = effect["verdict"]
    return table.reindex(effect.index).rename_axis("role").reset_index()


def _coverage(found: BuyingCentre) -> Picture:
    met = found.coverage[found.coverage["outcome"] == "all"]
    table = met.sort_values("share", ascending=False, ignore_index=True)
    first, last = table.iloc[0], table.iloc[-1]
    alone = found.single_threaded
    hang = f"{share(alone['share'])} hang on one person"
    if alone["verdict"] in {"wins less", "wins more"}:
        rates = (share(alone[f"win_rate_{which}"]) for which in ("with", "without"))
        hang += f" and win {' against '.join(rates)} of the others"
    return Picture(
        title="Which roles deals meet",
        finding=(
            f"{share(first['share'])} of deals meet the {first['role']}, {share(last['share'])} "
            f"the {last['role']}; {hang}."
        ),
        table=table[["role", "deals", "with", "share", "low", "high"]].round(4),
        draw=partial(
            intervals,
            name="role",
            estimate="share",
            axis="share of deals (dot: share, line: 90 % interval)",
            tickformat=".0%",
        ),
        about="coverage",
    )


def _effect(found: BuyingCentre) -> Picture:
    rows = found.effect[found.effect["ratio"].notna() & (found.effect["high"] < float("inf"))]
    table = rows.sort_values("ratio", ascending=False, ignore_index=True)
    more = table.loc[table["verdict"] == "wins more", "roles"]
    finding = "No role goes with winning more often than chance would."
    if len(more):
        finding = f"Deals are won more often with these at the table: {', '.join(more)}."
    columns = ["roles", "win_rate_with", "win_rate_without", "ratio", "low", "high"]
    return Picture(
        title="How much more often deals are won with a role at the table",
        finding=finding,
        table=table[columns].round(3).assign(verdict=table["verdict"]),
        draw=partial(
            intervals,
            name="roles",
            estimate="ratio",
            group="verdict",
            axis="win rate with / without (1: no difference; line: 90 % interval)",
            level=(1.0, "no difference"),
        ),
        about="effect",
    )


def _one_digit(value: float) -> str:
    return f"{value:.1f}"
