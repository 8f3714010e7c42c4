"""S3: which way of grouping tells us most of customers it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from segkit.answers.answer import Answer
from segkit.answers.segments.customers import customer_rows, share_of_wallet
from segkit.answers.segments.fate import left_within_a_year, scored_by_purchases, won_deals
from segkit.answers.segments.grouping import Grouping, groupings
from segkit.answers.segments.proof import Proof, eight_tests, eight_tests_picture, proof_of
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.segments import SegmentTests, conventional_schemes, league_table
from segkit.tables import CompanyTables

__all__ = ["best_grouping"]

_CONVENTIONAL = {
    "state": "geography (state)",
    "segment": "vertical (segment)",
    "subsegment": "part of the segment",
    "employees": "size (employees)",
    "budget": "size (budget)",
}
_MODELS = {"needs": "job (needs)", "use": "use", "firmographics": "firmographic clusters"}
_RANDOM = "random groups"
_RANDOM_GROUPS = 4
_LOTS = 10
_LEAST = 100
_KNOWN = 0.8
_FOLDS = 10
_T = float(stdtrit(_FOLDS - 1, 0.95))
_WALLET, _REVENUE = "share of wallet", "revenue"
_METHOD = (
    "Ten folds: the mean of a segment in nine foretells the {target} of the customers in the "
    "tenth; R² against the mean of all. {about}Leaving (within a year) and winning (closed deals) "
    "are foretold likewise over all end users, as AUC, where 0.5 is guessing; a way that is known "
    "only of those who stayed cannot be judged by them. Random groups show what chance does."
)
_WALLET_IS = (
    "Share of wallet: revenue per employee against what one customer in ten of the same segment "
    "spends; the wallet itself follows size and industry, so revenue would only repeat them. "
)
_SOURCES = (
    "Kotler & Keller; Grover & Srinivasan (tests of a segment)",
    "Christensen, Hall, Dillon & Duncan 2016 (the job to be done)",
    "Dolnicar & Leisch 2017 (stability)",
)


@dataclass(frozen=True)
class _Scheme:
    """A way of grouping: segment of each account by id, and the stability of a model's."""

    labels: pd.Series[str]
    stability: pd.DataFrame | None = None

    @property
    def steady(self) -> float:
        """Mean stability of the segments."""
        return float("nan") if self.stability is None else float(self.stability["slsw"].mean())


def best_grouping(company: CompanyTables) -> Answer:
    """Answer S3: the league of ways of grouping, and the eight tests of their segments."""
    rows, notes = customer_rows(company)
    worth = share_of_wallet(rows)
    known = worth is not None and worth.notna().mean() >= _KNOWN
    target = _WALLET if known else _REVENUE
    # Grouped before the share of wallet is known: no way may be made of what it is to explain.
    found = [one for one in groupings(company, rows) if one.model.k_ > 1]
    rows = rows.assign(**{_WALLET: worth}) if known else rows
    compared, more = _compared(rows.dropna(subset=[target]), found)
    proof = proof_of(company, rows)
    schemes = _schemes(company, proof, compared, found)
    tests = {name: _tested(proof, scheme) for name, scheme in schemes.items()}
    table = _league(company, compared, target, proof, schemes, tests)
    best = table.iloc[0]
    explained = float(best[_told(target)])
    half = _T * float(best[f"{_told(target)} error"])
    interval = (explained - half, explained + half)
    evidence = interval[0] > 0 and best["way"] != _RANDOM
    return Answer(
        status="answered" if evidence else "no evidence",
        headline=_headline(table, target, len(compared), interval, evidence=evidence),
        estimate=explained if evidence else None,
        interval=interval if evidence else None,
        unit=f"share of the differences in {target} explained" if evidence else "",
        table=table,
        pictures=_pictures(table, target, tests, evidence=evidence),
        method=_METHOD.format(target=target, about=_WALLET_IS if target == _WALLET else ""),
        sources=_SOURCES,
        caveats=(*more, *notes, *_size_note(table, target)),
    )


