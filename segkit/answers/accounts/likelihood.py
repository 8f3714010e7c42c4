"""A6: how likely open deals and prospects are to buy, what that is worth, and how fast (A0)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.accounts.account_rows import account_criteria, fitted_card, prospects
from segkit.answers.accounts.fit_score import FIT_CUTS
from segkit.answers.accounts.lifetime.contracts import gross_margin
from segkit.answers.accounts.potential import potential_of
from segkit.answers.answer import Answer
from segkit.answers.segments.customers import end_users
from segkit.answers.wording import between, count, listed, money, share
from segkit.charts import Picture, bars, gain_curve, grade_grid
from segkit.errors import DataError
from segkit.scoring import ExpectedValue, Scorecard, cycle_days, expected_value, priority_grid
from segkit.tables import CompanyTables

__all__ = ["likelihood"]

_MOST = 12
_WORDS = {"low": "chance_low", "high": "chance_high", "n": "deals_alike"}
_DIGITS = {"chance": 4, "chance_low": 4, "chance_high": 4}
_METHOD = (
    "Chance: share won among deals not seen of the same score (A2; {n} decided deals, calibration "
    "slope {slope:.2f}, Brier {brier:.3f} against {base:.3f} for the base rate of {rate}). "
    "Expected = chance x value of the first year; a day = expected / median days to a decision "
    "in the segment, undecided deals censored. The 90 % interval holds the luck of the deals and "
    "the error of the chances. {prospects}"
)
_PROSPECTS = (
    "Prospects: chance x wallet (A3) x mean share of wallet of customers x margin, a year: what to "
    "expect if all were approached."
)
_SOURCES = (
    "Brier 1950; Cox 1958 (calibration)",
    "Kaplan & Meier 1958 (days to a decision)",
    "Rosset, Perlich et al. 2005 (wallet)",
)


def likelihood(company: CompanyTables) -> Answer:
    """Answer A6: expected value of open deals and of prospects, fastest money first."""
    card, deals = fitted_card(company)
    rows = _open_deals(company, card)
    found = expected_value(
        rows["chance"], rows["value"], low=rows["low"], high=rows["high"], days=rows["days"]
    )
    table = _table(rows, found)
    cells = _graded(table, card)
    currency = company.settings.currency
    promise, notes = _promise(company, card)
    return Answer(
        status="answered",
        headline=_headline(table, found, currency),
        estimate=found.total,
        interval=found.interval,
        unit=f"{currency} expected from open deals",
        table=_joined(table, promise),
        pictures=(
            *(() if table["per_day"].isna().all() else (_fastest(table, currency),)),
            _priority(cells, currency),
            *(() if promise.empty else (_reach(promise["potential"], currency),)),
        ),
        method=_METHOD.format(
            n=count(card.n_),
            slope=card.judgement_.slope,
            brier=card.judgement_.brier,
            base=card.judgement_.brier_base,
            rate=share(card.base_rate_),
            prospects="" if promise.empty else _PROSPECTS,
        ),
        sources=_SOURCES,
        caveats=(
            "The chance rests on what an account is; what happened in the deal since is not in it.",
            *deals.notes,
            *notes,
        ),
    )


def _open_deals(company: CompanyTables, card: Scorecard) -> pd.DataFrame:
    """Give open deals of end users with chance, value and days to a decision."""
    known = account_criteria(company)
    deals = company["opportunities"]
    here = deals["account_id"].isin(known.index) & deals["value"].notna()
    open_ = deals[(deals["outcome"] == "open") & here]
    if open_.empty:
        raise DataError(
            f"No open deal has a known account and a value; {len(deals):,} deals are decided or "
            "lack one of the two."
        )
    facts = known.loc[open_["account_id"]].reset_index(drop=True)
    scored = card.score(facts)
    accounts = company["accounts"].set_index("account_id")
    names = [name for name in ("opp_id", "account_id", "product", "rep_id") if name in open_]
    rows = open_[[*names, "value"]].reset_index(drop=True).join(scored)
    place = 2
    for name in ("name", "segment"):
        if name in accounts:
            rows.insert(place, name, rows["account_id"].map(accounts[name]))
            place += 1
    rows["days"] = _days(company, rows)
    return rows.dropna(subset=["chance", "value", "days"]).reset_index(drop=True)


def _days(company: CompanyTables, rows: pd.DataFrame) -> pd.Series:
    """Give the median days to a decision in each segment; stuck and open deals are censored.

    Infinite where half of the deals of a segment are not decided yet.
    """
    deals = company["opportunities"].dropna(subset=["created"])
    ended = deals.get("closed", pd.Series(pd.NaT, deals.index))
    decided = deals["outcome"].isin(["won", "refused"]) & ended.notna()
    days = (ended.where(decided, company.as_of) - deals["created"]).dt.days.clip(lower=0)
    accounts = end_users(company)[0]
    group = (
        deals["account_id"].map(accounts["segment"]).fillna("unknown").to_numpy()
        if "segment" in accounts
        else None
    )
    found = cycle_days(days, decided, group).set_index("group")["median"].clip(lower=1.0)
    own = rows["segment"] if "segment" in rows else pd.Series("all", rows.index)
    return own.map(found).fillna(float(found["all"]))


def _table(rows: pd.DataFrame, found: ExpectedValue) -> pd.DataFrame:
    table = rows.replace({"days": {np.inf: np.nan}}).rename(columns=_WORDS)
    table["expected"], table["per_day"] = found.table["expected"], found.table["per_day"]
    table["rank"] = found.table["rank"]
    return table.round({**_DIGITS, "expected": 0, "per_day": 1, "days": 0}).sort_values(
        "rank", ignore_index=True
    )


def _joined(table: pd.DataFrame, promise: pd.DataFrame) -> pd.DataFrame:
    """Set prospects without an open deal below the deals, the most promising first."""
    if promise.empty:
        return table
    potential = promise.set_index("account_id")["potential"]
    rest = promise[~promise["account_id"].isin(table["account_id"])].rename(columns=_WORDS)
    rest = rest.sort_values(["potential", "account_id"], ascending=[False, True])
    both = pd.concat(
        [table.assign(potential=table["account_id"].map(potential)), rest], ignore_index=True
    )
    return both.assign(rank=range(1, len(both) + 1)).round({"potential": 0, **_DIGITS})


def _graded(table: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Grade deals on two axes, fit and value, and sum each cell."""
    cuts = (FIT_CUTS[0] * card.base_rate_, FIT_CUTS[1] * card.base_rate_)
    grades, cells = priority_grid(table["chance"], table["value"], fit_cuts=cuts)
    table.insert(len(table.columns) - 1, "grade", grades)
    sums = table["expected"].groupby(grades).sum()
    return cells.assign(expected=cells["grade"].map(sums).fillna(0.0))


