"""S9: what deals of each outcome have in common, and what to do with it in the first call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from segkit.answers.accounts.account_rows import gate_words, worded
from segkit.answers.accounts.deal_effort import effort_pictures
from segkit.answers.accounts.start_times import start_picture
from segkit.answers.answer import Answer
from segkit.answers.segments.customers import DESCRIPTORS
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, rule_rates
from segkit.errors import DataError
from segkit.scoring import (
    DealOutcomes,
    DealRules,
    HonestyGate,
    deal_outcomes,
    honesty_gate,
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
_METHOD = (
    "{rule} All conjunctions of up to three criteria known at the start are compared with what the "
    "best of them reaches on {runs} permutations of the outcomes, account by account; a rule must "
    "beat each of its parts and hold on a third of the accounts that was kept out. Rates have 90 % "
    "Wilson intervals, cut-offs 95 % bootstrap intervals. Routes of open deals: the full process "
    "for targets and for what is undecided, a standard offer of one contact for the rest; capacity "
    "is what the team did last year."
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
    pictures = (*_rule_picture(table), *_start(company, outcomes))
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
        pictures=(*pictures, *effort_pictures(company, rows, outcomes, rules)),
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


def _start(company: CompanyTables, outcomes: DealOutcomes) -> Iterator[Picture]:
    """Draw how soon won deals start, by what is known of their accounts."""
    days = _days_to_start(company, outcomes)
    if len(days):
        accounts = company["accounts"].set_index("account_id")
        facts = accounts[[name for name in DESCRIPTORS if name in accounts]]
        yield from start_picture(days["days"], facts.reindex(days["account_id"]))


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
