"""What a rule is made of: conditions on one column each, and clauses of which one must hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Clause", "Condition", "Flags", "Rule", "as_numbers"]

Flags = NDArray[np.bool_]
Operator = Literal["is", "is not", "above", "at most"]
_OPPOSITE: dict[Operator, Operator] = {
    "is": "is not",
    "is not": "is",
    "above": "at most",
    "at most": "above",
}


@dataclass(frozen=True)
class Condition:
    """A test of one column; it never holds where the value is missing.

    Attributes
    ----------
    column : str
    operator : str
        "is", "is not", "above" or "at most".
    value : bool, float or str
        True and False for a column of yes and no, a number to compare with, or a level.
    """

    column: str
    operator: Operator
    value: bool | float | str

    def opposite(self) -> Condition:
        """Give the test that holds where this one does not (and the value is known)."""
        if isinstance(self.value, bool):
            return Condition(self.column, self.operator, not self.value)
        return Condition(self.column, _OPPOSITE[self.operator], self.value)

    def holds(self, frame: pd.DataFrame) -> Flags:
        """Say of each row whether the test holds."""
        values = frame[self.column]
        if isinstance(self.value, str):
            same = (values.astype("str") == self.value).to_numpy(bool, na_value=False)
            return same if self.operator == "is" else ~same & values.notna().to_numpy(bool)
        numbers = as_numbers(values)
        if self.operator == "is":
            return np.asarray(numbers == float(self.value))
        above = numbers > self.value
        return np.asarray(above if self.operator == "above" else numbers <= self.value)

    def __str__(self) -> str:
        if isinstance(self.value, bool):
            return self.column if self.value else f"not {self.column}"
        if isinstance(self.value, str):
            return f"{self.column} {self.operator} {self.value}"
        return f"{self.column} {'>' if self.operator == 'above' else '<='} {self.value:.12g}"


Clause = tuple[Condition, ...]
"""Conditions of which at least one must hold."""


@dataclass(frozen=True)
class Rule:
    """Clauses that must all hold.

    Examples
    --------
    >>> rule = Rule(((Condition("staff", "above", 250.0),),
    ...              (Condition("board", "is", False), Condition("system", "is", True))))
    >>> print(rule)
    staff > 250 and not (board and not system)
    >>> rule.holds(pd.DataFrame({"staff": [300, 300], "board": [1, 1], "system": [1, 0]})).tolist()
    [True, False]
    """

    clauses: tuple[Clause, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the rule asks for, in order, each once."""
        return tuple(dict.fromkeys(test.column for clause in self.clauses for test in clause))

    def holds(self, frame: pd.DataFrame) -> Flags:
        """Say of each row whether the rule holds."""
        start = np.ones(len(frame), dtype=np.bool_)
        return reduce(np.logical_and, (_any(clause, frame) for clause in self.clauses), start)

    def known(self, frame: pd.DataFrame) -> Flags:
        """Say of each row whether all columns that the rule asks for are known."""
        return np.asarray(frame[list(self.columns)].notna().all(axis=1).to_numpy(bool))

    def holds_but(self, frame: pd.DataFrame, clause: int, place: int) -> Flags:
        """Mark the rows on which the rule hangs on a single condition."""
        others = [one for number, one in enumerate(self.clauses) if number != clause]
        rest = [test for number, test in enumerate(self.clauses[clause]) if number != place]
        return Rule(tuple(others)).holds(frame) & ~_any(rest, frame)

    def replaced(self, clause: int, place: int, test: Condition) -> Rule:
        """Give the rule with one condition replaced."""
        own = list(self.clauses[clause])
        own[place] = test
        return Rule((*self.clauses[:clause], tuple(own), *self.clauses[clause + 1 :]))

    def __str__(self) -> str:
        return " and ".join(map(_words, self.clauses))


def as_numbers(values: pd.Series[Any]) -> NDArray[np.float64]:
    """Give numbers, and yes and no, as float64; missing ones as NaN."""
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))


def _any(clause: Iterable[Condition], frame: pd.DataFrame) -> Flags:
    start = np.zeros(len(frame), dtype=np.bool_)
    return reduce(np.logical_or, (test.holds(frame) for test in clause), start)


def _words(clause: Clause) -> str:
    """Say a clause as alternatives or as an exception, whichever denies less."""
    if len(clause) == 1:
        return str(clause[0])
    turned = [test.opposite() for test in clause]
    if _denials(clause) < _denials(turned):
        return f"({' or '.join(map(str, clause))})"
    return f"not ({' and '.join(map(str, turned))})"


def _denials(tests: Iterable[Condition]) -> int:
    return sum(test.value is False or test.operator == "is not" for test in tests)
