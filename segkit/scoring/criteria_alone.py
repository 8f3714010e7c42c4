"""Criteria one by one: where each holds and where not, for evidence too thin for rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype
from scipy import stats

from segkit.adjustment import holm
from segkit.intervals import wilson_interval
from segkit.scoring.conditions import Condition, Rule, as_numbers
from segkit.scoring.cutoffs import best_cut, cut_offs, round_between, selected_p
from segkit.scoring.intake import Flags, Numbers, is_flag

__all__ = ["each_alone"]

_SIDE = 5
_MOST_LEVELS = 12
_DRAWS = 500
_NAMES = (
    *("criterion", "column", "interviews", "hits", "rate", "low", "high"),
    *("others", "other_hits", "other_rate", "other_low", "other_high"),
    *("cut_off", "p_value", "p_adjusted"),
)


def each_alone(
    rows: pd.DataFrame, names: Sequence[str], hits: Numbers, *, permutations: int, seed: int
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Test each column alone, turned so that it marks hits, the clearest first.

    Yes or no, and levels: Fisher's exact test. Numbers: the best cut against the best cuts of
    permuted hits. p-values are adjusted by Holm. Columns of which nothing can be said are given
    with the reason.
    """
    reasons = {name: _useless(rows[name]) for name in dict.fromkeys(names)}
    left_out = {name: why for name, why in reasons.items() if why}
    found = [
        row
        for name in reasons
        if name not in left_out
        for row in _tested(rows, name, hits, permutations, seed)
    ]
    table = pd.DataFrame(found, columns=list(_NAMES))
    table["p_adjusted"] = holm(table["p_value"])
    gap = table["other_rate"] - table["rate"]
    order = table.assign(gap=gap).sort_values(["p_value", "gap"], kind="stable").index
    return table.loc[order].reset_index(drop=True), left_out


def _useless(values: pd.Series[Any]) -> str:
    known = values.dropna()
    if is_datetime64_any_dtype(known.dtype):
        return "dates are no criteria: give the days between two of them"
    sizes = known.astype("str").value_counts()
    if len(sizes) < 2:
        return "all values are the same"
    if is_flag(values) and sizes.iloc[1] < _SIDE:
        return f"one side has fewer than {_SIDE} interviews"
    if is_numeric_dtype(known.dtype):
        return "" if len(known) >= 2 * _SIDE else f"only {len(known):,} values are known"
    if sizes.iloc[0] < _SIDE or len(sizes) > _MOST_LEVELS:
        return f"{len(sizes):,} values in {len(known):,} interviews: words, no levels"
    return ""


def _tested(
    rows: pd.DataFrame, name: str, hits: Numbers, permutations: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Test a column; a category has a row for each level that is neither rare nor usual."""
    known = rows[name].notna().to_numpy()
    frame, own = rows.loc[known, [name]].reset_index(drop=True), hits[known]
    if is_numeric_dtype(frame[name].dtype) and not is_flag(frame[name]):
        yield from _cut(frame, name, own, permutations, seed)
        return
    if is_flag(frame[name]):
        tests = [Condition(name, "is", value=True)]
    else:
        frame = frame.astype("str")
        sizes = frame[name].value_counts()
        common = sizes.index[(sizes >= _SIDE) & (len(frame) - sizes >= _SIDE)]
        # Of two levels, the one says all of the other.
        tests = [Condition(name, "is", str(level)) for level in common[: len(sizes) - 1]]
    for test in tests:
        holds = test.holds(frame)
        turned = test.opposite() if own[holds].mean() < own[~holds].mean() else test
        yield _row(turned, turned.holds(frame), own, _fisher(holds, own), "")


def _cut(
    frame: pd.DataFrame, name: str, own: Numbers, permutations: int, seed: int
) -> Iterator[dict[str, Any]]:
    values = as_numbers(frame[name])
    p_value, sign = selected_p(values, own, least=_SIDE, permutations=permutations, seed=seed)
    ends = best_cut(values, own, sign=sign, least=_SIDE)
    cut = round_between(float(ends[0][0]), float(ends[1][0]))
    if np.isnan(cut):
        return
    test = Condition(name, "above" if sign > 0 else "at most", cut)
    (bound,) = cut_offs(
        Rule(((test,),)), frame, own, np.arange(len(own)), sign=1, draws=_DRAWS, seed=seed
    )
    yield _row(test, test.holds(frame), own, p_value, str(bound).removeprefix(f"{name}: "))


def _fisher(holds: Flags, own: Numbers) -> float:
    hit = own == 1
    counts = [
        [(holds & hit).sum(), (holds & ~hit).sum()],
        [(~holds & hit).sum(), (~holds & ~hit).sum()],
    ]
    return float(stats.fisher_exact(counts).pvalue)


def _row(test: Condition, holds: Flags, own: Numbers, p_value: float, cut: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "criterion": str(test),
        "column": test.column,
        "cut_off": cut,
        "p_value": p_value,
    }
    sides = (("interviews", "hits", "", holds), ("others", "other_hits", "other_", ~holds))
    for size, hit, prefix, side in sides:
        n, events = int(side.sum()), int(own[side].sum())
        low, high = wilson_interval(events, n)
        rate = events / n if n else np.nan
        found |= {size: n, hit: events}
        found |= {f"{prefix}rate": rate, f"{prefix}low": low, f"{prefix}high": high}
    return found
