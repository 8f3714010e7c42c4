"""The eight proofs of a segment, each with value, threshold, result and evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import theilslopes

from segkit.adjustment import holm
from segkit.intervals import wilson_interval
from segkit.segments.columns import as_floats
from segkit.segments.differences import difference
from segkit.segments.foretell import balanced_accuracies

__all__ = [
    "Case",
    "Thresholds",
    "accessible",
    "actionable",
    "differentiable",
    "growing",
    "identifiable",
    "profitable",
    "stable",
    "substantial",
]

Result = Literal["pass", "fail", "unknown"]
Row = dict[str, Any]

DRAWS = 1_000
LEAST_PERIODS = 4


@dataclass(frozen=True)
class Thresholds:
    """What a segment must reach; change any by `Thresholds(share=0.1)`.

    Attributes
    ----------
    accuracy : float
        Cross-validated balanced accuracy of telling members from descriptors.
    missing : float
        Most missing values among the descriptors.
    share, members : float, int
        Share of customers and their number.
    reachable : float
        Share of members with a channel to reach them.
    level : float
        Of the Holm-corrected tests of difference.
    stability : float
        Mean Jaccard index (SLSW).
    """

    accuracy: float = 0.7
    missing: float = 0.2
    share: float = 0.05
    members: int = 100
    reachable: float = 0.6
    level: float = 0.05
    stability: float = 0.75


@dataclass(frozen=True)
class Case:
    """One call: customers with a segment, and what was given to test them by."""

    frame: pd.DataFrame
    segments: pd.Series[Any]
    thresholds: Thresholds
    seed: int
    names: list[Any] = field(default_factory=list)

    def members(self, segment: Any) -> NDArray[np.bool_]:
        """Mark the customers of a segment."""
        return np.asarray(self.segments == segment)


def _row(
    segment: Any, test: str, value: float, threshold: str, passed: bool | None, evidence: str
) -> Row:
    result: Result = "unknown" if passed is None else "pass" if passed else "fail"
    return {
        "segment": segment,
        "test": test,
        "value": value,
        "threshold": threshold,
        "result": result,
        "evidence": evidence,
    }


def _unknown(case: Case, test: str, threshold: str, needs: str) -> Iterator[Row]:
    for segment in case.names:
        yield _row(segment, test, float("nan"), threshold, None, f"needs {needs}")


def identifiable(case: Case, descriptors: Sequence[str]) -> Iterator[Row]:
    """Tell members from the rest by what prospects also have."""
    limits = case.thresholds
    threshold = f"balanced accuracy >= {limits.accuracy:g}, missing <= {limits.missing:.0%}"
    if not descriptors:
        yield from _unknown(case, "identifiable", threshold, "descriptors that prospects have")
        return
    found = balanced_accuracies(case.frame[list(descriptors)], case.segments, seed=case.seed)
    for segment, accuracy, low, high in found:
        missing = float(
            case.frame.loc[case.members(segment), list(descriptors)].isna().mean().mean()
        )
        passed = accuracy >= limits.accuracy and missing <= limits.missing
        evidence = f"90 % interval {low:.2f} to {high:.2f}; 0.5 is guessing; {missing:.0%} missing"
        yield _row(segment, "identifiable", accuracy, threshold, passed, evidence)


def substantial(case: Case, value: str | None) -> Iterator[Row]:
    """Count members, and their share of the value."""
    limits = case.thresholds
    threshold = f"share >= {limits.share:.0%}, members >= {limits.members}"
    worth = None if value is None else np.nan_to_num(as_floats(case.frame[value]))
    for segment in case.names:
        members = case.members(segment)
        share, n = float(members.mean()), int(members.sum())
        evidence = f"{n:,} members"
        if worth is not None and worth.sum() > 0:
            evidence += f" with {worth[members].sum() / worth.sum():.1%} of {value}"
        passed = share >= limits.share and n >= limits.members
        yield _row(segment, "substantial", share, threshold, passed, evidence)


def accessible(case: Case, contact: Sequence[str]) -> Iterator[Row]:
    """Count members with a channel to reach them."""
    threshold = f"reachable >= {case.thresholds.reachable:.0%}"
    if not contact:
        yield from _unknown(case, "accessible", threshold, "columns of channels or contacts")
        return
    filled = pd.DataFrame({name: _filled(case.frame[name]) for name in contact}).any(axis=1)
    for segment in case.names:
        reached = filled[case.members(segment)]
        low, high = wilson_interval([reached.sum()], [reached.size])
        evidence = f"90 % interval {low[0]:.0%} to {high[0]:.0%} of {reached.size:,}"
        share = float(reached.mean())
        passed = share >= case.thresholds.reachable
        yield _row(segment, "accessible", share, threshold, passed, evidence)


def _filled(values: pd.Series[Any]) -> pd.Series[bool]:
    known = values.notna()
    if pd.api.types.is_bool_dtype(values):
        return known & values.fillna(value=False).astype(bool)
    return known & (values.astype(object) != "")


def differentiable(case: Case, outcomes: Sequence[str]) -> Iterator[Row]:
    """Compare members with all others in outcomes that made no segment."""
    threshold = f"Holm p < {case.thresholds.level:g} in one outcome"
    if not outcomes:
        yield from _unknown(case, "differentiable", threshold, "outcomes that made no segment")
        return
    tests = [
        (segment, outcome, *difference(case.frame[outcome], case.members(segment)))
        for segment in case.names
        for outcome in outcomes
    ]
    corrected = holm([p for *_, p in tests])
    for segment in case.names:
        own = [(*test, p) for test, p in zip(tests, corrected, strict=True) if test[0] == segment]
        _, outcome, measure, effect, _, p = min(own, key=lambda test: (test[5], -test[3]))
        evidence = f"{outcome}: {measure} = {effect:.3f}, Holm p = {p:.2g}"
        passed = p < case.thresholds.level
        yield _row(segment, "differentiable", p, threshold, passed, evidence)


def actionable(case: Case, plays: Mapping[Any, str]) -> Iterator[Row]:
    """Show the play that people have entered."""
    for segment in case.names:
        play = plays.get(segment)
        passed = True if play else None
        evidence = play or "needs a play with an owner and capacity, entered by people"
        yield _row(segment, "actionable", float("nan"), "a named play", passed, evidence)


def stable(case: Case, stability: Mapping[Any, float] | pd.DataFrame | None) -> Iterator[Row]:
    """Show the stability that a model has measured."""
    if isinstance(stability, pd.DataFrame):
        stability = dict(zip(stability["segment"], stability["slsw"], strict=True))
    threshold = f"SLSW >= {case.thresholds.stability:g}"
    for segment in case.names:
        value = float((stability or {}).get(segment, float("nan")))
        if np.isnan(value):
            yield _row(segment, "stable", value, threshold, None, "needs the stability of a model")
        else:
            passed = value >= case.thresholds.stability
            evidence = "comes back in resamples" if passed else "does not come back in resamples"
            yield _row(segment, "stable", value, threshold, passed, evidence)


def profitable(case: Case, contribution: str | None) -> Iterator[Row]:
    """Bound the mean contribution of a member."""
    threshold = "lower bound > 0"
    if contribution is None:
        yield from _unknown(case, "profitable", threshold, "a column of contribution")
        return
    rng = np.random.default_rng(case.seed)
    for segment in case.names:
        values = as_floats(case.frame.loc[case.members(segment), contribution])
        values = values[~np.isnan(values)]
        if values.size < 2:
            yield _row(segment, "profitable", float("nan"), threshold, None, "too few values")
            continue
        draws = [values[rng.integers(values.size, size=values.size)].mean() for _ in range(DRAWS)]
        low, high = np.quantile(draws, [0.05, 0.95])
        evidence = f"90 % interval {low:,.4g} to {high:,.4g} a member"
        yield _row(segment, "profitable", float(values.mean()), threshold, bool(low > 0), evidence)


def growing(case: Case, revenue: Sequence[str]) -> Iterator[Row]:
    """Fit a slope to the revenue of the segment."""
    threshold = "lower bound > 0"
    if len(revenue) < LEAST_PERIODS:
        needs = f"revenue of at least {LEAST_PERIODS} periods"
        yield from _unknown(case, "growing", threshold, needs)
        return
    paid = np.nan_to_num(np.column_stack([as_floats(case.frame[name]) for name in revenue]))
    for segment in case.names:
        members = case.members(segment)
        slope, low, high = _slope(paid[members].sum(axis=0))
        payers, fewest, most = _slope((paid[members] > 0).sum(axis=0))
        evidence = (
            f"90 % interval {low:,.4g} to {high:,.4g} a period; "
            f"payers {payers:+,.3g} ({fewest:,.3g} to {most:,.3g})"
        )
        yield _row(segment, "growing", slope, threshold, low > 0, evidence)


def _slope(series: NDArray[np.float64]) -> tuple[float, float, float]:
    fitted = theilslopes(series, np.arange(len(series)), alpha=0.9)
    return float(fitted.slope), float(fitted.low_slope), float(fitted.high_slope)
