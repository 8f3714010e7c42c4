"""The eight tests of a segment: each with value, threshold, result and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError, nearest
from segkit.frames import JsonResult
from segkit.segments.intake import as_frame, infinite
from segkit.segments.proofs import (
    Case,
    Thresholds,
    accessible,
    actionable,
    differentiable,
    growing,
    identifiable,
    profitable,
    stable,
    substantial,
)

__all__ = ["SegmentTests", "segment_tests"]


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
        If columns are unknown or infinite, or there is only one segment.

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
        *identifiable(case, descriptors),
        *substantial(case, value),
        *accessible(case, contact),
        *differentiable(case, outcomes),
        *actionable(case, plays or {}),
        *stable(case, stability),
        *profitable(case, contribution),
        *growing(case, revenue),
    ]
    table = pd.DataFrame(rows).sort_values("segment", kind="stable", ignore_index=True)
    return SegmentTests(table)


def _case(
    customers: Any, segments: Any, thresholds: Thresholds, seed: int, columns: list[str]
) -> Case:
    frame = as_frame(customers)
    if frame is None:
        raise DataError(f"segment_tests needs a frame. Found {type(customers).__name__}.")
    named = [*columns, segments] if isinstance(segments, str) else columns
    lost = [f"{name!r}.{nearest(name, frame.columns)}" for name in named if name not in frame]
    if lost:
        raise DataError(f"There are no columns {'; '.join(lost)} Found {list(frame.columns)}.")
    faults = infinite(frame, dict.fromkeys(columns))
    if faults:
        raise DataError("\n".join(faults))
    labels = frame[segments] if isinstance(segments, str) else pd.Series(np.asarray(segments))
    if len(labels) != len(frame):
        raise DataError(f"{len(labels)} segments were given for {len(frame)} customers.")
    inside = np.asarray(labels.notna() & (labels.astype(object) != -1))
    labels = labels[inside].reset_index(drop=True)
    names = sorted(labels.unique(), key=str)
    if len(names) < 2:
        raise DataError(f"Segments can be tested against each other from two on. Found {names}.")
    return Case(frame[inside].reset_index(drop=True), labels, thresholds, seed, names)
