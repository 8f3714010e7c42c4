"""S6: the goal, what there is to spend on it, and how many accounts the team can cover."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.segments.customers import payments, running
from segkit.answers.wording import between, count, listed, money, share
from segkit.charts import Picture, bars, waterfall
from segkit.errors import DataError
from segkit.sizing import (
    RevenueBridge,
    accounts_coverable,
    budget_split,
    guard_rail,
    revenue_bridge,
)
from segkit.tables import CompanyTables

__all__ = ["goals_and_resources"]

_TIERS = {"A": 0.80, "B": 0.95}
_LINES = ("start", "new", "expansion", "contraction", "churn")
_METHOD = (
    "Revenue bridge: start + new + expansion - contraction - churn = end, account by account; net "
    "retention keeps expansion, gross leaves it out; their intervals are those of a ratio of sums. "
    "New revenue needed: target - end x net retention. Budget of the last twelve months by kind. "
    "Rule of thumb: begin with 10 to 30 % of it for target accounts. Capacity: the contacts made "
    "by the team in the last twelve months, over the contacts an account of each tier takes."
)
_SOURCES = ("Cochran 1977, Sampling Techniques, ch. 6 (ratios)",)


@dataclass(frozen=True)
class _Part:
    """What one part of the answer adds."""

    words: str
    pictures: tuple[Picture, ...] = ()
    caveats: tuple[str, ...] = ()


def goals_and_resources(company: CompanyTables) -> Answer:
    """Answer S6: the bridge to the goal, the budget and its split, the accounts coverable."""
    currency = company.settings.currency
    bridge, notes = _bridge(company)
    parts = [_budget(company), _coverage(company)]
    if bridge is not None:
        parts.insert(0, _to_the_goal(bridge, currency))
    known = [part for part in parts if part is not None]
    told = [part.words for part in known if part.words]
    caveats = (*notes, *(caveat for part in known for caveat in part.caveats))
    if not told:
        raise DataError("\n".join(caveats))
    estimate, interval, unit = _number(bridge, currency)
    return Answer(
        status="answered",
        headline=told[0],
        estimate=estimate,
        interval=interval,
        unit=unit,
        table=pd.DataFrame() if bridge is None else bridge.table.round(2),
        pictures=tuple(picture for part in known for picture in part.pictures),
        method=_METHOD,
        sources=_SOURCES,
        caveats=caveats,
    )


def _number(
    bridge: RevenueBridge | None, currency: str
) -> tuple[float | None, tuple[float, float] | None, str]:
    if bridge is None:
        return None, None, ""
    if bridge.new_needed is None:
        return bridge.nrr, bridge.nrr_interval, "net revenue retention"
    return bridge.new_needed, bridge.new_needed_interval, f"{currency} of new revenue needed"


def _bridge(company: CompanyTables) -> tuple[RevenueBridge | None, tuple[str, ...]]:
    """Bridge what accounts paid; without that, the lines that the goals state."""
    stated, target = _goals(company)
    try:
        before, after = _two_years(company)
        return revenue_bridge(before, after, target=target), _channel_part(company, after)
    except DataError as refusal:
        notes = (f"What accounts paid gives no bridge: {refusal}",)
    try:
        return revenue_bridge(stated, target=target), (*notes, "The bridge is stated in goals.")
    except DataError as refusal:
        return None, (*notes, f"Goals give no bridge: {refusal}")


def _goals(company: CompanyTables) -> tuple[dict[str, float], float | None]:
    goals = company.tables.get("goals")
    if goals is None:
        return {}, None
    sums = goals.groupby("kind")["amount"].sum()
    lines = {str(name): float(sums[name]) for name in _LINES if name in sums}
    target = float(sums["target"]) if "target" in sums else 0.0
    return lines, target if target > 0 else None


def _two_years(company: CompanyTables) -> tuple[pd.Series[float], pd.Series[float]]:
    """Give each account's yearly revenue a year ago and now."""
    ago = company.as_of - pd.DateOffset(years=1)
    if "contracts" in company.tables:
        runs = [running(company, day) for day in (ago, company.as_of)]
        before, after = (12 * run.groupby("account_id")["mrr"].sum() for run in runs)
        return before, after
    paid = payments(company)
    recent = paid[paid["month"] > ago]
    earlier = paid[(paid["month"] > ago - pd.DateOffset(years=1)) & (paid["month"] <= ago)]
    if earlier.empty:
        raise DataError("Payments do not reach back two years.")
    before, after = (rows.groupby("account_id")["amount"].sum() for rows in (earlier, recent))
    return before.clip(lower=0), after.clip(lower=0)


def _channel_part(company: CompanyTables, now: pd.Series[float]) -> tuple[str, ...]:
    """Say how much of the revenue the answers about end users leave out."""
    accounts = company.tables.get("accounts")
    if accounts is None or "party_type" not in accounts:
        return ()
    channel = accounts.loc[accounts["party_type"] == "partner", "account_id"]
    partners = now[now.index.isin(channel) & (now > 0)]
    if partners.empty:
        return ()
    whole, part = (money(float(paid.sum()), company.settings.currency) for paid in (now, partners))
    note = (
        f"Of {whole} now, {part} comes from {count(len(partners))} partners, whom the answers "
        "about end users leave out."
    )
    return (note,)


