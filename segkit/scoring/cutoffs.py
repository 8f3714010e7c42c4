"""Where a number parts the outcomes best, and how well that place is known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.scoring.conditions import Flags, Rule, as_numbers

__all__ = ["CutOff", "best_cut", "cut_offs", "refined", "round_between", "selected_p"]

Floats = NDArray[np.float64]
LEVEL = 0.95
_LEAST = 5
_ALIKE = 1 - 1e-9


@dataclass(frozen=True)
class CutOff:
    """A cut-off of a rule with its bootstrap interval.

    Attributes
    ----------
    column : str
    cut, low, high : float
        The cut-off and the ends of its 95 % interval.
    """

    column: str
    cut: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.column}: {self.cut:.6g} (95 % {self.low:.6g} to {self.high:.6g})"


def best_cut(
    values: Floats, labels: Floats, *, weights: Floats | None = None, sign: int = 1, least: int = 1
) -> tuple[Floats, Floats]:
    r"""Cut where the chi-square of "above" against "at most" is largest (Miller & Siegmund 1982).

    Parameters
    ----------
    values, labels : array of shape (n,)
        Numbers, and 1 for the outcome, else 0.
    weights : array of shape (draws, n), optional
        How often each row counts, one line a bootstrap sample.
    sign : int
        1 where the outcome is more frequent above the cut, -1 where it is less so.
    least : int
        Rows that each side keeps at least.

    Returns
    -------
    tuple of array of shape (draws,)
        The values next to the cut, below and above it; NaN where no cut is possible.
    """
    order = np.argsort(values, kind="stable")
    x, y = values[order], labels[order]
    w = np.ones((1, len(x))) if weights is None else weights[:, order]
    last = np.flatnonzero(np.diff(x) > 0)
    below, hits = np.cumsum(w, axis=1)[:, last], np.cumsum(w * y, axis=1)[:, last]
    total, all_hits = w.sum(axis=1, keepdims=True), (w * y).sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        # With the rate and size of all rows fixed, chi-square is this square over a constant.
        z = sign * (below * all_hits / total - hits) / np.sqrt(below * (total - below))
    z = np.where((below >= least) & (total - below >= least), z, -np.inf)
    if z.shape[1] == 0:
        return np.full(len(w), np.nan), np.full(len(w), np.nan)
    place = z.argmax(axis=1)
    found = np.isfinite(z[np.arange(len(w)), place]) & (z[np.arange(len(w)), place] > 0)
    low, high = x[last][place], x[last + 1][place]
    return np.where(found, low, np.nan), np.where(found, high, np.nan)


def selected_p(
    values: Floats, labels: Floats, *, least: int, permutations: int, seed: int
) -> tuple[float, int]:
    """Test the best of all cuts, above or below, against the best of permuted outcomes.

    Returns
    -------
    float
        Share of the permutations, this one among them, whose best cut is at least as good.
    int
        1 where the outcome is more frequent above the cut, -1 where it is less so.
    """
    order = np.argsort(values, kind="stable")
    x, y = values[order], labels[order]
    last = np.flatnonzero(np.diff(x) > 0)
    last = last[(last + 1 >= least) & (len(x) - last - 1 >= least)]
    if not len(last):
        return 1.0, 1
    rng = np.random.default_rng(seed)
    drawn = np.vstack([y, rng.permuted(np.tile(y, (permutations, 1)), axis=1)])
    below = last + 1.0
    z = below * y.mean() - np.cumsum(drawn, axis=1)[:, last]
    z /= np.sqrt(below * (len(x) - below))
    best = np.abs(z).max(axis=1)
    p_value = float((best >= best[0] * _ALIKE).mean())
    return p_value, 1 if z[0].max() >= -z[0].min() else -1


def refined(rule: Rule, frame: pd.DataFrame, labels: Floats, rows: Flags, sign: int) -> Rule:
    """Move each cut-off of a rule to its best place, in the rows that hang on it."""
    for clause, tests in enumerate(rule.clauses):
        for place, test in enumerate(tests):
            if test.operator in {"above", "at most"}:
                where, values, way = _context(rule, clause, place, frame, sign)
                where &= rows
                ends = best_cut(values[where], labels[where], sign=way, least=_LEAST)
                cut = round_between(float(ends[0][0]), float(ends[1][0]))
                if not math.isnan(cut):
                    rule = rule.replaced(clause, place, replace(test, value=cut))
    return rule


def cut_offs(
    rule: Rule,
    frame: pd.DataFrame,
    labels: Floats,
    groups: NDArray[np.intp],
    *,
    sign: int,
    draws: int,
    seed: int,
) -> tuple[CutOff, ...]:
    """Bound each cut-off: groups of rows are drawn anew and the place is looked for again."""
    found = []
    rng = np.random.default_rng(seed)
    for clause, tests in enumerate(rule.clauses):
        for place, test in enumerate(tests):
            if test.operator not in {"above", "at most"}:
                continue
            where, values, way = _context(rule, clause, place, frame, sign)
            ids = np.unique(groups[where], return_inverse=True)[1]
            size = int(ids.max(initial=-1)) + 1
            times = rng.multinomial(size, np.full(size, 1 / max(size, 1)), draws).astype(np.float64)
            low, high = best_cut(
                values[where], labels[where], weights=times[:, ids], sign=way, least=_LEAST
            )
            middle = (low + high)[~np.isnan(low)] / 2
            cut = float(test.value)
            ends = np.quantile(middle, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(middle) else ()
            bounds = (min(*ends, cut), max(*ends, cut)) if len(middle) else (cut, cut)
            found.append(CutOff(test.column, cut, float(bounds[0]), float(bounds[1])))
    return tuple(found)


def _context(
    rule: Rule, clause: int, place: int, frame: pd.DataFrame, sign: int
) -> tuple[Flags, Floats, int]:
    """Give the rows that hang on one condition, their values, and which side has more."""
    test = rule.clauses[clause][place]
    values = as_numbers(frame[test.column])
    where = rule.holds_but(frame, clause, place) & ~np.isnan(values)
    return where, values, sign if test.operator == "above" else -sign


def round_between(low: float, high: float) -> float:
    """Give the shortest number that parts two neighbours: low <= cut < high.

    Examples
    --------
    >>> round_between(247.0, 253.0), round_between(0.123, 0.131), round_between(4.0, 5.0)
    (250.0, 0.13, 4.0)
    """
    if math.isnan(low) or math.isnan(high):
        return math.nan
    middle = (low + high) / 2
    if low <= 0 < high:
        return 0.0
    largest = math.floor(math.log10(max(abs(low), abs(high))))
    for digits in range(-largest, 16 - largest):
        for cut in (round(middle, digits), round(low, digits)):
            if low <= cut < high:
                return float(cut)
    return low
