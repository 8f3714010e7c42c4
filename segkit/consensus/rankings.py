"""Rankings as people hand them in - orders, ranks or a table - and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from segkit.errors import DataError, nearest
from segkit.frames import take_columns

__all__ = ["Rankings", "read_rankings"]

Numbers = NDArray[np.float64]

_FORMS = ("average", "min", "max", "dense")  # 1 2.5 2.5 4, 1 2 2 4, 1 3 3 4, 1 2 2 3
_EXPECTED = (
    "lists of names, best first; a numeric array of ranks, one row a ballot; or a table of ranks"
)


@dataclass(frozen=True)
class Rankings:
    """Ranks of every panelist, or of every ballot.

    Attributes
    ----------
    items, panelists : tuple of str
    ranks : ndarray, shape (panelists, items)
        1 is best, ties share their mean rank, NaN where not ranked.
    counts : ndarray, shape (panelists,)
        How many voted so.
    notes : tuple of str
        What was set aside, and what to mind.
    """

    items: tuple[str, ...]
    panelists: tuple[str, ...]
    ranks: Numbers
    counts: Numbers
    notes: tuple[str, ...] = ()

    def one_by_one(self) -> Rankings:
        """Give everyone who voted a row of their own.

        Raises
        ------
        DataError
            If counts are not whole.
        """
        times = np.rint(self.counts).astype(int)
        if not np.allclose(times, self.counts):
            raise DataError("rankings: ballots are counted in whole people here.")
        return Rankings(
            self.items,
            tuple(np.repeat(np.array(self.panelists, dtype=object), times).tolist()),
            np.repeat(self.ranks, times, axis=0),
            np.ones(int(times.sum())),
            self.notes,
        )


def read_rankings(
    data: Any,
    counts: ArrayLike | None = None,
    *,
    panelist: str = "panelist",
    item: str = "item",
    rank: str = "rank",
    measured: bool = False,
) -> Rankings:
    """Read rankings from orders of names, from an array of ranks, or from a table.

    Measurements are ranks only after ranking: they may be of any size, and have no gaps.

    Raises
    ------
    DataError
        If ranks are not above 0, an item is ranked twice by one panelist, or fewer than two items
        are ranked; names all faults.
    """
    frame = _frame(data)
    notes: list[str] = []
    if frame is not None and item in frame and rank in frame:
        table, notes = _wide(frame, panelist, item, rank)
    elif frame is not None:
        table = _numbers(frame)
    else:
        table, counts = _orders_or_array(data, counts)
    return _checked(table, counts, notes, measured=measured)


def _frame(data: Any) -> pd.DataFrame | None:
    try:
        frame: pd.DataFrame = nw.from_native(data, eager_only=True).to_pandas()
    except TypeError:
        return None
    return frame


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    try:
        return frame.astype(float)
    except (TypeError, ValueError):
        raise DataError(
            "rankings: a table holds columns of the item and its rank, or one column of ranks an "
            f"item. Found {', '.join(repr(name) for name in frame.columns)}."
        ) from None


def _wide(
    frame: pd.DataFrame, panelist: str, item: str, rank: str
) -> tuple[pd.DataFrame, list[str]]:
    """Lay out a table with one row a rank as one row a panelist."""
    names = [panelist, item, rank] if panelist in frame else [item, rank]
    table = take_columns(frame, names, "rankings")
    if panelist not in table:
        table[panelist] = "1"
    table[rank] = pd.to_numeric(table[rank], errors="coerce").astype(float)
    known = table.notna().all(axis=1)
    notes = []
    if not known.all():
        notes.append(f"{int((~known).sum())} rows without item, panelist or rank are set aside.")
    table = table[known]
    again = table[table.duplicated([panelist, item], keep=False)]
    faults = [
        f"rankings: {who} ranks {what} more than once, in rows "
        f"{', '.join(map(str, rows.index[:5]))}. Keep one of them."
        for (who, what), rows in again.groupby([panelist, item], sort=False)
        if rows[rank].min() < rows[rank].max()
    ]
    if faults:
        raise DataError("\n".join(faults))
    if len(again):
        notes.append("Ranks given twice count once.")
        table = table.drop_duplicates([panelist, item])
    people, things = table[panelist].unique(), table[item].unique()
    wide = table.pivot(index=panelist, columns=item, values=rank)
    return wide.reindex(index=people, columns=things), notes


def _orders_or_array(data: Any, counts: ArrayLike | None) -> tuple[pd.DataFrame, ArrayLike | None]:
    names: Any = None
    if isinstance(data, Mapping):
        keys, values = list(data), list(data.values())
        if all(isinstance(value, int | float | np.number) for value in values):
            # Ballots and how many voted so: their items are names, numbers too.
            return _of_orders(keys, None), values
        data, names = values, keys  # panelists and their orders
    if _holds_text(data):
        return _of_orders(data, names), counts
    try:
        table = np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"Rankings must be {_EXPECTED}. Got {type(data).__name__}.") from None
    if table.ndim != 2 or table.size == 0:
        raise DataError(f"Rankings must be {_EXPECTED}. Got an array of shape {table.shape}.")
    columns = [str(number) for number in range(1, table.shape[1] + 1)]
    return pd.DataFrame(table, columns=columns, index=names), counts


def _holds_text(data: Any) -> bool:
    """Say whether rankings are orders of names; numbers are ranks, text of digits a name."""
    if isinstance(data, str) or not hasattr(data, "__iter__"):
        return False
    return any(
        isinstance(one, str) or (hasattr(one, "__iter__") and any(_is_name(entry) for entry in one))
        for one in data
    )


def _is_name(entry: Any) -> bool:
    if isinstance(entry, list | tuple | AbstractSet):  # ties
        return any(isinstance(one, str) for one in entry)
    return isinstance(entry, str)


def _of_orders(data: Any, names: Any) -> pd.DataFrame:
    """Turn orders of names, ties grouped within, into ranks."""
    rows, faults = [], []
    try:
        orders = [list(order) for order in data]
    except TypeError:
        raise DataError(f"Rankings must be {_EXPECTED}. Got {type(data).__name__}.") from None
    for number, order in enumerate(orders, 1):
        numeric = [one for one in order if isinstance(one, int | float | np.number)]
        if numeric and any(isinstance(one, str) for one in order):
            faults.append(
                f"rankings: ballot {number} mixes names with the number {numeric[0]!r}. Give how "
                "many voted so as counts, and items that are numbers as text."
            )
        ranks: dict[str, float] = {}
        for place, entry in enumerate(order, 1):
            tied = entry if isinstance(entry, list | tuple | AbstractSet) else [entry]
            for one in sorted(map(str, tied)):
                if one in ranks:
                    faults.append(f"rankings: ballot {number} names {one} twice.")
                ranks[one] = float(place)
        rows.append(ranks)
    if faults:
        raise DataError("\n".join(faults))
    return pd.DataFrame(rows, index=names)


def _checked(
    table: pd.DataFrame, counts: ArrayLike | None, found: list[str], *, measured: bool
) -> Rankings:
    ranks = table.to_numpy(dtype=float)
    items = tuple(str(name) for name in table.columns)
    people = tuple(str(name) for name in table.index)
    if isinstance(table.index, pd.RangeIndex):
        people = tuple(str(number) for number in range(1, len(table) + 1))
    faults = [
        f"rankings: {people[row]} ranks {items[column]} {ranks[row, column]:g}; ranks begin at 1. "
        "Leave empty what was not ranked; orders of items are given by names, as text."
        for row, column in np.argwhere(np.isinf(ranks) | ((ranks <= 0) & (not measured))).tolist()
    ]
    voted = np.ones(len(people)) if counts is None else np.asarray(counts, dtype=float)
    if voted.shape != (len(people),) or not (voted > 0).all() or not np.isfinite(voted).all():
        faults.append(
            f"rankings: {len(people)} ballots need as many counts above 0. Got {counts!r}."
        )
    if faults:
        raise DataError("\n".join(faults))
    enough = (~np.isnan(ranks)).sum(axis=1) >= 2
    seen = ~np.isnan(ranks[enough]).all(axis=0)
    if seen.sum() < 2:
        raise DataError(f"Rankings need at least two items ranked by someone. Found {seen.sum()}.")
    kept_items = tuple(name for name, is_seen in zip(items, seen, strict=True) if is_seen)
    kept_people = tuple(name for name, is_kept in zip(people, enough, strict=True) if is_kept)
    kept = ranks[enough][:, seen]
    notes = [
        *found,
        *_set_aside(items, people, seen, enough),
        *([] if measured else _gaps(kept, kept_people)),
        *_lone(kept, kept_items),
    ]
    return Rankings(kept_items, kept_people, _averaged(kept), voted[enough], tuple(notes))


def _set_aside(
    items: tuple[str, ...],
    people: tuple[str, ...],
    seen: NDArray[np.bool_],
    enough: NDArray[np.bool_],
) -> list[str]:
    few = [name for name, is_kept in zip(people, enough, strict=True) if not is_kept]
    never = [name for name, is_seen in zip(items, seen, strict=True) if not is_seen]
    notes = []
    if few:
        notes.append(f"Set aside, for they rank fewer than two items: {', '.join(few)}.")
    if never:
        notes.append(f"Left out, for nobody ranks them beside others: {', '.join(never)}.")
    return notes


def _gaps(ranks: Numbers, people: tuple[str, ...]) -> list[str]:
    """Name those whose ranks leave out a place: an item may have been forgotten."""
    gapped = []
    for row, who in zip(ranks, people, strict=True):
        known = row[~np.isnan(row)]
        if not any(np.array_equal(known, rankdata(known, form)) for form in _FORMS):
            gapped.append(who)
    if not gapped:
        return []
    return [f"Ranks of {', '.join(gapped)} leave out a place; only their order counts."]


def _lone(ranks: Numbers, items: tuple[str, ...]) -> list[str]:
    """Name items that only one of several ballots holds: often a slip of the pen."""
    times = (~np.isnan(ranks)).sum(axis=0)
    if len(ranks) < 3:
        return []
    often = [name for name, count in zip(items, times, strict=True) if count > 1]
    return [
        f"{name} is ranked only once.{nearest(name, often)}"
        for name, count in zip(items, times, strict=True)
        if count == 1 and often
    ]


def _averaged(ranks: Numbers) -> Numbers:
    averaged = np.full(ranks.shape, np.nan)
    for row, known in enumerate(~np.isnan(ranks)):
        averaged[row, known] = rankdata(ranks[row, known])
    return averaged