def _to_the_goal(bridge: RevenueBridge, currency: str) -> _Part:
    amount = partial(money, currency=currency)
    kept = f"net retention {share(bridge.nrr)}"
    if bridge.nrr_interval is not None:
        kept += f" ({between(*bridge.nrr_interval, share)})"
    words = (
        f"Revenue went from {amount(bridge.line('start'))} to {amount(bridge.line('end'))} a year: "
        f"{kept}, gross {share(bridge.grr)}."
    )
    reach = _reach(bridge, amount)
    picture = Picture(
        title="From last year's revenue to the goal",
        finding=reach or words,
        table=bridge.table.round(2),
        draw=partial(
            waterfall,
            name="line",
            value="amount",
            totals=("start", "end", "target"),
            axis=f"{currency} a year",
        ),
        about="goal",
    )
    return _Part(f"{words} {reach}".strip(), (picture,))


def _reach(bridge: RevenueBridge, amount: partial[str]) -> str:
    """Say what the goal takes, if there is one."""
    if bridge.new_needed is None:
        return ""
    needed, new = bridge.new_needed, bridge.line("new")
    if needed <= 0:
        return f"The goal of {amount(bridge.line('target'))} is met without new business."
    words = f"The goal of {amount(bridge.line('target'))} takes {amount(needed)} of new business"
    if bridge.new_needed_interval is not None:
        words += f" ({between(*bridge.new_needed_interval, amount)})"
    return f"{words}, {needed / new:.1f} times last year's." if new > 0 else f"{words}."


def _budget(company: CompanyTables) -> _Part | None:
    costs = company.tables.get("gtm_costs")
    if costs is None:
        return None
    ago = company.as_of - pd.DateOffset(years=1)
    recent = costs[costs["month"] > ago]
    try:
        split = budget_split(recent)
    except DataError as refusal:
        return _Part("", caveats=(f"The budget is not known: {refusal}",))
    currency = company.settings.currency
    whole = float(split["amount"].sum())
    rail = guard_rail(0.0, whole)
    kinds = [f"{row['category']} {share(row['share'])}" for row in split.to_dict("records")]
    words = (
        f"The budget of {money(whole, currency)} a year goes to {listed(kinds)}; a start with "
        f"target accounts takes {money(rail.low, currency)} to {money(rail.high, currency)} of it."
    )
    months = recent["month"].nunique()
    picture = Picture(
        title="The budget, by kind",
        finding=words,
        table=split.round({"amount": 2, "share": 4}),
        draw=partial(
            bars, name="category", value="share", axis="share of the budget", tickformat=".0%"
        ),
        about="budget",
    )
    thin = () if months >= 12 else (f"Spending is known for {months} of twelve months only.",)
    return _Part(words, (picture,), thin)


def _coverage(company: CompanyTables) -> _Part | None:
    """Count the accounts that the contacts of last year would cover, tier by tier."""
    worked = _worked(company)
    if worked is None or worked.empty:
        return None
    tiers = worked.groupby("tier", as_index=False).agg(
        accounts=("contacts", "size"), hours_per_account=("contacts", "mean")
    )
    known = len(company.tables.get("reps", ()))
    people = known or 1
    contacts = float(worked["contacts"].sum())
    found = accounts_coverable(tiers, people=people, hours=contacts / people)
    table = found.rename(columns={"hours_per_account": "contacts per account"}).round(2)
    parts = [f"{count(row['coverable'])} of tier {row['tier']}" for row in table.to_dict("records")]
    team = f"{people} salespeople" if known else "The team"
    words = (
        f"{team} made {count(contacts)} contacts with {count(len(worked))} accounts: as much "
        f"covers {' or '.join(parts)}."
    )
    picture = Picture(
        title="Accounts the team can cover",
        finding=words,
        table=table[["tier", "accounts", "contacts per account", "coverable"]],
        draw=partial(bars, name="tier", value="coverable", axis="accounts, if of this tier alone"),
        about="capacity",
    )
    note = (
        "Tiers follow the value of the deals worked on: A holds 80 % of it, B the next 15 %. "
        "Capacity is what the team did last year, not what it might do."
    )
    return _Part(words, (picture,), (note,))


def _worked(company: CompanyTables) -> pd.DataFrame | None:
    """List the accounts the team worked on in the last year: contacts, and tier by deal value."""
    acts, deals = company.tables.get("activities"), company.tables.get("opportunities")
    if acts is None or deals is None or not {"value", "account_id"} <= set(deals):
        return None
    ago = company.as_of - pd.DateOffset(years=1)
    recent = acts[acts["date"] > ago]
    if "by_whom" in recent:
        recent = recent[recent["by_whom"] == "rep"]
    deals = deals.set_index("opp_id")
    account = recent["opp_id"].map(deals["account_id"])
    contacts = recent.groupby(account)["opp_id"].size()
    seen = deals[deals.index.isin(recent["opp_id"])]
    value = seen.groupby("account_id")["value"].sum().sort_values(ascending=False)
    reached = value.cumsum().shift(fill_value=0.0) / value.sum()
    tier = np.select([reached < end for end in _TIERS.values()], list(_TIERS), "C")
    table = pd.DataFrame({"tier": tier, "contacts": contacts.reindex(value.index)})
    return table.dropna()
