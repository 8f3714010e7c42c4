"""A column as found -> a column of the schema's type, with what could not be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from pandas.api.extensions import take

from segkit.tables.amounts import Amounts
from segkit.tables.cells import (
    EMPTY,
    EMPTY_TEXT,
    NUMBERS,
    TEXTS,
    Distinct,
    as_text,
    of_days,
    of_numbers,
    read_cells,
)
from segkit.tables.days import Days, local_time
from segkit.tables.names import tidy
from segkit.tables.raw import Note, words
from segkit.tables.schema import Column, ColumnType
from segkit.tables.settings import Settings

__all__ = ["Reading", "infer_column", "read_column"]

_NO_WORDS: Mapping[str, str] = MappingProxyType({})
_CODE = re.compile(r"^[-+]?0\d|\d{16}")  # leading zeros, or more digits than a float holds


@dataclass(frozen=True, eq=False)
class Reading:
    """A column as it was read.

    Attributes
    ----------
    typed : Series
        The values; missing where empty or unreadable.
    bad : ndarray of bool
        Rows whose value is there but unreadable.
    marks : ndarray of object or None
        For each row of money the currencies its sign may stand for; None: no row has a sign.
    notes : tuple of (kind, message)
        Doubts that were settled.
    """

    typed: pd.Series
    bad: np.ndarray
    marks: np.ndarray | None = None
    notes: tuple[Note, ...] = ()


def read_column(
    raw: pd.Series,
    column: Column,
    settings: Settings,
    mapped: Mapping[str, str] = _NO_WORDS,
    *,
    times: bool = False,
) -> Reading:
    """Read a column as the type that the schema asks for.

    Each distinct value is read once. Empty cells and the usual words for them are missing.

    Parameters
    ----------
    raw : Series
        Text as categories, or values of the source's own type.
    column : Column
        What the schema asks for.
    settings : Settings
        Decimal sign, day first and time zone, where they are known.
    mapped : mapping
        Foreign word in lower case to word of the schema.
    times : bool
        Keep the time of day of a date.

    Examples
    --------
    >>> raw = pd.Series(words(["1.234,50 €", "", "soon"]))
    >>> reading = read_column(raw, Column("mrr", "money", "Monthly revenue"), Settings())
    >>> reading.typed.tolist(), reading.bad.tolist()
    ([1234.5, nan, nan], [False, False, True])
    """
    distinct, codes = _read(raw, column, settings, mapped, times=times)
    bad = np.append(distinct.bad, False)[codes]  # code -1, a missing cell, is the last
    typed = pd.Series(take(distinct.typed, np.where(bad, -1, codes), allow_fill=True))
    marks = None
    if any(distinct.marks):
        marks = np.array([*distinct.marks, (), None], dtype=object)[:-1][codes]
    return Reading(typed, bad, marks, distinct.notes)


def infer_column(raw: pd.Series, settings: Settings) -> Reading:
    """Read a column that the schema does not know, as the narrowest type that fits every value.

    Yes and no, true and false are boolean; numbers are numbers unless a leading zero or their
    length shows that they are codes; dates are dates; all else is text.

    Examples
    --------
    >>> infer_column(pd.Series(words(["1", "2", ""])), Settings()).typed.tolist()
    [1, 2, <NA>]
    >>> infer_column(pd.Series(words(["01", "02"])), Settings()).typed.tolist()
    ['01', '02']
    """
    known = None if _is_beyond_floats(raw) else _KIND_OF_DTYPE.get(raw.dtype.kind)
    kind = known or _narrowest(_cells(raw, EMPTY_TEXT)[0], settings)
    return read_column(raw, Column("", kind, ""), settings, times=True)


def _is_beyond_floats(raw: pd.Series) -> bool:
    """Say whether whole numbers are too long for a float, and so are codes."""
    return raw.dtype.kind == "i" and not raw.dropna().between(-(2**53), 2**53).all()


_KIND_OF_DTYPE: Mapping[str, ColumnType] = MappingProxyType(
    {"b": "boolean", "i": "integer", "f": "number", "M": "date"}
)
_INFERRED: tuple[ColumnType, ...] = ("boolean", "integer", "number", "date")


def _narrowest(cells: Sequence[object], settings: Settings) -> ColumnType:
    for kind in _INFERRED:
        if _fits(cells[:100], kind, settings) and _fits(cells, kind, settings):
            return kind
    return "text"


def _fits(cells: Sequence[object], kind: ColumnType, settings: Settings) -> bool:
    if not cells:
        return False
    if kind == "boolean":
        return all(str(cell).casefold() in {"yes", "no", "true", "false"} for cell in cells)
    if kind in NUMBERS and any(_CODE.search(str(cell)) for cell in cells):
        return False
    return not read_cells(cells, Column("", kind, ""), settings, times=True).bad.any()


def _read(
    raw: pd.Series,
    column: Column,
    settings: Settings,
    mapped: Mapping[str, str],
    *,
    times: bool,
) -> tuple[Distinct, np.ndarray]:
    """Read what a column holds, and say at which place each row has its value."""
    kind = "" if mapped else raw.dtype.kind
    if kind in {"b", "i", "f"} and column.type in NUMBERS:
        numbers = raw.to_numpy(dtype=float, na_value=np.nan)
        known = Amounts(numbers, (), np.zeros(len(numbers), bool), "", ".")
        return of_numbers(known, column), _places(~np.isnan(numbers))
    if kind == "M" and column.type in {"date", "month"}:
        moments = _naive(raw, settings.time_zone)
        return of_days(Days(moments), column, times=times), _places(~np.isnat(moments))
    empty = EMPTY_TEXT if column.type in TEXTS else EMPTY
    cells, codes = _cells(raw, empty, mapped)
    return read_cells(cells, column, settings, times=times), codes


def _places(filled: np.ndarray) -> np.ndarray:
    return np.where(filled, np.arange(len(filled)), -1)


def _naive(raw: pd.Series, zone: str) -> np.ndarray:
    moments = pd.DatetimeIndex(raw)
    if moments.tz is None:
        return moments.to_numpy().astype("datetime64[us]")
    utc = moments.tz_convert("UTC").tz_localize(None).to_numpy()
    return local_time(utc.astype("datetime64[us]"), zone)


def _cells(
    raw: pd.Series, empty: AbstractSet[str], mapped: Mapping[str, str] = _NO_WORDS
) -> tuple[list[object], np.ndarray]:
    """List the distinct values that are not empty, and at which of them each row is."""
    held = raw.array if isinstance(raw.dtype, pd.CategoricalDtype) else words(raw)
    assert isinstance(held, pd.Categorical)
    cells = [tidy(cell).strip() if isinstance(cell, str) else cell for cell in held.categories]
    if mapped:
        cells = [mapped.get(as_text(cell).casefold(), cell) for cell in cells]
    filled = [not (isinstance(cell, str) and cell.casefold() in empty) for cell in cells]
    places = np.cumsum([*filled, 0], dtype=int) - 1
    places[~np.array([*filled, False])] = -1  # as is code -1, a missing cell: the last place
    return [cell for cell, kept in zip(cells, filled, strict=True) if kept], places[held.codes]
