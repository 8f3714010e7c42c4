"""Distinct cells -> values of one type of the schema, and which cells are none."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from segkit.frames import restored
from segkit.tables.amounts import Amounts, read_amounts
from segkit.tables.days import Days, read_days
from segkit.tables.names import squash
from segkit.tables.raw import Note
from segkit.tables.schema import Column
from segkit.tables.settings import Settings

__all__ = [
    "EMPTY",
    "EMPTY_TEXT",
    "NUMBERS",
    "TEXTS",
    "Distinct",
    "as_text",
    "of_days",
    "of_numbers",
    "read_cells",
]

TEXTS = frozenset({"id", "text", "category"})
NUMBERS = frozenset({"integer", "number", "money", "share"})
# Ways of leaving a cell empty. A name or a category may well be "NA", "none" or "-".
EMPTY_TEXT = frozenset({"", "null", "nan", "nat", "<na>", "n/a", "#n/a", "\\n"})
EMPTY = EMPTY_TEXT | {"na", "none", "nil", "-", "--", "\u2013", "\u2014", "?", "unknown"}
_TRUE = frozenset({"true", "yes", "y", "t", "1", "on"})
_FALSE = frozenset({"false", "no", "n", "f", "0", "off"})
_EXACT = 2**53  # beyond it a float skips whole numbers
_FLOATED = re.compile(r"-?\d+\.0")


@dataclass(frozen=True, eq=False)
class Distinct:
    """What distinct cells were read as.

    Attributes
    ----------
    typed : array
        Their values.
    bad : ndarray of bool
        Which cells are unreadable; their values mean nothing.
    marks : sequence
        The currencies that the sign of each may stand for, where the type has any.
    notes : tuple of (kind, message)
        Doubts that were settled.
    """

    typed: Any
    bad: np.ndarray
    marks: Sequence[tuple[str, ...]] = ()
    notes: tuple[Note, ...] = ()


def read_cells(
    cells: Sequence[object], column: Column, settings: Settings, *, times: bool
) -> Distinct:
    """Read distinct cells, none of them empty, as the type that the schema asks for."""
    if column.type in NUMBERS:
        whole = column.type == "integer"
        return of_numbers(read_amounts(cells, whole=whole, decimal=settings.decimal), column)
    if column.type in {"date", "month"}:
        found = read_days(
            cells,
            months=column.type == "month",
            day_first=settings.day_first,
            zone=settings.time_zone,
        )
        return of_days(found, column, times=times)
    if column.type == "boolean":
        return _booleans(cells)
    allowed = column.values  # noqa: PD011 - of the schema, not of a frame
    return _members(cells, column) if allowed else _texts(cells, column)


def of_numbers(found: Amounts, column: Column) -> Distinct:
    """Refuse numbers that the type does not allow: half an employee, money in percent."""
    values, notes = found.numbers, []
    bad = ~np.isfinite(values)
    if column.type == "integer":
        bad |= found.percent | (np.floor(values) != values) | (np.abs(values) > _EXACT)
    if column.type == "money":
        bad |= found.percent
    if column.type in {"integer", "share"} and any(found.marks):
        bad |= np.array([bool(mark) for mark in found.marks])
    if column.type == "share" and not found.percent.any() and _in_percent(values[~bad]):
        values = values / 100
        notes.append(("in percent", "the values run up to 100 and were read as percent"))
    if found.doubtful:
        sign, other = ("point", "comma") if found.decimal == "." else ("comma", "point")
        said = (
            f"{found.doubtful!r} was read with a decimal {sign}; if it has a decimal {other}, set "
            "decimal in segkit.toml"
        )
        notes.append(("ambiguous number", said))
    marks = found.marks if column.type in {"money", "number"} else ()
    if column.type == "integer":
        whole = np.where(bad, 0, values).astype("int64")
        return Distinct(pd.arrays.IntegerArray(whole, bad.copy()), bad, (), tuple(notes))
    return Distinct(values, bad, marks, tuple(notes))


def _in_percent(shares: np.ndarray) -> bool:
    """Say whether shares are in percent: none above 100, and most of them above 1."""
    some = shares[shares != 0]
    return bool(len(some)) and bool(
        (some > 0).all() and (some <= 100).all() and np.mean(some > 1) > 0.5
    )


def of_days(found: Days, column: Column, *, times: bool) -> Distinct:
    """Cut moments down to days, or to the first day of the month."""
    notes = []
    if found.doubtful:
        said = (
            f"{found.doubtful!r} was read with the month first; if the day comes first, set "
            "day_first = true in segkit.toml"
        )
        notes.append(("ambiguous date", said))
    if found.serial:
        notes.append(("day numbers", "numbers were read as Excel's count of days"))
    unit = "datetime64[M]" if column.type == "month" else "datetime64[D]"
    values = found.moments if times else found.moments.astype(unit).astype("datetime64[us]")
    return Distinct(values, np.isnat(values), (), tuple(notes))


def _booleans(cells: Sequence[object]) -> Distinct:
    texts = [as_text(cell).casefold() for cell in cells]
    values = np.array([text in _TRUE for text in texts], dtype=bool)
    bad = np.array([text not in _TRUE | _FALSE for text in texts], dtype=bool)
    return Distinct(pd.arrays.BooleanArray(values, bad.copy()), bad)


def _members(cells: Sequence[object], column: Column) -> Distinct:
    """Read words of which only some are allowed, whatever their case and punctuation."""
    known = {squash(word): value for value, words in column.synonyms.items() for word in words}
    known |= {squash(value): value for value in column.values}  # noqa: PD011 - of the schema
    texts = [as_text(cell) for cell in cells]
    values = [known.get(squash(text)) for text in texts]
    other = [f"{a!r} as {b!r}" for a, b in zip(texts, values, strict=True) if b and a != b]
    notes = (("matched word", f"read {', '.join(other)}"),) if other else ()
    bad = np.array([value is None for value in values], dtype=bool)
    return Distinct(pd.array(values, dtype="str"), bad, (), notes)


def _texts(cells: Sequence[object], column: Column) -> Distinct:
    # Tables that segkit wrote, and many others, guard text against running as a formula.
    texts = [restored(as_text(cell)) for cell in cells]
    notes: tuple[Note, ...] = ()
    if column.type == "id" and texts and all(map(_FLOATED.fullmatch, texts)):
        texts = [text[:-2] for text in texts]
        notes = (("ids as decimals", f"ids such as '{texts[0]}.0' were read as {texts[0]!r}"),)
    return Distinct(pd.array(texts, dtype="str"), np.zeros(len(texts), bool), (), notes)


def as_text(cell: object) -> str:
    """Write a value as text, the same whatever type the source gave it."""
    if isinstance(cell, str):
        return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if (
        isinstance(cell, (float, np.floating, Decimal))
        and math.isfinite(cell)
        and cell == int(cell)
    ):
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return str(cell).removesuffix(" 00:00:00")
    if isinstance(cell, (bytes, bytearray)):
        return bytes(cell).decode("utf-8", "replace")
    return str(cell)
