"""Best-worst choices of wide tables, one row a set, turned into one row for each item shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.surveys.intake import labels, usual_column

__all__ = ["unpivoted"]

_NUMBERED = re.compile(r"(item|option|alternative|alt|object|attribute)[ _.]?\d+", re.IGNORECASE)


def unpivoted(
    table: pd.DataFrame, names: Mapping[str, Any], group: str | None, what: str
) -> pd.DataFrame | None:
    """Turn a wide table into one row for each item shown, or give None if it is none.

    Wide tables have a column for each place of a set (`item1`, `item2` and so on, or those named),
    and two columns that name the best and the worst item, or their places from 1.

    Parameters
    ----------
    table : DataFrame
    names : mapping of str to str, sequence of str or None
        Columns of the parts "respondent", "task", "item", "best", "worst", where they are named.
    group : str, optional
    what : str
        What the rows are, to begin a message with.

    Returns
    -------
    DataFrame or None
        `respondent, task, item, choice`, and the group under its own name.

    Raises
    ------
    DataError
        If a column named is not there, or a best or worst item is not in its set (names the rows).

    Examples
    --------
    >>> sets = pd.DataFrame({"item1": ["x"], "item2": ["y"], "item3": ["z"], "best": ["y"],
    ...                      "worst": ["x"]})
    >>> unpivoted(sets, {}, None, "sets")[["task", "item", "choice"]].values.tolist()
    [[0, 'x', -1], [0, 'y', 1], [0, 'z', 0]]
    """
    item = names.get("item")
    if isinstance(item, str) or (item is None and usual_column("item", table) is not None):
        return None
    ends = {end: names.get(end) or usual_column(end, table) for end in ("best", "worst")}
    if item is None and (None in ends.values() or not set(ends.values()) <= set(table.columns)):
        return None
    keys = {part: names.get(part) or usual_column(part, table) for part in ("respondent", "task")}
    places = _places(table, ends, [*keys.values(), group]) if item is None else list(item)
    named = [*places, *(name for name in (*ends.values(), *keys.values(), group) if name)]
    lost = [name for name in named if name not in table.columns]
    if lost:
        told = "\n".join(f"{what}: no column {name!r}.{nearest(str(name), named)}" for name in lost)
        raise DataError(f"{told}\nColumns found: {', '.join(map(repr, table.columns))}.")
    if len(places) < 2 or None in ends.values():
        if item is None:
            return None
        raise DataError(
            f"{what}: a wide table needs the columns of two places or more (item={places}), and "
            "columns that name the best and the worst item (best=..., worst=...)."
        )
    columns: dict[Any, Any] = {**keys, group: group}
    return _long(table, places, ends, columns)


def _long(
    table: pd.DataFrame,
    places: Sequence[Any],
    ends: Mapping[str, Any],
    columns: Mapping[Any, Any],
) -> pd.DataFrame:
    """Give each item shown a row, with the respondent, task and group of its set."""
    shown = table[places].astype(object).to_numpy()
    choice = _marked(table, str(ends["best"]), shown) - _marked(table, str(ends["worst"]), shown)
    sets, size = shown.shape
    row = np.repeat(np.arange(sets), size)
    long = pd.DataFrame({"item": shown.ravel(), "choice": choice.ravel()}, index=table.index[row])
    long["task"] = row
    for name, column in columns.items():
        if name is not None and column is not None:
            long[name] = table[column].to_numpy()[row]
    return long[long["item"].notna()].infer_objects()


def _places(table: pd.DataFrame, ends: Mapping[str, Any], others: Sequence[Any]) -> list[Any]:
    """Find the columns of the items shown: by their names, or by the items that they hold."""
    free = [name for name in table if name not in {*ends.values(), *others}]
    numbered = [name for name in free if _NUMBERED.fullmatch(str(name).strip())]
    if len(numbered) > 1:
        return numbered
    picked = pd.concat([table[name].dropna() for name in ends.values()])
    if pd.api.types.is_numeric_dtype(picked):
        return []
    return [name for name in free if table[name].isin(picked.unique()).any()]


def _marked(table: pd.DataFrame, end: str, shown: Any) -> Any:
    """Flag the item picked in each set: by its name, or by its place."""
    picked = table[end].astype(object).to_numpy()
    silent = table[end].isna().to_numpy()
    flags = shown == picked[:, None]
    if not flags.any():
        number = pd.to_numeric(table[end], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        flags = np.arange(1, shown.shape[1] + 1) == number[:, None]
    odd = ~silent & ~flags.any(axis=1)
    if odd.any():
        told = ", ".join(repr(each) for each in dict.fromkeys(picked[odd][:3]))
        raise DataError(
            f"{end!r} must name an item of its set, or its place from 1. Found {told} in rows "
            f"{labels(table.index, odd)}."
        )
    return flags.astype(np.intp)
