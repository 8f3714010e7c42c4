"""How many accounts are left of a universe by size, sector and region, and how many departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import JsonResult, take_columns
from segkit.sizing.columns import names_of

__all__ = ["Universe", "universe"]

_SHOWN_ROWS = 5


@dataclass(frozen=True, eq=False)
class Universe(JsonResult):
    """Accounts left after each filter.

    Attributes
    ----------
    accounts : float
        Accounts left after all filters.
    departments : float
        Departments in them that could buy.
    table : DataFrame
        One row a filter, the whole universe first: `filter, accounts`, and `unknown`, the accounts
        left out because nobody knows whether they pass.
    notes : tuple of str
        What was left out.
    rows : DataFrame
        The rows left, with all their columns: sources and caveats among them.
    """

    accounts: float
    departments: float
    table: pd.DataFrame
    notes: tuple[str, ...]
    rows: pd.DataFrame = field(repr=False, metadata={"json": False})


def universe(
    frame: Any,
    where: Mapping[str, Any] | None = None,
    *,
    count: str | None = None,
    departments: float | str = 1.0,
) -> Universe:
    """Count the accounts that pass filters such as size, sector and region.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row an account, or one row a published count.
    where : mapping of str to value, optional
        What is wanted, by column: one value, a list of values, or a pair `(low, high)` of numbers,
        both included, None where there is no end.
    count : str, optional
        Column that says how many accounts a row stands for; else one.
    departments : float or str
        Departments an account that could buy, or the column that holds their number.

    Raises
    ------
    DataError
        If columns or values are unknown, or a count is negative; names all of them.
    ParameterError
        If `departments` is not positive.

    Examples
    --------
    >>> firms = pd.DataFrame(
    ...     {
    ...         "sector": ["all", "all", "hospitals"],
    ...         "size": ["under 500", "over 500", "over 500"],
    ...         "firms": [6_140_000, 21_000, 4_500],
    ...     }
    ... )
    >>> large = {"sector": "all", "size": "over 500"}
    >>> universe(firms, large, count="firms").accounts
    21000.0
    >>> universe(firms, large, count="firms", departments=3).departments
    63000.0
    """
    wanted = dict(where or {})
    table = take_columns(frame, _all_columns(frame, wanted, count, departments), "the universe")
    weight = _numbers(table, count, "count") if count else pd.Series(1.0, table.index)
    per_account = _departments(table, departments)
    kept = weight.notna()
    steps = [("all", float(weight[kept].sum()), float((~kept).sum()) if count else 0.0)]
    faults = []
    for column, value in wanted.items():
        try:
            passed = _passed(table[column], value)
        except DataError as fault:
            faults.append(str(fault))
            continue
        unknown = kept & _unknown(table[column], value)
        kept &= passed
        steps.append(
            (_words(column, value), float(weight[kept].sum()), float(weight[unknown].sum()))
        )
    if faults:
        raise DataError("\n".join(faults))
    return Universe(
        accounts=steps[-1][1],
        departments=float((weight * per_account)[kept].sum()),
        table=pd.DataFrame(steps, columns=["filter", "accounts", "unknown"]),
        notes=tuple(
            f"{words}: {unknown:,.0f} accounts are left out, for nobody knows."
            for words, _, unknown in steps
            if unknown
        ),
        rows=table[kept].reset_index(drop=True),
    )


def _all_columns(
    frame: Any, wanted: Mapping[str, Any], count: str | None, departments: float | str
) -> list[str]:
    named = [*wanted, *([count] if count else [])]
    named += [departments] if isinstance(departments, str) else []
    return [*named, *names_of(frame)]


def _numbers(table: pd.DataFrame, column: str, what: str) -> pd.Series[float]:
    values = pd.to_numeric(table[column], errors="coerce").astype(float)
    wrong = values[(values < 0) | np.isinf(values)]
    if len(wrong):
        rows = ", ".join(f"row {row}: {value:g}" for row, value in wrong.head(_SHOWN_ROWS).items())
        raise DataError(f"the universe: {what} {column!r} must be at least 0. Got {rows}.")
    return values


def _departments(table: pd.DataFrame, departments: float | str) -> pd.Series[float]:
    if isinstance(departments, str):
        return _numbers(table, departments, "departments").fillna(0.0)
    if not 0 < departments < np.inf:
        raise ParameterError(
            "departments", "universe", "a positive number or a column", departments
        )
    return pd.Series(float(departments), table.index)


def _passed(values: pd.Series[Any], wanted: Any) -> pd.Series[bool]:
    if isinstance(wanted, tuple):
        low, high = _ends(str(values.name), wanted)
        return _as_numbers(values).between(low, high)
    choices = _choices(wanted)
    found = {str(value): value for value in values.dropna().unique()}
    missing = [str(choice) for choice in choices if str(choice) not in found]
    if missing:
        known = ", ".join(sorted(found)[:20])
        lines = [
            f"the universe: no {values.name} {name!r}.{nearest(name, found) or f' Found: {known}.'}"
            for name in missing
        ]
        raise DataError("\n".join(lines))
    return values.astype("str").isin([str(choice) for choice in choices])


def _unknown(values: pd.Series[Any], wanted: Any) -> pd.Series[bool]:
    # Between two ends, text such as "1,200" is as little known as an empty cell.
    return (_as_numbers(values) if isinstance(wanted, tuple) else values).isna()


def _as_numbers(values: pd.Series[Any]) -> pd.Series[float]:
    return pd.to_numeric(values, errors="coerce").astype(float)


def _ends(column: str, wanted: tuple[Any, ...]) -> tuple[float, float]:
    try:
        low, high = wanted
        ends = -np.inf if low is None else float(low), np.inf if high is None else float(high)
    except (TypeError, ValueError):
        ends = np.inf, -np.inf
    if not ends[0] <= ends[1]:
        raise DataError(f"the universe: {column} needs a pair (low, high) in order. Got {wanted}.")
    return ends


def _choices(wanted: Any) -> list[Any]:
    several = isinstance(wanted, Iterable) and not isinstance(wanted, str)
    return list(wanted) if several else [wanted]


def _words(column: str, wanted: Any) -> str:
    if not isinstance(wanted, tuple):
        return f"{column}: {', '.join(map(str, _choices(wanted)))}"
    low, high = wanted
    if high is None:
        return f"{column}: {low:,} and more" if low is not None else f"{column}: known"
    return f"{column}: up to {high:,}" if low is None else f"{column}: {low:,} to {high:,}"
