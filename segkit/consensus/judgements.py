"""Ratios of pairs as people hand them in - matrix, pairs or table - and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from segkit.errors import DataError, nearest
from segkit.frames import take_columns

__all__ = ["Judgements", "check_connected", "named", "read_judgements", "square"]

Numbers = NDArray[np.float64]

_ROUNDING = 1.05  # 0.33 x 3 and 0.13 x 8 are reciprocal to the digits people print
_SHOWN = 5


@dataclass(frozen=True)
class Judgements:
    """Ratios of every panelist.

    Attributes
    ----------
    items, panelists : tuple of str
    ratios : ndarray, shape (panelists, items, items)
        How many times more the item of the row counts; reciprocal, NaN where not judged.
    notes : tuple of str
        What was set aside, and what to mind.
    """

    items: tuple[str, ...]
    panelists: tuple[str, ...]
    ratios: Numbers
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Pair:
    """One judgement, and the words that find it again."""

    panelist: str
    first: str
    second: str
    ratio: float
    where: str
    mirror: bool = False  # the other half of a matrix says the same again


def read_judgements(
    data: Any, items: Sequence[str] | None, panelist: str, item_a: str, item_b: str, ratio: str
) -> Judgements:
    """Read ratios from a matrix, several matrices, a mapping or a table of pairs.

    Raises
    ------
    DataError
        If ratios are not positive, contradict each other or name unknown items; names all faults.
    """
    if _are_frames(data):
        data = dict(enumerate(data, 1))
    if isinstance(data, Mapping):
        return _joined([_pairs_of_mapping(data, items)], items)
    if _are_pairs(data):
        data = pd.DataFrame(list(data), columns=[item_a, item_b, ratio])
    frame = _frame(data)
    if frame is None:
        cube, order = _cube(data, items)
        return _joined([_pairs_of_matrix(m, order, str(n)) for n, m in enumerate(cube, 1)], order)
    if item_a not in frame and square(frame):
        matrix, order = named(frame)
        return _joined([_pairs_of_matrix(matrix, order, "1")], items or order)
    names = [item_a, item_b, ratio]
    known = [panelist, *names] if panelist in frame else names
    return _joined([_pairs_of_table(take_columns(frame, known, "judgements"), known)], items)


def named(frame: pd.DataFrame) -> tuple[Any, list[str]]:
    """Give the numbers of a square table and their names, rows in the order of the columns."""
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    rows = frame.index.map(str)
    if set(rows) == set(frame.columns):
        frame = frame.set_axis(rows).loc[list(frame.columns)]
    return frame.to_numpy(dtype=float, na_value=np.nan), list(frame.columns)


def square(frame: pd.DataFrame) -> bool:
    """Say whether a table is a matrix of numbers."""
    numbers = all(is_numeric_dtype(kind) for kind in frame.dtypes)
    return frame.shape[0] == frame.shape[1] > 1 and numbers


def check_connected(known: NDArray[np.bool_], items: Sequence[str], what: str) -> None:
    """Refuse items that fall into groups which nobody compared with each other.

    Raises
    ------
    DataError
    """
    left, groups = set(range(len(items))), []
    while left:
        group, edge = set(), {min(left)}
        while edge:
            group |= edge
            edge = {int(j) for i in edge for j in np.flatnonzero(known[i])} - group
        groups.append(", ".join(items[i] for i in sorted(group)))
        left -= group
    if len(groups) > 1:
        raise DataError(
            f"{what}: nobody compared {' with '.join(f'({group})' for group in groups)}. "
            "Judge at least one pair across these groups."
        )


def _frame(data: Any) -> pd.DataFrame | None:
    try:
        frame: pd.DataFrame = nw.from_native(data, eager_only=True).to_pandas()
    except TypeError:
        return None
    return frame


def _are_frames(data: Any) -> bool:
    listed = isinstance(data, Sequence) and len(data) > 0
    return listed and all(_frame(one) is not None for one in data)


def _are_pairs(data: Any) -> bool:
    """Say whether a list holds (item, item, ratio), named by text; numbers alone are a matrix."""
    listed = isinstance(data, Sequence) and not isinstance(data, str) and len(data) > 0
    return listed and all(
        isinstance(one, Sequence) and len(one) == 3 and isinstance(one[0], str) for one in data
    )


def _cube(data: Any, items: Sequence[str] | None) -> tuple[Numbers, list[str]]:
    """Read one matrix or several, one a panelist, and name their items."""
    expected = (
        "a square matrix of ratios, several of them, (item, item, ratio) triples, a mapping of "
        "pairs or a table"
    )
    try:
        cube = np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"Judgements must be {expected}. Got {type(data).__name__}.") from None
    cube = cube[None] if cube.ndim == 2 else cube
    if cube.ndim != 3 or cube.shape[1] != cube.shape[2]:
        raise DataError(f"Judgements must be {expected}. Got an array of shape {cube.shape}.")
    size = cube.shape[1]
    names = [str(name) for name in items or range(1, size + 1)]
    if len(names) != size:
        raise DataError(f"Judgements of {size} items need as many names. Got {len(names)}.")
    return cube, names


def _pairs_of_matrix(matrix: Numbers, names: list[str], panelist: str) -> list[_Pair]:
    return [
        _Pair(panelist, names[i], names[j], float(matrix[i, j]), f"row {names[i]}", mirror=i > j)
        for i, j in np.argwhere(~np.isnan(matrix)).tolist()
    ]


def _pairs_of_mapping(
    data: Mapping[Any, Any], items: Sequence[str] | None, panelist: str = "1"
) -> list[_Pair]:
    pairs: list[_Pair] = []
    for key, value in data.items():
        if isinstance(key, tuple) and len(key) == 2:
            try:
                number = float(value)
            except (TypeError, ValueError):
                number = -1.0  # refused with the other ratios that are not positive numbers
            pairs.append(_Pair(panelist, str(key[0]), str(key[1]), number, f"pair {key}"))
        elif isinstance(value, Mapping):
            pairs += _pairs_of_mapping(value, items, str(key))
        elif (frame := _frame(value)) is not None and square(frame):
            pairs += _pairs_of_matrix(*named(frame), str(key))
        elif frame is None and isinstance(value, Sequence | np.ndarray) and len(value) > 1:
            (matrix,), names = _cube([value], items)
            pairs += _pairs_of_matrix(matrix, names, str(key))
        else:
            raise DataError(
                "A mapping of judgements holds pairs, ('a', 'b'): ratio, or for each panelist such "
                f"a mapping or a square frame. Got {key!r}: {type(value).__name__}."
            )
    return pairs


def _pairs_of_table(table: pd.DataFrame, names: list[str]) -> list[_Pair]:
    if len(names) == 3:
        table.insert(0, "panelist", "1")
    table = table.set_axis(["panelist", "first", "second", "ratio"], axis=1)
    table["ratio"] = pd.to_numeric(table["ratio"], errors="coerce").astype(float)
    empty = table[["panelist", "first", "second"]].isna().any(axis=1)
    if empty.any():
        rows = ", ".join(str(label) for label in table.index[empty][:_SHOWN])
        raise DataError(f"judgements: no panelist or no item in row {rows}.")
    return [
        _Pair(str(row[1]), str(row[2]), str(row[3]), float(row[4]), f"row {row[0]}")
        for row in table.itertuples(name=None)
    ]


def _joined(panels: list[list[_Pair]], items: Sequence[str] | None) -> Judgements:
    pairs = [pair for panel in panels for pair in panel]
    kept = [pair for pair in pairs if not np.isnan(pair.ratio)]
    found = dict.fromkeys(name for pair in kept for name in (pair.first, pair.second))
    names = tuple(str(name) for name in items or found)
    faults = [*_impossible(kept), *_unknown(found, names)]
    if (len(names) < 2 or not kept) and not faults:
        faults.append(f"Judgements need a ratio of at least two items. Found {len(kept)} ratios.")
    if faults:
        raise DataError("\n".join(faults))
    panelists = tuple(dict.fromkeys(pair.panelist for pair in kept))
    ratios, twice = _filled(kept, panelists, names)
    notes = [*_said(len(pairs) - len(kept), twice), *_seldom(ratios, names)]
    return Judgements(names, panelists, ratios, tuple(notes))


def _filled(
    pairs: list[_Pair], panelists: tuple[str, ...], names: tuple[str, ...]
) -> tuple[Numbers, int]:
    """Fill one reciprocal matrix a panelist, and count judgements that were given twice."""
    place = {name: number for number, name in enumerate(names)}
    judge = {name: number for number, name in enumerate(panelists)}
    ratios = np.tile(np.where(np.eye(len(names)) > 0, 1.0, np.nan), (len(panelists), 1, 1))
    first_seen: dict[tuple[int, int, int], _Pair] = {}
    faults: list[str] = []
    twice = 0
    for pair in pairs:
        i, j = sorted((place[pair.first], place[pair.second]))
        if i == j:
            continue
        value = pair.ratio if place[pair.first] == i else 1 / pair.ratio
        key = (judge[pair.panelist], i, j)
        before = first_seen.setdefault(key, pair)
        if before is not pair:
            faults += _contradiction(before, pair)
            twice += not pair.mirror
            value = _sharper(float(ratios[key]), value)
        ratios[key], ratios[key[0], j, i] = value, 1 / value
    if faults:
        raise DataError("\n".join(faults))
    return ratios, twice


def _sharper(one: float, other: float) -> float:
    """Choose, of a ratio and its printed reciprocal, the one that rounding hurt less."""
    whole = [abs(max(value, 1 / value) - round(max(value, 1 / value))) for value in (one, other)]
    return one if whole[0] <= whole[1] else other


def _impossible(pairs: list[_Pair]) -> list[str]:
    faults = []
    for pair in pairs:
        if not 0 < pair.ratio < np.inf:
            faults.append(
                f"judgements, {pair.where}: {pair.first} against {pair.second} is {pair.ratio:g}; "
                "a ratio is above 0. Leave out what was not judged."
            )
        elif pair.first == pair.second and pair.ratio != 1:
            faults.append(
                f"judgements, {pair.where}: {pair.first} against itself is {pair.ratio:g}, not 1."
            )
    return faults


def _unknown(found: Mapping[str, None], names: tuple[str, ...]) -> list[str]:
    return [
        f"judgements: {name!r} is none of the items {', '.join(names)}.{nearest(name, names)}"
        for name in found
        if name not in names
    ]


def _contradiction(one: _Pair, other: _Pair) -> list[str]:
    same = other.ratio if one.first == other.first else 1 / other.ratio
    if 1 / _ROUNDING <= one.ratio / same <= _ROUNDING:
        return []
    fault = (
        f"judgements of panelist {one.panelist}: {one.first} against {one.second} is "
        f"{one.ratio:g} in {one.where}, and {same:.3g} by {other.where}. Keep one of them."
    )
    return [fault]


def _said(empty: int, twice: int) -> list[str]:
    notes = []
    if empty:
        notes.append(f"{empty} rows without a number are set aside: not judged.")
    if twice:
        notes.append(f"{twice} judgements given twice count once.")
    return notes


def _seldom(ratios: Numbers, names: tuple[str, ...]) -> list[str]:
    """Name the items that hang on a single judgement: often a slip of the pen."""
    i, j = np.triu_indices(len(names), 1)
    judged = np.argwhere(~np.isnan(ratios[:, i, j]))[:, 1]
    times = Counter([*i[judged].tolist(), *j[judged].tolist()])
    lone = [name for place, name in enumerate(names) if times[place] == 1]
    if len(names) == 2 or not lone:
        return []
    others = [name for name in names if name not in lone]
    return [
        f"{name} is compared only once: its weight hangs on that judgement.{nearest(name, others)}"
        for name in lone
    ]
