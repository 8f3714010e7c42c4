"""The eight tests of a segment: each with value, threshold, result and evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import theilslopes

from segkit.adjustment import holm
from segkit.errors import DataError, nearest
from segkit.frames import JsonResult
from segkit.segments.columns import as_floats
from segkit.segments.differences import difference
from segkit.segments.foretell import balanced_accuracies
from segkit.segments.intake import as_frame
from segkit.segments.intervals import wilson

__all__ = ["SegmentTests", "Thresholds", "segment_tests"]

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
class SegmentTests(JsonResult):
    """Results of the eight tests for each segment.

    Attributes
    ----------
    table : pandas.DataFrame
        `segment, test, value, threshold, result, evidence`; result is "pass", "fail" or
        "unknown" (what the test needs was not given).
    """

    table: pd.DataFrame

    @property
    def passed(self) -> pd.DataFrame:
        """Count results, one row a segment."""
        counts = pd.crosstab(self.table["segment"], self.table["result"])
        return counts.reindex(columns=["pass", "fail", "unknown"], fill_value=0)


@dataclass(frozen=True)
class _Case:
    """One call: customers with a segment, and what was given to test them by."""

    frame: pd.DataFrame
    segments: pd.Series[Any]
    thresholds: Thresholds
    seed: int
    names: list[Any] = field(default_factory=list)

    def members(self, segment: Any) -> NDArray[np.bool_]:
        return np.asarray(self.segments == segment)


def segment_tests(
    customers: Any,
    segments: ArrayLike | str,
    *,
    descriptors: Sequence[str] = (),
    value: str | None = None,
    contact: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    contribution: str | None = None,
    revenue: Sequence[str] = (),
    stability: Mapping[Any, float] | pd.DataFrame | None = None,
    plays: Mapping[Any, str] | None = None,
    thresholds: Thresholds | None = None,
    random_state: int = 0,
) -> SegmentTests:
    """Test each segment by the eight criteria of Kotler and Grover.

    A test whose columns are not given is "unknown", never passed.

    Parameters
    ----------
    customers : frame of shape (n, columns)
    segments : array of shape (n,) or str
        Segment of each customer, or the column that holds it; -1 and missing take no part.
    descriptors : sequence of str
        Fields that prospects also have. *Identifiable*: balanced accuracy, over five folds, of a
        tree of depth 3 or less that tells members from the rest by them.
    value : str
        *Substantial*: share of customers; the share of this value is told beside it.
    contact : sequence of str
        *Accessible*: share of members with any of these filled (and not False).
    outcomes : sequence of str
        Columns that did not make the segments. *Differentiable*: members against all others,
        rank-sum test and eta^2 for numbers, chi^2 test and Cramer's V for categories; Holm's
        correction over all segments and outcomes.
    contribution : str
        *Profitable*: mean contribution a member after cost to serve, 90 % bootstrap interval.
    revenue : sequence of str
        Columns of revenue a period, oldest first. *Growing*: Theil-Sen slope of the segment's
        revenue, 90 % interval; the slope of its number of payers is told beside it.
    stability : mapping or DataFrame
        *Stable*: SLSW by segment, or `Segmenter.stability_`.
    plays : mapping
        *Actionable*: segment -> what will be done for it, entered by people, never computed.
    thresholds : Thresholds
    random_state : int

    Raises
    ------
    DataError
        If columns are unknown, or there is only one segment.

    Notes
    -----
    Kotler & Keller, "Marketing Management" (measurable, substantial, accessible, differentiable,
    actionable); Grover & Srinivasan (identifiable, profitable, growing).

    Examples
    --------
    >>> table = pd.DataFrame({"staff": [5, 7, 6, 90, 80, 85] * 50, "mail": ["a@b", None] * 150})
    >>> found = segment_tests(table, ["small", "small", "small", "big", "big", "big"] * 50,
    ...                       descriptors=["staff"], contact=["mail"])
    >>> found.table.loc[:2, ["segment", "test", "value", "result"]].round(2)
      segment          test  value result
    0     big  identifiable   1.00   pass
    1     big   substantial   0.50   pass
    2     big    accessible   0.33   fail
    """
    case = _case(
        customers,
        segments,
        thresholds or Thresholds(),
        random_state,
        [*descriptors, *contact, *outcomes, *revenue, *(n for n in (value, contribution) if n)],
    )
    rows = [
        *_identifiable(case, descriptors),
        *_substantial(case, value),
        *_accessible(case, contact),
        *_differentiable(case, outcomes),
        *_actionable(case, plays or {}),
        *_stable(case, stability),
        *_profitable(case, contribution),
        *_growing(case, revenue),
    ]
    table = pd.DataFrame(rows).sort_values("segment", kind="stable", ignore_index=True)
    return SegmentTests(table)


def _case(
    customers: Any, segments: Any, thresholds: Thresholds, seed: int, columns: list[str]
) -> _Case:
    frame = as_frame(customers)
    if frame is None:
        raise DataError(f"segment_tests needs a frame. Found {type(customers).__name__}.")
    named = [*columns, segments] if isinstance(segments, str) else columns
    lost = [f"{name!r}.{nearest(name, frame.columns)}" for name in named if name not in frame]
    if lost:
        raise DataError(f"There are no columns {'; '.join(lost)} Found {list(frame.columns)}.")
    labels = frame[segments] if isinstance(segments, str) else pd.Series(np.asarray(segments))
    if len(labels) != len(frame):
        raise DataError(f"{len(labels)} segments were given for {len(frame)} customers.")
    inside = np.asarray(labels.notna() & (labels.astype(object) != -1))
    labels = labels[inside].reset_index(drop=True)
    names = sorted(labels.unique(), key=str)
    if len(names) < 2:
        raise DataError(f"Segments can be tested against each other from two on. Found {names}.")
    return _Case(frame[inside].reset_index(drop=True), labels, thresholds, seed, names)


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


def _unknown(case: _Case, test: str, threshold: str, needs: str) -> Iterator[Row]:
    for segment in case.names:
        yield _row(segment, test, float("nan"), threshold, None, f"needs {needs}")


def _identifiable(case: _Case, descriptors: Sequence[str]) -> Iterator[Row]:
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


def _substantial(case: _Case, value: str | None) -> Iterator[Row]:
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


def _accessible(case: _Case, contact: Sequence[str]) -> Iterator[Row]:
    threshold = f"reachable >= {case.thresholds.reachable:.0%}"
    if not contact:
        yield from _unknown(case, "accessible", threshold, "columns of channels or contacts")
        return
    filled = pd.DataFrame({name: _filled(case.frame[name]) for name in contact}).any(axis=1)
    for segment in case.names:
        reached = filled[case.members(segment)]
        low, high = wilson([reached.sum()], [reached.size])
        evidence = f"90 % interval {low[0]:.0%} to {high[0]:.0%} of {reached.size:,}"
        share = float(reached.mean())
        passed = share >= case.thresholds.reachable
        yield _row(segment, "accessible", share, threshold, passed, evidence)


def _filled(values: pd.Series[Any]) -> pd.Series[bool]:
    known = values.notna()
    if pd.api.types.is_bool_dtype(values):
        return known & values.fillna(value=False).astype(bool)
    return known & (values.astype(object) != "")


def _differentiable(case: _Case, outcomes: Sequence[str]) -> Iterator[Row]:
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


def _actionable(case: _Case, plays: Mapping[Any, str]) -> Iterator[Row]:
    for segment in case.names:
        play = plays.get(segment)
        passed = True if play else None
        evidence = play or "needs a play with an owner and capacity, entered by people"
        yield _row(segment, "actionable", float("nan"), "a named play", passed, evidence)


def _stable(case: _Case, stability: Mapping[Any, float] | pd.DataFrame | None) -> Iterator[Row]:
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


def _profitable(case: _Case, contribution: str | None) -> Iterator[Row]:
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


def _growing(case: _Case, revenue: Sequence[str]) -> Iterator[Row]:
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
