"""Transitions between stages: counts, probabilities, and whether they have a memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import chi2

from segkit.errors import check_share
from segkit.frames import JsonResult
from segkit.intervals import wilson_interval
from segkit.process.events import LOST, WON, read_visits
from segkit.process.visits import Floats, Visits

__all__ = ["OrderTest", "TransitionMatrix", "transition_matrix"]

_LEAST = 5  # triples a possible continuation, for the chi-squared distribution to hold


@dataclass(frozen=True)
class OrderTest(JsonResult):
    """Whether the next stage depends on the stage before the present one.

    Attributes
    ----------
    statistic, df, p : float, int, float
        Likelihood ratio of a second-order chain against the first-order one.
    verdict : str
        "no memory found", "memory" or "not enough data".
    """

    statistic: float
    df: int
    p: float
    verdict: str


@dataclass(frozen=True, eq=False)
class TransitionMatrix(JsonResult):
    """How often cases go from each stage straight to each stage or outcome.

    Attributes
    ----------
    counts, probabilities : DataFrame
        Stages in rows, stages and after them outcomes in columns; a row of `probabilities` sums
        to 1 (NaN where no case has left the stage yet).
    table : DataFrame
        One row a transition seen: `source, target, count, probability` and its Wilson interval
        `low, high`.
    stages, outcomes : tuple of str
        Names of the rows, and of the columns that end a case.
    won : tuple of str
        The outcomes that count as won.
    entries : dict of str to float
        Share of cases that begin at each stage.
    censored : dict of str to int
        Open cases in each stage: their next step is not known and counts nowhere.
    order : OrderTest
        Test of the chain's memory.
    notes : tuple of str
        What was set aside or sorted, and what to mind.
    """

    counts: pd.DataFrame
    probabilities: pd.DataFrame
    table: pd.DataFrame
    stages: tuple[str, ...]
    outcomes: tuple[str, ...]
    won: tuple[str, ...]
    entries: dict[str, float]
    censored: dict[str, int]
    order: OrderTest
    confidence: float
    notes: tuple[str, ...]


def transition_matrix(
    events: Any,
    *,
    case: str = "case",
    stage: str = "stage",
    entered_at: str | None = "entered_at",
    outcome: str | None = None,
    won: Collection[str] = WON,
    lost: Collection[str] = LOST,
    stages: Sequence[str] = (),
    as_of: Any = None,
    confidence: float = 0.9,
) -> TransitionMatrix:
    r"""Count the steps from stage to stage (directly-follows) and estimate their probabilities.

    :math:`\hat p_{ij} = n_{ij} / n_i`, the maximum-likelihood estimate of a Markov chain; the last
    stage of an open case is censored. The order of the chain is tested by the likelihood ratio
    :math:`G^2 = 2 \sum n_{ijk} \ln (n_{ijk} n_{\cdot j \cdot} / n_{ij \cdot} n_{\cdot jk})`
    (Anderson & Goodman 1957), with degrees of freedom counted from the steps that occur.

    Parameters
    ----------
    events, case, stage, entered_at, outcome, won, lost, stages, as_of
        As in `stage_paths`.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, no event can be used, a stage is not among `stages`, or a case has
        two outcomes.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = transition_matrix([["demo", "offer", "won"], ["demo", "lost"], ["demo"]])
    >>> found.probabilities
           demo  offer  won  lost
    demo    0.0    0.5  0.0   0.5
    offer   0.0    0.0  1.0   0.0
    >>> found.censored["demo"]
    1
    """
    check_share("confidence", "transition_matrix", confidence)
    visits = read_visits(
        events, owner="transition_matrix", case=case, stage=stage, entered_at=entered_at,
        outcome=outcome, won=won, lost=lost, stages=stages, as_of=as_of,
    )  # fmt: skip
    n, names = len(visits.stages), visits.states
    known = visits.following >= 0
    number = np.bincount(
        visits.stage[known] * len(names) + visits.following[known], minlength=n * len(names)
    ).reshape(n, len(names))
    counts = pd.DataFrame(number, index=list(visits.stages), columns=list(names))
    left = counts.sum(axis=1)
    entries = np.bincount(visits.stage[visits.first], minlength=n) / len(visits.cases)
    censored = np.bincount(visits.stage[~known], minlength=n)
    return TransitionMatrix(
        counts=counts,
        probabilities=counts.div(left.where(left > 0), axis=0),
        table=_table(counts, confidence),
        stages=visits.stages,
        outcomes=visits.outcomes,
        won=tuple(name for name in visits.outcomes if name in visits.won),
        entries=dict(zip(visits.stages, entries.tolist(), strict=True)),
        censored=dict(zip(visits.stages, censored.tolist(), strict=True)),
        order=_order_test(visits),
        confidence=confidence,
        notes=(*visits.notes, *_censored_note(int(censored.sum()), len(visits.case))),
    )


def _table(counts: pd.DataFrame, confidence: float) -> pd.DataFrame:
    row, column = np.nonzero(counts.to_numpy())
    count = counts.to_numpy()[row, column]
    left = counts.to_numpy().sum(axis=1)[row]
    low, high = wilson_interval(count, left, confidence)
    return pd.DataFrame(
        {
            "source": counts.index[row],
            "target": counts.columns[column],
            "count": count,
            "probability": count / left,
            "low": low,
            "high": high,
        }
    )


def _order_test(visits: Visits) -> OrderTest:
    """Compare the continuations of each stage by the stage before it."""
    middle = np.flatnonzero(np.append([False], np.diff(visits.case) == 0) & (visits.following >= 0))
    now = visits.stage[middle].astype(np.int16)
    by_stage = middle[np.argsort(now, kind="stable")]
    statistic, df, cells = 0.0, 0, 0
    for part in np.split(by_stage, np.bincount(now).cumsum()[:-1]):
        (row, before), (column, after) = map(
            pd.factorize, (visits.stage[part - 1], visits.following[part])
        )
        rows, columns = len(before), len(after)
        seen = np.bincount(row * columns + column, minlength=rows * columns).reshape(rows, columns)
        if min(rows, columns) > 1:
            statistic += _gain(seen.astype(np.float64))
            df += (rows - 1) * (columns - 1)
            cells += rows * columns
    if not df or len(middle) < _LEAST * cells:
        return OrderTest(statistic, df, float("nan"), "not enough data")
    p = float(chi2.sf(statistic, df))
    return OrderTest(statistic, df, p, "memory" if p < 0.05 else "no memory found")


def _gain(table: Floats) -> float:
    """Give the likelihood ratio of a table of counts against independence."""

    def entropy(counts: NDArray[np.float64]) -> float:
        return float(xlogy(counts, counts).sum())

    parts = entropy(table.sum(axis=0)) + entropy(table.sum(axis=1))
    return max(0.0, 2 * (entropy(table) - parts + entropy(table.sum(keepdims=True))))


def _censored_note(open_cases: int, visits: int) -> list[str]:
    if not open_cases:
        return []
    words = (
        f"{open_cases:,} of {visits:,} visits of stages are not over: their next step counts "
        "nowhere. If quick steps are of another kind than slow ones, see time_in_stage."
    )
    return [words]
