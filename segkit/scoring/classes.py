"""ABC: who holds the value. XYZ: how steady the demand is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from segkit.engine.sql import quote, table_name, to_sql
from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, take_columns
from segkit.scoring.intake import Numbers, numbers_of

__all__ = ["ABC", "XYZ", "abc", "xyz"]

_MOST = 0.8
_DIGITS = 12  # 0.1 + 0.7 must not miss the cut of 0.8
_SHOWN = 5


@dataclass(frozen=True)
class ABC(JsonResult):
    """Classes of items by cumulative share of value.

    Attributes
    ----------
    table : DataFrame
        One row an item in the order given: `item, value, rank, share, cumulative_share, class`.
    classes : DataFrame
        `class, items, share_of_items, value, share_of_value`.
    curve : DataFrame
        `share_of_items, share_of_value`, cumulative from nobody to all, the largest first.
    gini : float
        0: all alike; near 1: one holds all. Values below 0 count as 0.
    holders, holders_share : int, float
        Fewest items that together hold 80 % of the value, and their share of all items.
    statement : str
        The same in words; nothing is taken as 80/20.
    cuts : tuple of float
    notes : tuple of str
    """

    table: pd.DataFrame
    classes: pd.DataFrame
    curve: pd.DataFrame
    gini: float
    holders: int
    holders_share: float
    statement: str
    cuts: tuple[float, float]
    notes: tuple[str, ...]

    def to_sql(
        self,
        dialect: str = "duckdb",
        table: str | Sequence[str] = "customers",
        *,
        key: str,
        value: str,
    ) -> str:
        """Write the query that classes the items of a table by the same cuts.

        Parameters
        ----------
        dialect : str
            A dialect of sqlglot.
        table : str or sequence of str
            Table with one row an item; `"schema.table"`, or its parts.
        key, value : str
            Columns: what names an item (equal values are ranked by it), and its value. An item
            without a value has no class.

        Examples
        --------
        >>> import duckdb
        >>> t = pd.DataFrame({"id": [1, 2, 3], "paid": [70.0, 20, 10]})
        >>> duckdb.sql(abc(t["paid"]).to_sql(table="t", key="id", value="paid")).fetchall()
        [(1, 70.0, 'A'), (2, 20.0, 'B'), (3, 10.0, 'C')]
        """
        item, worth = quote(key), quote(value)
        amount = f"CAST({worth} AS DOUBLE)"
        gain = f"CASE WHEN {amount} > 0 THEN {amount} ELSE 0e0 END"
        a, b = (f"{cut + 10.0**-_DIGITS!r}e0" for cut in self.cuts)
        lines = [
            "WITH segkit_shares AS (",
            f"  SELECT {item}, {worth},",
            (
                f"    SUM({gain}) OVER (ORDER BY {amount} DESC, {item} "
                "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) "
                f"/ NULLIF(SUM({gain}) OVER (), 0e0) AS segkit_share"
            ),
            f"  FROM {table_name(table)}",
            f"  WHERE {worth} IS NOT NULL",
            ")",
            (
                f"SELECT {item}, {worth}, CASE WHEN {amount} <= 0 THEN 'C' "
                f"WHEN segkit_share <= {a} THEN 'A' "
                f"WHEN segkit_share <= {b} THEN 'B' ELSE 'C' END AS class"
            ),
            "FROM segkit_shares",
            f"ORDER BY {item}",
        ]
        return to_sql("\n".join(lines), dialect)


@dataclass(frozen=True)
class XYZ(JsonResult):
    """Classes of items by how steady their demand is.

    Attributes
    ----------
    table : DataFrame
        One row an item: `item, periods, mean, deviation, variation, class`.
    classes : DataFrame
        `class, items, share_of_items`.
    cuts : tuple of float
        X up to the first, Y up to the second, Z above: standard deviation / mean.
    notes : tuple of str
    """

    table: pd.DataFrame
    classes: pd.DataFrame
    cuts: tuple[float, float]
    notes: tuple[str, ...]


def abc(
    values: Any,
    *,
    cuts: tuple[float, float] = (0.8, 0.95),
    value: str | None = None,
    key: str | None = None,
) -> ABC:
    """Class items by their cumulative share of value: A up to 80 %, B up to 95 %, C the rest.

    An item is in A while the share of all up to and with it is at most the cut. Equal values
    follow the order given. Items without a positive value are in C.

    Parameters
    ----------
    values : array, Series, mapping or frame
        Value of each item; of a frame the column `value`, summed by `key` where that is given.
    cuts : tuple of two floats
        Cumulative shares, 0 < first < second < 1.
    value, key : str, optional
        Columns of a frame.

    Raises
    ------
    DataError
        If there are no values, some are missing or infinite, or none is above 0.
    ParameterError
        If cuts are not two rising shares, or a frame comes without `value`.

    Notes
    -----
    Dickie (1951), "ABC inventory analysis shoots for dollars", Factory Management 109.

    Examples
    --------
    >>> found = abc({"a": 50, "b": 30, "c": 12, "d": 8})
    >>> found.table["class"].tolist(), found.statement
    (['A', 'A', 'B', 'C'], '50 % of the items (2 of 4) hold 80 % of the value.')
    """
    cuts = _checked(cuts, "abc", most=1.0)
    worth = _worth(values, value, key)
    amounts: Numbers = numbers_of(worth)
    gains: Numbers = np.maximum(amounts, 0.0)
    order = np.argsort(-amounts, kind="stable")
    total = float(gains.sum())
    if total <= 0:
        raise DataError("abc: no value is above 0, so that nothing can be shared out.")
    cumulative = np.cumsum(gains[order]) / total
    rank = np.empty(len(amounts), dtype=np.int64)
    rank[order] = np.arange(1, len(amounts) + 1)
    shares = cumulative[rank - 1].round(_DIGITS)
    letters = np.where(shares <= cuts[0], "A", np.where(shares <= cuts[1], "B", "C"))
    letters = np.where(amounts <= 0, "C", letters)
    holders = int(np.searchsorted(cumulative.round(_DIGITS), _MOST) + 1)
    table = pd.DataFrame(
        {
            "item": worth.index,
            "value": amounts,
            "rank": rank,
            "share": gains / total,
            "cumulative_share": shares,
            "class": letters,
        }
    )
    return ABC(
        table=table,
        classes=_class_table(table, total),
        curve=pd.DataFrame(
            {
                "share_of_items": np.arange(len(amounts) + 1) / len(amounts),
                "share_of_value": np.r_[0.0, cumulative],
            }
        ),
        gini=_gini(gains),
        holders=holders,
        holders_share=holders / len(amounts),
        statement=_statement(holders, len(amounts)),
        cuts=cuts,
        notes=_abc_notes(amounts, cumulative, cuts),
    )


def xyz(
    demand: Any,
    *,
    cuts: tuple[float, float] = (0.5, 1.0),
    key: str | None = None,
    period: str | None = None,
    amount: str | None = None,
    ddof: int = 1,
) -> XYZ:
    """Class items by the coefficient of variation of their demand: X steady, Y variable, Z erratic.

    Parameters
    ----------
    demand : array, frame
        One row an item, one column a period; or rows of a frame with `key`, `period`, `amount`,
        where a period without a row is a demand of 0.
    cuts : tuple of two floats
        X up to the first, Y up to the second.
    key, period, amount : str, optional
        Columns of a frame of rows.
    ddof : int
        1: the standard deviation of a sample; 0: of a population.

    Raises
    ------
    DataError
        If there are fewer than two periods, or a demand is missing or infinite.
    ParameterError
        If cuts do not rise.

    Examples
    --------
    >>> xyz([[10, 11, 9, 10], [5, 15, 2, 10], [0, 0, 30, 0]]).table["class"].tolist()
    ['X', 'Y', 'Z']
    """
    cuts = _checked(cuts, "xyz", most=np.inf)
    wide = _periods(demand, key, period, amount)
    amounts = wide.to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(amounts).all(axis=1))
    if wrong.size or amounts.shape[1] < 2 or not len(amounts):
        raise DataError(
            "xyz needs the demand of each item in at least two periods, as finite numbers. Found "
            f"{len(amounts):,} items and {amounts.shape[1]:,} periods; not finite in "
            f"{[str(wide.index[row]) for row in wrong[:_SHOWN]]}."
        )
    mean, deviation = amounts.mean(axis=1), amounts.std(axis=1, ddof=ddof)
    with np.errstate(divide="ignore", invalid="ignore"):
        variation = np.where(mean > 0, deviation / mean, np.nan)
    letters = np.where(variation <= cuts[0], "X", np.where(variation <= cuts[1], "Y", "Z"))
    table = pd.DataFrame(
        {
            "item": wide.index,
            "periods": amounts.shape[1],
            "mean": mean,
            "deviation": deviation,
            "variation": variation,
            "class": letters,
        }
    )
    counts = table["class"].value_counts().reindex(["X", "Y", "Z"], fill_value=0)
    classes = pd.DataFrame(
        {"class": counts.index, "items": counts.to_numpy(), "share_of_items": counts / len(table)}
    ).reset_index(drop=True)
    idle = int((mean <= 0).sum())
    notes = (f"{idle:,} items without demand are in Z.",) if idle else ()
    return XYZ(table, classes, cuts, notes)


def _checked(cuts: Sequence[float], owner: str, most: float) -> tuple[float, float]:
    found = tuple(map(float, cuts))
    if len(found) != 2 or not 0 < found[0] < found[1] < most:
        raise ParameterError("cuts", owner, "two rising numbers, such as (0.8, 0.95)", cuts)
    return found[0], found[1]


def _worth(values: Any, value: str | None, key: str | None) -> pd.Series[float]:
    if isinstance(nw.from_native(values, eager_only=True, pass_through=True), nw.DataFrame):
        if value is None:
            raise ParameterError("value", "abc", "the name of the column of values", value)
        names = [value] if key is None else [key, value]
        frame = take_columns(values, names, "abc")
        amounts = pd.Series(numbers_of(pd.to_numeric(frame[value], errors="coerce")))
        worth = amounts if key is None else amounts.set_axis(frame[key])
    elif isinstance(values, dict | pd.Series):
        series = pd.Series(values)
        worth = pd.Series(numbers_of(series), index=series.index)
    else:
        worth = pd.Series(np.asarray(values, dtype=np.float64).ravel())
    wrong = np.flatnonzero(~np.isfinite(worth.to_numpy()))
    if wrong.size or worth.empty:
        shown = [str(worth.index[row]) for row in wrong[:_SHOWN]]
        raise DataError(
            f"abc needs a finite value of each item. Found {len(worth):,} values, {wrong.size:,} "
            f"of them missing or infinite, first {shown}."
        )
    return worth if key is None else worth.groupby(level=0, sort=False).sum()


def _periods(demand: Any, key: str | None, period: str | None, amount: str | None) -> pd.DataFrame:
    named = (key, period, amount)
    if key is not None and period is not None and amount is not None:
        rows = take_columns(demand, [key, period, amount], "xyz")
        wide = rows.pivot_table(index=key, columns=period, values=amount, aggfunc="sum")
        return wide.fillna(0.0)
    if any(name is not None for name in named):
        raise ParameterError("key, period, amount", "xyz", "all three, or none", named)
    native = nw.from_native(demand, eager_only=True, pass_through=True)
    if isinstance(native, nw.DataFrame):
        frame: pd.DataFrame = native.to_pandas()
        return frame
    return pd.DataFrame(np.atleast_2d(np.asarray(demand, dtype=np.float64)))


def _class_table(table: pd.DataFrame, total: float) -> pd.DataFrame:
    groups = table.groupby("class")
    found = pd.DataFrame({"items": groups.size(), "value": groups["value"].sum()})
    found = found.reindex(["A", "B", "C"], fill_value=0)
    found.insert(1, "share_of_items", found["items"] / len(table))
    return found.assign(share_of_value=found["value"] / total).reset_index()


def _statement(holders: int, items: int) -> str:
    percent = 100 * holders / items
    words = f"{percent:.0f}" if percent >= 10 else f"{percent:.2g}"
    return (
        f"{words} % of the items ({holders:,} of {items:,}) hold {100 * _MOST:.0f} % of the value."
    )


def _gini(gains: Numbers) -> float:
    ranked = np.sort(gains)
    n = len(ranked)
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(weights @ ranked / (n * ranked.sum()))


def _abc_notes(amounts: Numbers, cumulative: Numbers, cuts: tuple[float, float]) -> tuple[str, ...]:
    notes = []
    below = int((amounts <= 0).sum())
    if below:
        notes.append(f"{below:,} items have no positive value: they are in C, and shares are of "
                     "the positive values.")  # fmt: skip
    if round(float(cumulative[0]), _DIGITS) > cuts[0]:
        notes.append(f"Nobody is in A: the largest alone holds {cumulative[0]:.0%}.")
    return tuple(notes)
