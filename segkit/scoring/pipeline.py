"""What open deals are worth: chance x value, how fast, and which to work on first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.intervals import wilson_interval
from segkit.scoring.intake import Numbers, as_array, as_outcome
from segkit.survival import kaplan_meier

__all__ = ["ExpectedValue", "cycle_days", "expected_value", "priority_grid"]

_DRAWS = 4000
_TENTH = 0.1
_LEAST = 20  # decided deals, from which on a group has a median of its own
_LETTERS = ("A", "B", "C")


@dataclass(frozen=True)
class ExpectedValue(JsonResult):
    """Chance x value, deal by deal and in all.

    Attributes
    ----------
    table : DataFrame
        In the order given: `chance, value, expected` and, where given, `low, high` (from the
        interval of the chance), `days, per_day` (expected / days); `rank` by per_day, or else by
        expected, and where no days are known after all others.
    total : float
    interval : tuple of float
        90 % of what may come in: the deals' luck, and the error of the chances where given.
    top_decile_share : float
        Share of the total that the tenth of deals with the largest expected value holds.
    """

    table: pd.DataFrame
    total: float
    interval: tuple[float, float]
    top_decile_share: float


def expected_value(
    chance: ArrayLike,
    value: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    days: ArrayLike | None = None,
    random_state: int = 0,
) -> ExpectedValue:
    """Multiply chances by values, with what the sum may come to.

    Parameters
    ----------
    chance, value : array of shape (n,)
        Chance to win in [0, 1], and what it brings.
    low, high : array of shape (n,), optional
        90 % intervals of the chances; their errors are taken as common to all deals, for they
        come from one model.
    days : array of shape (n,), optional
        Expected days until it is decided, above 0; infinite where their median is not reached,
        which gives no `per_day`.
    random_state : int

    Raises
    ------
    DataError
        If lengths differ, or chances, values or days are out of bounds.

    Examples
    --------
    >>> found = expected_value([0.5, 0.1], [1000, 20000], days=[50, 400])
    >>> found.total, found.table["per_day"].tolist(), found.table["rank"].tolist()
    (2500.0, [10.0, 5.0], [1, 2])
    """
    if (low is None) != (high is None):
        raise DataError("low and high are the two ends of an interval: give both, or neither.")
    p, worth = as_array(chance), as_array(value)
    ends = [p if end is None else as_array(end) for end in (low, high)]
    time = np.ones_like(p) if days is None else as_array(days)
    _check(p, worth, ends, time)
    expected = p * worth
    table = pd.DataFrame({"chance": p, "value": worth, "expected": expected})
    if low is not None and high is not None:
        table["low"], table["high"] = ends[0] * worth, ends[1] * worth
    if days is not None:
        table["days"], table["per_day"] = time, np.where(np.isfinite(time), expected / time, np.nan)
    by = ["expected"] if days is None else ["per_day", "expected"]
    order = table.sort_values(by, ascending=False, kind="stable", na_position="last").index
    table["rank"] = pd.Series(np.arange(1, len(table) + 1), index=order)
    top = max(-int(-len(p) * _TENTH // 1), 1)
    total = float(expected.sum())
    return ExpectedValue(
        table=table,
        total=total,
        interval=_interval(p, worth, ends, random_state),
        top_decile_share=float(np.sort(expected)[::-1][:top].sum() / total) if total > 0 else 0.0,
    )


def cycle_days(days: ArrayLike, decided: Any, groups: Any = None) -> pd.DataFrame:
    """Give the median days until a deal is decided; undecided deals count as censored.

    Parameters
    ----------
    days : array of shape (n,)
        From opening to the decision, or to today.
    decided : array of shape (n,)
        1 or True where it was decided.
    groups : array of shape (n,), optional
        Such as the segment.

    Returns
    -------
    DataFrame
        `group, n, decided, median` (Kaplan & Meier 1958) and `basis`: "own"; "all deals" where a
        group has fewer than 20 decided ones, so that it takes the median of all; or "not reached"
        where half are not decided yet, so that the median is infinite.

    Examples
    --------
    >>> cycle_days([10, 20, 30, 40], [1, 1, 1, 0])
      group  n  decided  median basis
    0   all  4        3    25.0   own
    >>> cycle_days([10, 20, 30, 40], [1, 0, 0, 0])
      group  n  decided  median        basis
    0   all  4        1     inf  not reached
    """
    time = as_array(days)
    done = as_outcome(decided, len(time), "decided") == 1
    if not np.isfinite(time).all() or (time < 0).any() or not done.any():
        raise DataError("cycle_days needs days of at least 0, and at least one decided deal.")
    everybody = kaplan_meier(time, done).median()[0]
    rows = [("all", len(time), int(done.sum()), everybody, "own")]
    if groups is not None:
        names = pd.Series(groups).reset_index(drop=True)
        for name, part in names.groupby(names).groups.items():
            inside = np.asarray(part)
            enough = done[inside].sum() >= _LEAST
            median = kaplan_meier(time[inside], done[inside]).median()[0] if enough else everybody
            basis = "own" if enough else "all deals"
            rows.append((str(name), len(inside), int(done[inside].sum()), median, basis))
    table = pd.DataFrame(rows, columns=["group", "n", "decided", "median", "basis"])
    return table.assign(basis=table["basis"].mask(np.isinf(table["median"]), "not reached"))


def priority_grid(
    fit: ArrayLike,
    engagement: ArrayLike,
    won: Any = None,
    *,
    fit_cuts: tuple[float, float] | None = None,
    engagement_cuts: tuple[float, float] | None = None,
) -> tuple[pd.Series[str], pd.DataFrame]:
    """Place rows on two axes: fit A to C, engagement 1 to 3.

    The two stay apart: a poor fit that is busy is not a good fit that is silent.

    Parameters
    ----------
    fit, engagement : array of shape (n,)
        Larger is better.
    won : array of shape (n,), optional
        1 or True where it was won; gives the rate of each cell.
    fit_cuts, engagement_cuts : tuple of two floats, optional
        Lower ends of the middle and of the best third; by default the values that cut the rows
        into thirds, equal values together.

    Returns
    -------
    grades : Series of str
        "A1" (best fit, most engaged) to "C3"; missing where one of the two is.
    table : DataFrame
        `grade, fit, engagement, n` and, with `won`, `won, rate, low, high` (Wilson), for all nine.

    Examples
    --------
    >>> grades, table = priority_grid([90, 50, 10], [3, 0, 1])
    >>> grades.tolist()
    ['A1', 'B3', 'C2']
    """
    x, y = as_array(fit), as_array(engagement)
    if len(x) != len(y):
        raise DataError(f"fit and engagement must be as long; found {len(x):,} and {len(y):,}.")
    letters = _thirds(x, fit_cuts, "fit_cuts")
    numbers = _thirds(y, engagement_cuts, "engagement_cuts")
    known = np.isfinite(x) & np.isfinite(y)
    words = [
        f"{_LETTERS[2 - a]}{3 - b}" if sure else None
        for a, b, sure in zip(letters, numbers, known, strict=True)
    ]
    index = fit.index if isinstance(fit, pd.Series) else None
    grades = pd.Series(words, dtype="str", name="grade", index=index)
    outcome = None if won is None else as_outcome(won, len(x), "won")
    rows = []
    for letter in _LETTERS:
        for number in range(1, 4):
            inside = (grades == f"{letter}{number}").to_numpy(bool)
            row: dict[str, Any] = {"grade": f"{letter}{number}", "fit": letter}
            row |= {"engagement": number, "n": int(inside.sum())}
            if outcome is not None:
                n, wins = int(inside.sum()), int(outcome[inside].sum())
                low, high = wilson_interval(wins, n)
                row |= {"won": wins, "rate": wins / n if n else np.nan, "low": low, "high": high}
            rows.append(row)
    return grades, pd.DataFrame(rows)


def _check(p: Numbers, worth: Numbers, ends: list[Numbers], time: Numbers) -> None:
    sizes = {len(part) for part in (p, worth, *ends, time)}
    faults = []
    if len(sizes) != 1 or not len(p):
        faults.append(f"Chances, values, ends and days must be as long; found {sorted(sizes)}.")
    if any(not ((part >= 0) & (part <= 1)).all() for part in (p, *ends)):
        faults.append("Chances and their ends must lie in [0, 1].")
    if not (np.isfinite(worth) & (worth >= 0)).all():
        faults.append("Values must be finite and at least 0.")
    if not (time > 0).all():
        faults.append("Days must be above 0; infinite where they are not known.")
    if faults:
        raise DataError("\n".join(faults))


def _interval(p: Numbers, worth: Numbers, ends: list[Numbers], seed: int) -> tuple[float, float]:
    """Draw what comes in: one error of the model for all deals, luck for each."""
    rng = np.random.default_rng(seed)
    sums = np.empty(_DRAWS)
    shift = rng.normal(size=_DRAWS)
    for draw, z in enumerate(shift / 1.6449):
        moved = p + (ends[1] - p) * z if z > 0 else p + (p - ends[0]) * z
        sums[draw] = worth[rng.random(len(p)) < np.clip(moved, 0, 1)].sum()
    low, high = np.quantile(sums, [0.05, 0.95])
    return float(low), float(high)


def _thirds(values: Numbers, cuts: tuple[float, float] | None, name: str) -> list[int]:
    known = values[np.isfinite(values)]
    if cuts is None:
        # Equal values stand together: what one value fills beyond a third moves no other up.
        found = np.quantile(known, [1 / 3, 2 / 3], method="inverted_cdf") if len(known) else [0, 0]
        return [int(place) for place in np.searchsorted(found, values, side="left").clip(max=2)]
    if len(cuts) != 2 or not cuts[0] < cuts[1]:
        raise ParameterError(name, "priority_grid", "two rising numbers", cuts)
    return [int(place) for place in np.searchsorted(cuts, values, side="right")]
