"""From all conjunctions to a short list: each rule speaks of deals that no earlier one covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.scoring.conditions import Condition, Flags, Rule
from segkit.scoring.cutoffs import refined
from segkit.scoring.search import Floats, Space, extremes, permuted, strongest

__all__ = ["Evidence", "Learned", "rule_list"]

MOST_RULES = 10


@dataclass(frozen=True)
class Evidence:
    """The deals from which rules are learned.

    Attributes
    ----------
    frame : DataFrame of shape (n, columns)
    labels : array of float, shape (n,)
        1 for the outcome, else 0.
    groups : array of int, shape (n,)
        Deals of one group are no independent evidence.
    space : Space
    chance : array of shape (runs,)
        The largest absolute score of any rule on permuted labels.
    alpha : float
        Largest p-value of a rule.
    seed : int
    """

    frame: pd.DataFrame
    labels: Floats
    groups: NDArray[np.intp]
    space: Space
    chance: Floats
    alpha: float
    seed: int

    def p_value(self, z: float) -> float:
        """Give the chance that permuted labels hold any rule with such a score."""
        return _p_value(z, self.chance)


@dataclass(frozen=True)
class Learned:
    """A rule, and the chance that permuted labels hold any rule as strong."""

    rule: Rule
    p_value: float


def rule_list(evidence: Evidence, sign: int) -> list[Learned]:
    """Learn rules with more of the outcome (sign 1) or less of it (-1), the strongest first."""
    left = np.ones(len(evidence.labels), dtype=np.bool_)
    base = float(evidence.labels.mean())
    found: list[Learned] = []
    while len(found) < MOST_RULES:
        best = strongest(
            evidence.space, left, evidence.labels, sign=sign, base=base, alpha=evidence.alpha
        )
        if best is None or evidence.p_value(best.z) > evidence.alpha:
            break
        rule = Rule(tuple((test,) for test in _readable(best.conditions)))
        rule = refined(rule, evidence.frame, evidence.labels, left, sign)
        rule = max(
            _versions(evidence, rule, left, sign), key=lambda one: _worth(evidence, one, left)
        )
        rule = _best_columns(evidence, rule, left, sign)
        covered = left & rule.holds(evidence.frame)
        if covered.sum() < evidence.space.least:
            break
        found.append(Learned(rule, evidence.p_value(best.z)))
        left &= ~covered
        if left.sum() < 2 * evidence.space.least:
            break
    return found


def _versions(evidence: Evidence, rule: Rule, left: Flags, sign: int) -> Iterator[Rule]:
    """Give the rule, and shorter ones that make an exception: A and not (B and C)."""
    yield rule
    most = evidence.space.depth - 1
    shorter = [Rule(some) for some in combinations(rule.clauses, len(rule.clauses) - 1) if some]
    for start in (rule, *shorter):
        if len(start.clauses) <= most:
            extended = _with_exception(evidence, start, left, sign)
            if extended is not None:
                yield refined(extended, evidence.frame, evidence.labels, left, sign)


def _best_columns(evidence: Evidence, rule: Rule, left: Flags, sign: int) -> Rule:
    """Put another number in place of one where its best cut-off tells more.

    Bins are coarse: of numbers that hang together, the search may meet the wrong one first.
    """
    numbers = [
        one.name
        for one in evidence.space.attributes
        if one.tests[0][0].operator == "above" and one.name not in rule.columns
    ]
    best = rule
    for clause, tests in enumerate(rule.clauses):
        for place, test in enumerate(tests):
            if test.operator in {"above", "at most"}:
                for name in numbers:
                    other = rule.replaced(clause, place, replace(test, column=name))
                    other = refined(other, evidence.frame, evidence.labels, left, sign)
                    if _score(evidence, other, left) > _score(evidence, best, left):
                        best = other
    return best


def _with_exception(evidence: Evidence, rule: Rule, left: Flags, sign: int) -> Rule | None:
    """Except two conditions under which a rule fails, more clearly than chance would have it."""
    rows = left & rule.holds(evidence.frame)
    space = Space(evidence.space.attributes, 2, evidence.space.least)
    if rows.sum() < 2 * space.least:
        return None
    labels = evidence.labels
    best = strongest(
        space, rows, labels, sign=-sign, base=float(labels[rows].mean()), alpha=evidence.alpha
    )
    if best is None or len(best.conditions) < 2:
        return None
    drawn = np.zeros((len(labels), len(evidence.chance)), dtype=np.float32)
    drawn[rows] = permuted(labels[rows], evidence.groups[rows], drawn.shape[1], evidence.seed)
    if _p_value(best.z, extremes(space, rows, drawn)) > evidence.alpha:
        return None
    excepted = _readable(best.conditions)
    return Rule((*rule.clauses, tuple(test.opposite() for test in excepted)))


def _readable(tests: Sequence[Condition]) -> list[Condition]:
    """Say what is before what is not."""
    return sorted(tests, key=lambda test: (test.value is False, not isinstance(test.value, bool)))


def _worth(evidence: Evidence, rule: Rule, left: Flags) -> float:
    """Weigh a rule's score against its length, as the Bayesian information criterion does."""
    conditions = sum(len(clause) for clause in rule.clauses)
    return _score(evidence, rule, left) ** 2 - conditions * float(np.log(left.sum()))


def _score(evidence: Evidence, rule: Rule, left: Flags) -> float:
    """Give the absolute hypergeometric z of a rule among the rows left."""
    known = left & rule.known(evidence.frame)
    labels, holds = evidence.labels[known], rule.holds(evidence.frame)[known]
    total, n, rate = len(labels), int(holds.sum()), float(labels.mean())
    spread = n * rate * (1 - rate) * (total - n) / max(total - 1, 1)
    return float(abs(labels[holds].sum() - n * rate) / np.sqrt(spread)) if spread > 0 else 0.0


def _p_value(z: float, chance: Floats) -> float:
    return float((1 + (chance >= z).sum()) / (1 + len(chance)))
