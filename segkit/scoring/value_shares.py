"""ABC: who holds the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from segkit.engine.sql import quote, table_name, to_sql
from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, take_columns
from segkit.scoring.intake import Numbers, numbers_of, rising_cuts

__all__ = ["ABC", "abc"]

Crossing = Literal["next", "first"]
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
    crossing : str
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
    crossing: Crossing
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
        # Of shares that floating point may miss by a hair, those at the cut are not beyond it.
        before = self.crossing == "first"
        hair = -(10.0**-_DIGITS) if before else 10.0**-_DIGITS
        a, b = (f"{cut + hair!r}e0" for cut in self.cuts)
        lines = [
            "WITH segkit_shares AS (",
            f"  SELECT {item}, {worth},",
            (
                f"    (SUM({gain}) OVER (ORDER BY {amount} DESC, {item} "
                "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
                f"{f' - {gain}' if before else ''}) "
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


def abc(
    values: Any,
    *,
    cuts: tuple[float, float] = (0.8, 0.95),
    crossing: Crossing = "next",
    value: str | None = None,
    key: str | None = None,
) -> ABC:
    """Class items by their cumulative share of value: A up to 80 %, B up to 95 %, C the rest.

    An item is in A while the share of all up to and with it is at most the cut; with `crossing`
    "first", while the share of all before it is below the cut. Equal values follow the order given.
    Items without a positive value are in C.

    Parameters
    ----------
    values : array, Series, mapping or frame
        Value of each item; of a frame the column `value`, summed by `key` where that is given.
    cuts : tuple of two floats
        Cumulative shares, 0 < first < second < 1.
    crossing : {"next", "first"}
        Whether the item that crosses a cut belongs to the next class, so that A holds no more than
        the cut, or to the class that it begins in, so that the largest item is always in A.
    value, key : str, optional
        Columns of a frame.

    Raises
    ------
    DataError
        If there are no values, some are no finite numbers, or none is above 0.
    ParameterError
        If cuts are not two rising shares, `crossing` is unknown, or a frame comes without `value`.

    Notes
    -----
    Dickie (1951), "ABC inventory analysis shoots for dollars", Factory Management 109.

    Examples
    --------
    >>> found = abc({"a": 50, "b": 30, "c": 12, "d": 8})
    >>> found.table["class"].tolist(), found.statement
    (['A', 'A', 'B', 'C'], '50 % of the items (2 of 4) hold 80 % of the value.')
    """
    cuts = rising_cuts(cuts, "abc", most=1.0)
    if crossing not in {"next", "first"}:
        raise ParameterError("crossing", "abc", "'next' or 'first'", crossing)
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
    letters = np.where(amounts <= 0, "C", _letters(shares, gains / total, cuts, crossing))
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
        crossing=crossing,
        notes=_notes(amounts, letters, float(cumulative[0])),
    )


def _worth(values: Any, value: str | None, key: str | None) -> pd.Series[float]:
    if isinstance(nw.from_native(values, eager_only=True, pass_through=True), nw.DataFrame):
        if value is None:
            raise ParameterError("value", "abc", "the name of the column of values", value)
        names = [value] if key is None else [key, value]
        frame = take_columns(values, names, "abc")
        worth = frame[value] if key is None else frame[value].set_axis(frame[key])
    elif isinstance(values, dict | pd.Series):
        worth = pd.Series(values)
    else:
        worth = pd.Series(np.ravel(values if np.ndim(values) else [*values]))
    worth = pd.Series(numbers_of(pd.to_numeric(worth, errors="coerce")), index=worth.index)
    wrong = np.flatnonzero(~np.isfinite(worth.to_numpy()))
    if wrong.size or worth.empty:
        shown = [str(worth.index[row]) for row in wrong[:_SHOWN]]
        raise DataError(
            f"abc needs a finite value of each item. Found {len(worth):,} values, {wrong.size:,} "
            f"of them missing, infinite or no number, first {shown}."
        )
    nameless = 0 if key is None else int(np.count_nonzero(worth.index.isna()))
    if nameless:
        raise DataError(f"abc: {nameless:,} rows have no {key}: nobody holds their value.")
    return worth if key is None else worth.groupby(level=0, sort=False).sum()


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


def _letters(shares: Numbers, own: Numbers, cuts: tuple[float, float], crossing: Crossing) -> Any:
    if crossing == "first":
        before = (shares - own).round(_DIGITS)
        return np.where(before < cuts[0], "A", np.where(before < cuts[1], "B", "C"))
    return np.where(shares <= cuts[0], "A", np.where(shares <= cuts[1], "B", "C"))


def _notes(amounts: Numbers, letters: Any, largest: float) -> tuple[str, ...]:
    notes = []
    below = int((amounts <= 0).sum())
    if below:
        notes.append(
            f"{below:,} items have no positive value: they are in C, and shares are of the "
            "positive values."
        )
    if not (letters == "A").any():
        notes.append(f"Nobody is in A: the largest alone holds {largest:.0%}.")
    return tuple(notes)
