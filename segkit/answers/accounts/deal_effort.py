"""What it would save, and cost, not to work deals by the rules: the policy, and the routes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from segkit.answers.wording import between, count, money, share
from segkit.charts import Picture, lines, stacked_shares
from segkit.charts.layout import BELOW
from segkit.intervals import wilson_interval
from segkit.scoring import (
    ROUTES,
    DealOutcomes,
    DealRules,
    ProfilingPolicy,
    Routing,
    profiling_policy,
    route_deals,
)
from segkit.tables import CompanyTables

__all__ = ["effort_pictures"]

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
_WON = ("fast_won", "slow_won")
_YEAR = 365


def effort_pictures(
    company: CompanyTables, rows: pd.DataFrame, outcomes: DealOutcomes, rules: Sequence[DealRules]
) -> Iterator[Picture]:
    """Draw the policy and the routes; the last of the rules say what is won at all."""
    yield from _policy_picture(company, rows, outcomes, rules)
    yield from _routes_picture(company, rows, outcomes, rules[-1])


def _policy_picture(
    company: CompanyTables, rows: pd.DataFrame, outcomes: DealOutcomes, rules: Sequence[DealRules]
) -> Iterator[Picture]:
    """Weigh effort saved against wins lost, on the deals that the rules have not seen."""
    labels = outcomes.deals["outcome"]
    unseen = np.asarray(rules[-1].holdout_ & labels.notna())
    effort, words = _effort(company, outcomes.deals["deal"])
    if not effort[unseen].sum():
        return
    won = np.asarray(labels.isin(_WON))
    score = _promise(rows, rules, won, unseen | labels.isna().to_numpy(bool))
    policy = profiling_policy(score[unseen], won[unseen], effort[unseen])
    curve = policy.curve
    shown = pd.DataFrame(
        {
            "deals left aside": curve["deals"],
            f"{words} saved, %": 100 * curve["saved"],
            "wins lost": curve["lost"],
            "upper end of 90 %": curve["lost_high"],
        }
    )
    yield Picture(
        title="Effort saved against wins lost",
        finding=_policy_words(policy, words, int(unseen.sum())),
        table=shown.round(4),
        draw=partial(
            lines,
            x=f"{words} saved, %",
            y=["wins lost"],
            dashed=["upper end of 90 %"],
            x_axis=f"{words} saved, %",
            y_axis="share of wins lost",
            level=(policy.most_lost, "most that may be lost"),
            tickformat=".0%",
        ),
        about="policy",
    )


def _promise(
    rows: pd.DataFrame, rules: Sequence[DealRules], won: Flags, left_out: Flags
) -> Numbers:
    """Rate each deal by the wins among the deals seen of which the same rules hold."""
    flags = pd.concat([one.matches(rows) for one in rules], axis=1)
    cell = flags.groupby(list(flags.columns), sort=False).ngroup().to_numpy()
    seen = ~left_out
    size = int(cell.max()) + 1
    wins = np.bincount(cell[seen], won[seen], size)
    # One deal more, at the rate of all: a combination that was hardly seen tells little.
    return np.asarray((wins + won[seen].mean()) / (np.bincount(cell[seen], minlength=size) + 1))[
        cell
    ]


def _policy_words(policy: ProfilingPolicy, words: str, deals: int) -> str:
    if policy.recommended:
        one, advice = policy.point, "Leaving the least promising deals aside saves"
    else:
        one, advice = policy.curve.iloc[1], "Work all deals: leaving the worst aside saves"
    return (
        f"{advice} {share(one['saved'])} of {words} "
        f"({between(one['saved_low'], one['saved_high'], share)}) and loses {share(one['lost'])} "
        f"of the wins ({between(one['lost_low'], one['lost_high'], share)}), by {count(deals)} "
        "deals that the rules had not seen."
    )


def _effort(company: CompanyTables, deals: pd.Series[str]) -> tuple[Numbers, str]:
    """Count what sellers did for each deal; without a record all deals count the same."""
    done = company.tables.get("activities")
    if done is None or "by_whom" not in done:
        return np.ones(len(deals)), "deals"
    own = done.loc[done["by_whom"] == "rep", "opp_id"].value_counts()
    return np.asarray(deals.map(own).fillna(0), dtype=np.float64), "sellers' contacts"


def _routes_picture(
    company: CompanyTables, rows: pd.DataFrame, outcomes: DealOutcomes, wins: DealRules
) -> Iterator[Picture]:
    """Send open deals down their routes, by chances of the deals that the rules had not seen."""
    deals = company["opportunities"].reset_index(drop=True)
    labels = outcomes.deals["outcome"]
    open_ = (labels.isna() & (deals["outcome"] == "open")).to_numpy()
    effort, words = _effort(company, outcomes.deals["deal"])
    profile = pd.Series(wins.predict(rows))
    here = profile[open_].to_numpy()
    # Where no effort is recorded a route saves nothing that could be counted.
    if len(np.unique(here)) < 2 or not np.ptp(effort):
        return
    decided = labels.notna().to_numpy()
    unseen = decided & wins.holdout_
    known = pd.DataFrame({"won": labels.isin(_WON), "effort": effort, "profile": profile})
    tried = known[unseen].groupby("profile")["won"].agg(["sum", "size"])
    tried = tried.reindex(list(ROUTES), fill_value=0)
    low, high = (
        pd.Series(end, tried.index) for end in wilson_interval(tried["sum"], tried["size"])
    )
    rate = (tried["sum"] / tried["size"].replace(0, np.nan)).fillna(known["won"][unseen].mean())
    taken = known[decided].groupby("profile")["effort"].mean()
    value = deals["value"].fillna(0.0).to_numpy(float)[open_] if "value" in deals else 1.0
    found = route_deals(
        here,
        pd.Series(here).map(taken).fillna(float(effort[decided].mean())),
        rate[here],
        value,
        low=low[here],
        high=high[here],
        capacity=_capacity(company, outcomes),
    )
    currency = company.settings.currency if "value" in deals else ""
    table = found.table.assign(chance=found.table["profile"].map(rate))
    yield Picture(
        title="Open deals by route: what they take and bring",
        finding=_route_words(found, words, currency, money_known="value" in deals),
        table=table.round({"chance": 4, "per_hour": 2}).round(
            dict.fromkeys(("hours_in_full", "hours", "value", "expected", "low", "high"), 0)
        ),
        draw=partial(_draw_routes, words=words),
        about="routes",
    )


def _capacity(company: CompanyTables, outcomes: DealOutcomes) -> float | None:
    """Take what the team did last year for what it can do again, in the time that a deal takes."""
    done = company.tables.get("activities")
    if done is None or not {"by_whom", "date"} <= set(done):
        return None
    since = company.as_of - pd.Timedelta(days=_YEAR)
    late = done[(done["by_whom"] == "rep") & (done["date"] > since)]
    days = float(outcomes.deals["days"].median())
    return len(late) * days / _YEAR if days > 0 else None


def _route_words(found: Routing, words: str, currency: str, *, money_known: bool) -> str:
    def amount(value: float) -> str:
        return money(value, currency) if money_known else f"{value:.1f} wins"

    whole = found.table.iloc[-1].to_dict()
    told = (
        f"By route {count(whole['deals'])} open deals take {count(found.hours)} {words}, not "
        f"{count(found.hours_in_full)}; {amount(found.at_risk)} of {amount(whole['expected'])} "
        "expected is at risk."
    )
    if found.capacity is None:
        return told
    full = int((found.deals["route"] == "full process").sum())
    worked = count(found.deals["worked"].sum())
    return f"{told} The team's {count(found.capacity)} cover {worked} of {count(full)} in full."


def _draw_routes(table: pd.DataFrame, words: str) -> go.Figure:
    parts = table[table["profile"] != "all"].set_index("profile")
    kept = parts[["deals", "hours_in_full", "expected"]]
    shares = (kept / kept.sum().clip(lower=1e-9)).T.rename_axis(columns=None)
    shares.insert(0, "what", ["open deals", f"{words}, all in full", "expected value"])
    axis = "share of all open deals"
    figure = stacked_shares(shares, name="what", parts=list(kept.index), axis=axis)
    # Three names need two rows on a telephone, which would cover the finding.
    return figure.update_layout(legend=BELOW, margin_b=110, height=figure.layout.height + 30)