def _compared(rows: pd.DataFrame, found: list[Grouping]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep the customers whose needs are known, if they are enough: all ways on the same people."""
    needs = next((one for one in found if one.basis.name == "needs"), None)
    if needs is None:
        kept, notes = rows, ("Needs are not known: the job cannot be compared.",)
    else:
        inside = rows[rows.index.isin(needs.basis.rows.index)]
        enough = len(inside) >= _LEAST
        kept = inside if enough else rows
        notes = (f"Compared on the {count(len(inside))} customers whose needs are known.",)
        notes = notes if enough else ("Too few needs are known: the job is not compared.",)
    if len(kept) < _LEAST // 2:
        raise DataError(
            f"Ways of grouping are compared from {_LEAST // 2} customers on; found {len(kept)}."
        )
    return kept, notes


def _schemes(
    company: CompanyTables, proof: Proof, compared: pd.DataFrame, found: list[Grouping]
) -> Mapping[str, _Scheme]:
    accounts = company.tables.get("accounts")
    schemes: dict[str, _Scheme] = {}
    if accounts is not None:
        known = accounts.set_index("account_id")
        known = known[known.index.isin(proof.rows.index)]
        made = conventional_schemes(known[[name for name in _CONVENTIONAL if name in known]])
        schemes |= {
            _CONVENTIONAL[str(name)]: _Scheme(pd.Series(labels.to_numpy(), index=known.index))
            for name, labels in made.items()
        }
    for one in found:
        covers = one.basis.rows.index.isin(compared.index).sum() >= 0.5 * len(compared)
        if one.basis.name in _MODELS and covers:
            named = one.model.stability_.assign(segment=one.names)
            schemes[_MODELS[one.basis.name]] = _Scheme(one.labels(), named)
    scored = scored_by_purchases(company)
    if scored is not None:
        schemes["RFM (a year before)"] = _Scheme(scored)
    draws = np.random.default_rng(0).integers(_RANDOM_GROUPS, size=len(proof.rows))
    names = pd.Series([f"group {number + 1}" for number in draws], index=proof.rows.index)
    schemes[_RANDOM] = _Scheme(names)
    return schemes


def _tested(proof: Proof, scheme: _Scheme) -> SegmentTests | None:
    try:
        return eight_tests(proof, scheme.labels, scheme.stability)
    except DataError:  # one segment alone cannot be tested against others
        return None


def _league(
    company: CompanyTables,
    compared: pd.DataFrame,
    target: str,
    proof: Proof,
    schemes: Mapping[str, _Scheme],
    tests: Mapping[str, SegmentTests | None],
) -> pd.DataFrame:
    labels = {
        name: scheme.labels.reindex(compared.index).to_numpy() for name, scheme in schemes.items()
    }
    frame = compared.reset_index(drop=True)
    main = league_table(
        frame,
        labels,
        value=target,
        descriptors=[name for name in proof.descriptors if frame[name].notna().any()],
        stability={name: scheme.steady for name, scheme in schemes.items()},
        tests={name: one for name, one in tests.items() if one is not None},
    )
    told = _told(target)
    renamed = {"scheme": "way", "value_r2": told, "value_r2_error": f"{told} error"}
    table = main.rename(columns={**renamed, "passed": "tests passed"})
    if target != _REVENUE:
        second = league_table(frame, labels, value=_REVENUE).set_index("scheme")["value_r2"]
        table[_told(_REVENUE)] = table["way"].map(second)
    for name, fate in (("leaves", left_within_a_year(company)), ("wins", won_deals(company))):
        table[name] = table["way"].map(_foretold(fate, schemes, company))
    return table.round(3)


def _told(target: str) -> str:
    """Name the column that says how much is explained of what was to be explained."""
    return f"{target} explained"


def _foretold(
    fate: pd.Series[float] | None, schemes: Mapping[str, _Scheme], company: CompanyTables
) -> Mapping[str, float]:
    """Give the AUC of each scheme that does not hang on the fate itself."""
    if fate is None or fate.nunique() != 2 or len(fate) < _LEAST:
        return {}
    accounts = company["accounts"].set_index("account_id").reindex(fate.index)
    made = conventional_schemes(accounts[[name for name in _CONVENTIONAL if name in accounts]])
    labels: dict[str, Any] = {
        _CONVENTIONAL[str(name)]: found.to_numpy()
        for name, found in made.items()
        if _CONVENTIONAL[str(name)] in schemes
    }
    # One draw of random groups can be lucky; their mean shows what chance does.
    rng = np.random.default_rng(0)
    draws = {f"{_RANDOM} {n}": rng.integers(_RANDOM_GROUPS, size=len(fate)) for n in range(_LOTS)}
    frame = pd.DataFrame({"fate": fate.to_numpy()})
    found = league_table(frame, {**labels, **draws}, outcomes=["fate"])
    scores = found.set_index("scheme")["auc_fate"]
    return {**scores.drop(list(draws)), _RANDOM: float(scores[list(draws)].mean())}


def _headline(
    table: pd.DataFrame,
    target: str,
    customers: int,
    interval: tuple[float, float],
    *,
    evidence: bool,
) -> str:
    best, told = table.iloc[0], _told(target)
    if not evidence:
        way = best["way"]
        leader = f"{way} do best: they explain" if way == _RANDOM else f"the best, {way}, explains"
        return (
            f"No way of grouping tells more than chance of the {target} of {count(customers)} "
            f"customers; {leader} {share(max(best[told], 0.0))} "
            f"({between(*interval, share)})."
        )
    second = table[table["way"] != _RANDOM].iloc[1:2]
    words = (
        f"Grouping by {best['way']} tells most: it explains {share(best[told])} of the "
        f"differences in {target} among customers it has not seen ({between(*interval, share)})"
    )
    if len(second):
        row = second.iloc[0]
        words += f"; the next, {row['way']}, {share(max(row[told], 0.0))}"
    return f"{words}."


def _size_note(table: pd.DataFrame, target: str) -> tuple[str, ...]:
    told = _told(_REVENUE)
    if target == _REVENUE:
        return ()
    top = table.iloc[int(table[told].to_numpy().argmax())]
    note = (
        f"Revenue itself follows {top['way']} ({share(max(top[told], 0.0))}): how much a "
        "customer can spend. Share of wallet is how much of it comes to us."
    )
    return (note,)


def _pictures(
    table: pd.DataFrame,
    target: str,
    tests: Mapping[str, SegmentTests | None],
    *,
    evidence: bool,
) -> tuple[Picture, ...]:
    best = table.iloc[0]
    shown = [best["way"], "vertical (segment)", _RANDOM]
    proofs = ((name, tests.get(name)) for name in dict.fromkeys(shown))
    return (
        _compared_picture(table, target, evidence=evidence),
        *(eight_tests_picture(name, found) for name, found in proofs if found is not None),
    )


def _compared_picture(table: pd.DataFrame, target: str, *, evidence: bool) -> Picture:
    told = _told(target)
    best, error = table.iloc[0], table[f"{told} error"]
    chance = table.loc[table["way"] == _RANDOM, told].iloc[0]
    rows = pd.DataFrame(
        {
            "way": table["way"],
            "explained": table[told],
            "low": table[told] - _T * error,
            "high": table[told] + _T * error,
        }
    )
    finding = (
        f"{best['way'][0].upper()}{best['way'][1:]} explains {share(max(best[told], 0.0))} "
        f"of the differences in {target} among customers it has not seen, random groups "
        f"{share(max(chance, 0.0))}."
    )
    if not evidence:
        finding = f"No way of grouping tells clearly more than guessing of {target}."
    return Picture(
        title=f"How much each way of grouping tells of {target}",
        finding=finding,
        table=rows.round(3),
        draw=partial(
            intervals,
            name="way",
            estimate="explained",
            low="low",
            high="high",
            axis="R² on customers not seen (line: 90 % interval)",
            level=(0.0, "guessing"),
            tickformat=".0%",
        ),
    )
