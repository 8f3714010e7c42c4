"""S9: what deals of each outcome have in common, and what to do with it in the first call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from segkit.adjustment import holm
from segkit.answers.accounts.account_rows import gate_words, worded
from segkit.answers.answer import Answer
from segkit.answers.segments.customers import DESCRIPTORS
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, lines, rule_rates
from segkit.errors import DataError
from segkit.scoring import (
    DealOutcomes,
    DealRules,
    HonestyGate,
    ProfilingPolicy,
    StartTimes,
    deal_outcomes,
    honesty_gate,
    profiling_policy,
    time_to_start,
)
from segkit.tables import CompanyTables

__all__ = ["deal_evidence", "deal_rows", "deal_rules"]

_FAMILIES = {
    "board_approval": "decision structure",
    "union": "decision structure",
    "central_hr": "business process",
    "budget": "revenue",
    "employees": "staff",
    "enrolment": "staff",
    "growth": "staff",
    "state": "geography",
    "payroll_outsourced": "licences and outsourcing",
    "hris_in_place": "licences and outsourcing",
    "cloud_policy": "licences and outsourcing",
}
_AT_START = ("product", "channel", "lead_source")
_LATER = ("value", "rep_id", "reason", "competitor", "delivery_cost")
_LEFT_OUT = "metro"
_WON, _NOT_WON = ("fast_won", "slow_won"), ("stuck", "refused")
_WORDS = {
    "fast_won": "fast, of won deals",
    "stuck": "stuck, of deals not won",
    "fast_won or slow_won": "won, of all deals",
    "stuck or refused": "not won, of all deals",
}
_LEVEL = 0.05
_METHOD = (
    "{rule} All conjunctions of up to three criteria known at the start are compared with what the "
    "best of them reaches on {runs} permutations of the outcomes, account by account; a rule must "
    "beat each of its parts and hold on a third of the accounts that was kept out. Rates have 90 % "
    "Wilson intervals, cut-offs 95 % bootstrap intervals."
)
_SOURCES = (
    "Webb 2007 (significant patterns)",
    "Westfall & Young 1993 (permutation of the maximum)",
    "Wilson 1927",
    "Royston & Parmar 2013 (restricted mean time)",
)


def deal_evidence(company: CompanyTables) -> Answer:
    """Answer S9: the rules by which deals are won fast, get stuck, or are won at all."""
    outcomes, rows, gate = deal_rows(company)
    pace, wins = deal_rules(rows, outcomes, gate)
    table = _table(pace, wins)
    pictures = (*_rule_picture(table), *_start_pictures(company, outcomes))
    notes = (*gate_words(gate), *_notes(outcomes, pace, wins))
    rules = [one for one in (pace, wins) if one is not None]
    answer = partial(
        Answer,
        method=_METHOD.format(rule=outcomes.rule, runs=200),
        sources=_SOURCES,
        caveats=notes,
    )
    if table.empty:
        words = "No rule found: nothing that is known at the start tells the outcomes apart."
        return answer(status="no evidence", headline=words, pictures=pictures)
    best = table.iloc[0]
    return answer(
        status="answered",
        headline=_headline(table),
        estimate=float(best["rate"]),
        interval=(float(best["low"]), float(best["high"])),
        unit=f"share {_WORDS[best['outcome']].replace(', ', ' ')} under the first rule",
        table=table.round(4),
        pictures=(*pictures, *_policy_picture(company, rows, outcomes, rules)),
        sql=_queries(pace, wins),
    )


def deal_rows(company: CompanyTables) -> tuple[DealOutcomes, pd.DataFrame, HonestyGate]:
    """Give the outcome of each deal, what was known of it from the start, and the gate's findings.

    The last learns which columns may be used, and which deals belong together.
    """
    deals = company["opportunities"].reset_index(drop=True)
    outcomes = deal_outcomes(deals, company.tables.get("stage_history"), as_of=company.as_of)
    accounts = company["accounts"].set_index("account_id")
    about = [name for name in DESCRIPTORS if name in accounts and name != _LEFT_OUT]
    rows = deals[[name for name in (*_AT_START, *_LATER) if name in deals]]
    facts = accounts[about].reindex(deals["account_id"]).reset_index(drop=True)
    rows = pd.concat([facts, rows], axis=1)
    known = rows.loc[:, rows.notna().any()]
    won = outcomes.deals["outcome"].isin(_WON).where(outcomes.deals["outcome"].notna())
    gate = honesty_gate(
        known,
        won,
        decided=deals["closed"],
        owners=[name for name in ("rep_id",) if name in known],
        names=deals["account_id"],
    )
    return outcomes, known, gate


def deal_rules(
    rows: pd.DataFrame, outcomes: DealOutcomes, gate: HonestyGate
) -> tuple[DealRules | None, DealRules]:
    """Learn what makes deals fast or stuck, and what makes them won; None where too few are."""
    use = [name for name in gate.usable if name not in _LATER]
    if not use:
        raise DataError("Nothing is known of the deals from the start that may be used.")
    labels = outcomes.deals["outcome"]
    wins = DealRules(_there(labels, _WON), _there(labels, _NOT_WON), families=_FAMILIES)
    wins.fit(rows[use], labels, gate.groups)
    try:
        pace = DealRules(families=_FAMILIES).fit(rows[use], labels, gate.groups)
    except DataError:
        return None, wins
    return (None if pace.one_pass_ else pace), wins


def _there(labels: pd.Series[str], names: tuple[str, ...]) -> list[str]:
    found = [name for name in names if (labels == name).any()]
    if not found:
        raise DataError(f"No deal is {' or '.join(names)}: there is nothing to compare.")
    return found


def _table(pace: DealRules | None, wins: DealRules) -> pd.DataFrame:
    parts = [] if pace is None else [pace.target_, pace.non_target_]
    table = pd.concat([*parts, wins.target_, wins.non_target_], ignore_index=True)
    numbers = [name for name in table if name not in {"outcome", "rule", "cut_offs"}]
    return table.astype(dict.fromkeys(numbers, "float64")).astype(
        {"deals": "int64", "hits": "int64"}
    )


def _queries(pace: DealRules | None, wins: DealRules) -> dict[str, str]:
    """Write the rules as queries; those of which none was found are left out."""
    about = (
        '-- Table "deals": one row a deal, opp_id with the columns of its account and its own.\n'
    )
    found = {"rules of pace": pace, "rules of winning": wins}
    return {
        name: about + rules.to_sql(table="deals", key="opp_id")
        for name, rules in found.items()
        if rules is not None and len(rules.target_) + len(rules.non_target_)
    }


def _headline(table: pd.DataFrame) -> str:
    parts = [
        f"{worded(row['rule'])}: {share(row['rate'])} {_worded(row['outcome'])} "
        f"({between(row['low'], row['high'], share)}; base rate {share(row['base'])})"
        for _, row in table.drop_duplicates("outcome").head(2).iterrows()
    ]
    return "; ".join(parts) + "."


def _worded(outcome: str) -> str:
    return _WORDS.get(outcome, outcome)


def _notes(outcomes: DealOutcomes, pace: DealRules | None, wins: DealRules) -> Iterator[str]:
    counts = outcomes.counts
    aside = counts[counts["outcome"].str.startswith("set aside")]
    for row in aside.to_dict("records"):
        yield f"{count(row['deals'])} deals are {row['outcome']}."
    if pace is None:
        yield "Too few deals of some outcome to tell fast from slow and stuck from refused."
    lost = sum(len(one.unconfirmed_) for one in (pace, wins) if one is not None)
    if lost:
        yield f"{lost} rules did not hold on the deals that were kept out, and are not shown."
    yield "The deals are those that were tried: of accounts never approached they say nothing."


def _rule_picture(table: pd.DataFrame) -> Iterator[Picture]:
    if table.empty:
        return
    best = table.iloc[0]
    words = table["rule"].str.replace("_", " ")
    shown = table.assign(of=table["outcome"].map(_worded), rule=words)
    names = ["rule", "of", "deals", "rate", "low", "high", "base", "holdout_rate", "cut_offs"]
    yield Picture(
        title="What deals of each outcome have in common",
        finding=(
            f"Under the first rule {share(best['rate'])} are {_worded(best['outcome'])}, where "
            f"{share(best['base'])} of all that are compared are; on deals kept out "
            f"{share(best['holdout_rate'])}."
        ),
        table=shown[names].round(4),
        draw=partial(
            rule_rates,
            rule="rule",
            rate="rate",
            low="low",
            high="high",
            base="base",
            group="of",
            axis="share of the outcome (line: 90 %)",
        ),
        about="rules",
    )


def _start_pictures(company: CompanyTables, outcomes: DealOutcomes) -> Iterator[Picture]:
    """Draw the criterion that tells most of the days from signature to start, if any does."""
    days = _days_to_start(company, outcomes)
    found = _clearest(company, days) if len(days) else None
    if found is None:
        return
    name, times = found
    words = name.replace("_", " ")
    by_group = times.groups.set_index("group")["median"]
    wide = times.curves.pivot_table(index="time", columns="group", values="waiting", aggfunc="last")
    wide = wide.ffill().reset_index().rename(columns={"True": words, "False": f"not {words}"})
    low, high = sorted((abs(times.low), abs(times.high)))
    yield Picture(
        title="Days from signature to start",
        finding=(
            f"Half have started after {by_group['True']:.0f} days with {words}, after "
            f"{by_group['False']:.0f} without; the means differ by {abs(times.difference):.0f} "
            f"days ({between(low, high, '{:.0f}'.format)})."
        ),
        table=wide.round(4),
        draw=partial(
            lines,
            x="time",
            y=[f"not {words}", words],
            x_axis="days since signature",
            y_axis="share that has not started",
            tickformat=".0%",
            steps=True,
        ),
        about="start",
    )


def _days_to_start(company: CompanyTables, outcomes: DealOutcomes) -> pd.DataFrame:
    """Give the days from each won deal to the first day of its contract, with the account."""
    contracts = company.tables.get("contracts")
    deals = company["opportunities"]
    if contracts is None or "module" not in contracts or "product" not in deals:
        return pd.DataFrame()
    won = outcomes.deals.loc[outcomes.deals["outcome"].isin(_WON), "deal"]
    deals = deals[deals["opp_id"].isin(won)]
    both = deals.merge(
        contracts[["account_id", "module", "start"]],
        left_on=["account_id", "product"],
        right_on=["account_id", "module"],
    )
    both["days"] = (both["start"] - both["closed"]).dt.days
    first = both[both["days"] >= 0].sort_values("days", kind="stable")
    return first.drop_duplicates("opp_id")[["account_id", "days"]].reset_index(drop=True)


def _clearest(company: CompanyTables, days: pd.DataFrame) -> tuple[str, StartTimes] | None:
    accounts = company["accounts"].set_index("account_id")
    found: list[tuple[str, StartTimes]] = []
    for name in DESCRIPTORS:
        if name in accounts and pd.api.types.is_bool_dtype(accounts[name].dtype):
            group = accounts[name].reindex(days["account_id"]).astype("object").to_numpy()
            try:
                found.append((name, time_to_start(days["days"], group)))
            except DataError:
                continue
    if not found:
        return None
    p_values = holm([times.p_value for _, times in found])
    best = int(p_values.argmin())
    return found[best] if p_values[best] <= _LEVEL else None


def _policy_picture(
    company: CompanyTables, rows: pd.DataFrame, outcomes: DealOutcomes, rules: list[DealRules]
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
    rows: pd.DataFrame, rules: list[DealRules], won: np.ndarray, left_out: np.ndarray
) -> np.ndarray:
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


def _effort(company: CompanyTables, deals: pd.Series[str]) -> tuple[np.ndarray, str]:
    """Count what sellers did for each deal; without a record all deals count the same."""
    done = company.tables.get("activities")
    if done is None or "by_whom" not in done:
        return np.ones(len(deals)), "deals"
    own = done.loc[done["by_whom"] == "rep", "opp_id"].value_counts()
    return deals.map(own).fillna(0).to_numpy(np.float64), "sellers' contacts"