def _headline(table: pd.DataFrame, found: ExpectedValue, currency: str) -> str:
    def amount(value: float) -> str:
        return money(value, currency)

    own = table["segment"].fillna("unknown") if "segment" in table else "all"
    days = table["days"].groupby(pd.Series(own, table.index)).max()
    first = table.head(max(len(table) // 10, 1))
    return (
        f"{count(len(table))} open deals of {amount(table['value'].sum())} should bring "
        f"{amount(found.total)} ({between(*found.interval, amount)}). The tenth that earns fastest "
        f"holds {share(first['expected'].sum() / found.total)} of it; {_pace(days)}."
    )


def _pace(days: pd.Series[float]) -> str:
    """Say how long a decision takes, from one segment to another."""
    waiting = list(days.index[days.isna()])
    if len(waiting) == len(days):
        return "fewer than half of the deals are decided yet"
    few, many = days.min(), days.max()
    words = f"a decision takes {between(few, many, count)} days by segment"
    if few == many:
        words = f"a decision takes {count(few)} days"
    if waiting:
        words += f", and in {listed(waiting)} fewer than half of the deals are decided yet"
    return words


def _fastest(table: pd.DataFrame, currency: str) -> Picture:
    top = table.head(_MOST).copy()
    name = "name" if "name" in top else "account_id"
    if "product" in top:
        top["deal"] = top[name] + ", " + top["product"].fillna("")
    else:
        top["deal"] = top[name]
    part = top["per_day"].sum() / table["per_day"].sum()
    kept = ["deal", "opp_id", "per_day", "expected", "chance", "value", "days"]
    return Picture(
        title="Open deals that should earn most a day",
        finding=(
            f"{count(len(top))} of {count(len(table))} deals hold {share(part)} of all expected "
            "revenue a day: chance x value / days to a decision."
        ),
        table=top[[one for one in kept if one in top]].reset_index(drop=True),
        draw=partial(bars, name="deal", value="per_day", axis=f"{currency} expected a day"),
        about="speed",
    )


def _priority(cells: pd.DataFrame, currency: str) -> Picture:
    best = cells[cells["grade"] == "A1"].iloc[0]
    total = max(float(cells["expected"].sum()), 1e-9)
    words = {1: "1 large", 2: "2 middle", 3: "3 small"}
    return Picture(
        title="Where to spend the hours: chance and value of open deals",
        finding=(
            f"{count(best['n'])} deals are likely and large (A1): "
            f"{money(best['expected'], currency)} expected, {share(best['expected'] / total)} of "
            "all."
        ),
        table=cells.assign(value=cells["engagement"].map(words), chance=cells["fit"])[
            ["grade", "chance", "value", "n", "expected"]
        ].round(0),
        draw=partial(
            grade_grid,
            row="chance",
            column="value",
            value="expected",
            rows=["A", "B", "C"],
            columns=list(words.values()),
            row_axis="chance to win",
            column_axis="value of the deal",
            tickformat=",.3~s",
        ),
        about="priority",
    )


def _promise(company: CompanyTables, card: Scorecard) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give chance and expected yearly margin of every prospect, where wallets are known."""
    try:
        made, (margin, words) = potential_of(company), gross_margin(company)
    except DataError as refusal:
        return pd.DataFrame(), (f"What prospects could bring is not known: {refusal}",)
    rows = made.accounts[made.accounts.index.isin(prospects(company).index)]
    buys = made.found.table["spend"] > 0
    ours = float(made.found.table.loc[buys, "share_of_wallet"].clip(upper=1.0).mean())
    scored = card.score(account_criteria(company).loc[rows.index])
    scored["potential"] = scored["chance"] * made.found.table["wallet"] * ours * (margin or 1.0)
    names = [name for name in ("name", "segment") if name in rows]
    table = rows[names].join(scored).dropna(subset=["potential"]).rename_axis("account_id")
    return table.reset_index(), (words,) if margin is None else ()


def _reach(worth: pd.Series[Any], currency: str) -> Picture:
    """Draw how few prospects hold how much of what they could bring."""
    held = np.sort(worth.to_numpy())[::-1].cumsum()
    shares = np.r_[np.arange(0.02, 0.2, 0.02), np.arange(0.2, 1.001, 0.1)].round(2)
    places = np.maximum(np.ceil(shares * len(held)).astype(int), 1) - 1
    table = pd.DataFrame(
        {
            "share_of_prospects": shares,
            "prospects": places + 1,
            "share_of_value": (held[places] / held[-1]).round(4),
            "expected": held[places].round(0),
        }
    )
    tenth = table[table["share_of_prospects"] == 0.1].iloc[0]
    return Picture(
        title="Prospects by expected margin a year, the most promising first",
        finding=(
            f"The most promising tenth ({count(tenth['prospects'])} of {count(len(worth))}) holds "
            f"{share(tenth['share_of_value'])} of {money(held[-1], currency)} expected."
        ),
        table=table,
        draw=partial(
            gain_curve,
            x="share_of_prospects",
            y="share_of_value",
            x_axis="share of prospects",
            y_axis="share of expected margin",
            even="all alike",
        ),
        about="prospects",
    )
