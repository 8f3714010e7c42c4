"""Numbers as people write them: decimal commas, thousands, currency signs, percent."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import numpy as np

from segkit.tables.currencies import MARKS, currencies
from segkit.tables.doubt import settle

__all__ = ["Amounts", "DecimalSign", "read_amounts"]

DecimalSign = Literal[".", ","]

_SPACES = " '\u2019\u00a0\u202f\u2009"  # apostrophes part thousands in Switzerland
_MINUS = "\u2212\u2013\\-"
_BODY = re.compile(rf"(?:\d|[.,](?=\d))(?:[{_SPACES}]?[\d.,])*+(?:[eE][-+]?\d{{1,3}})?")
# What stands around a number, which itself is written "#" here.
_AROUND = re.compile(
    rf"(?P<open>\(?)\s*+(?P<sign>[+{_MINUS}]?)\s*+(?P<before>(?:{MARKS})?)\s*+(?P<inner>[{_MINUS}]?)"
    rf"\s*+#\s*+(?P<percent>%?)\s*+(?P<after>(?:{MARKS})?)\s*+(?P<behind>[{_MINUS}]?)\s*+"
    r"(?P<close>\)?)"
)
_ROUND = re.compile(r"[.,][-\u2013]$")  # "12.-" is twelve and no cents
_LONGEST = 64  # a longer text is no number, and would keep the pattern busy
_SPACED = re.compile(rf"\d{{1,3}}(?P<space>[{_SPACES}])\d{{3}}(?:(?P=space)\d{{3}})*(?=$|[.,eE])")
_POINT = re.compile(
    r"(?=.?\d)(?:\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d\d)*,\d{3})?(?:\.\d*)?(?:[eE][-+]?\d{1,3})?"
)
_SWAPPED = str.maketrans(".,", ",.")
# Whole columns of plain numbers, none of which could be a number of thousands.
_PLAIN = re.compile(r"(?>-?\d{1,15}(?:\.(?:\d{1,2}|\d{4,15}))?\n)*+", re.ASCII)
_PLAIN_WHOLE = re.compile(r"(?>-?\d{1,15}(?:\.0)?\n)*+", re.ASCII)


@dataclass(frozen=True, eq=False)
class Amounts:
    """Numbers read from the distinct values of a column.

    Attributes
    ----------
    numbers : ndarray of float
        NaN where unreadable.
    marks : tuple
        For each value the currencies its sign may stand for; () where it has none.
    percent : ndarray of bool
        Where a percent sign was written; the value is already divided by 100.
    doubtful : str
        A value that could be read with either decimal sign, where nothing settled it.
    decimal : {".", ","}
        The decimal sign used.
    """

    numbers: np.ndarray
    marks: tuple[tuple[str, ...], ...]
    percent: np.ndarray
    doubtful: str
    decimal: DecimalSign


@dataclass(frozen=True, slots=True)
class _Written:
    """A number in parts: digits and separators, what to divide by, possible currencies."""

    body: str
    divisor: int
    mark: tuple[str, ...]


def read_amounts(
    cells: Sequence[object], *, whole: bool = False, decimal: DecimalSign | None = None
) -> Amounts:
    """Read numbers, settling the decimal sign by what the whole column shows.

    "1.234,5" shows a decimal comma, "1,234.5" and "0.5" a decimal point; "1,234" alone could be
    either. The sign that most such values show holds for the column, and a value that cannot be
    read with it is unreadable. Where nothing settles it, the point is the decimal sign.

    Parameters
    ----------
    cells : sequence
        Distinct values, none of them empty: text or numbers.
    whole : bool
        Only whole numbers are readable; "1.234" then shows a decimal comma.
    decimal : {".", ","}, optional
        The decimal sign, where it is known.

    Examples
    --------
    >>> read_amounts(["1.234,50 €", "(12,00 €)"]).numbers.tolist()
    [1234.5, -12.0]
    >>> read_amounts(["$1,234"]).numbers.tolist(), read_amounts(["1,5", "1,234"]).numbers.tolist()
    ([1234.0], [1.5, 1.234])
    """
    plain = None if decimal == "," else _read_plain(cells, whole=whole)
    if plain is not None:
        return plain
    written = [_taken_apart(cell) for cell in cells]
    point = [_value(each, ".", whole=whole) for each in written]
    comma = [_value(each, ",", whole=whole) for each in written]
    pairs = list(zip(point, comma, strict=True))
    way, doubtful = settle(pairs, None if decimal is None else int(decimal == ","))
    return Amounts(
        np.array([pair[way] for pair in pairs], dtype=float),
        tuple(each.mark if isinstance(each, _Written) else () for each in written),
        np.array(
            [isinstance(each, _Written) and abs(each.divisor) == 100 for each in written], bool
        ),
        str(cells[doubtful]) if doubtful >= 0 else "",
        "," if way else ".",
    )


def _read_plain(cells: Sequence[object], *, whole: bool) -> Amounts | None:
    """Read a column whose numbers leave no doubt: ten times as fast."""
    if not all(isinstance(cell, str) for cell in cells):
        return None
    lines = "".join(f"{cell}\n" for cell in cells)
    if not (_PLAIN_WHOLE if whole else _PLAIN).fullmatch(lines):
        return None
    values = np.array([float(str(cell)) for cell in cells], dtype=float)
    return Amounts(values, ((),) * len(cells), np.zeros(len(cells), bool), "", ".")


def _taken_apart(cell: object) -> _Written | float | None:
    """Part a text into digits, sign and currency; numbers pass, all else is None."""
    if isinstance(cell, (int, float, Decimal, np.number, np.bool_)):
        return _as_float(cell)
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return None
    cell = _ROUND.sub(lambda sign: ",00" if sign[0][0] == "," else "", cell)
    found = _BODY.search(cell)
    if found is None:
        return None
    around = _around(f"{cell[: found.start()]}#{cell[found.end() :]}".strip())
    if around is None:
        return None
    body = found[0]
    spaced = _SPACED.match(body)
    return _Written(body.replace(spaced["space"], "") if spaced else body, *around)


def _as_float(number: float | Decimal | np.number | np.bool_) -> float | None:
    try:
        return float(number)
    except (OverflowError, ValueError):  # a whole number too long, a Decimal that signals
        return None


@lru_cache(maxsize=1000)
def _around(text: str) -> tuple[int, tuple[str, ...]] | None:
    """Read what stands around a number: what to divide by, and its possible currencies."""
    found = _AROUND.fullmatch(text)
    if found is None:
        return None
    signs = "".join(found.group("sign", "inner", "behind"))
    brackets = found["open"] + found["close"]
    before, after = currencies(found["before"]), currencies(found["after"])
    clash = before and after and not set(before) & set(after)
    if brackets not in {"", "()"} or len(signs) + bool(brackets) > 1 or clash:
        return None
    divisor = 100 if found["percent"] else 1
    return -divisor if brackets or signs not in {"", "+"} else divisor, after or before


def _value(written: _Written | float | None, sign: DecimalSign, *, whole: bool) -> float | None:
    if isinstance(written, _Written):
        body = written.body if sign == "." else written.body.translate(_SWAPPED)
        if not _POINT.fullmatch(body):
            return None
        value = float(body.replace(",", "")) / written.divisor
    elif written is None:
        return None
    else:
        value = written
    return value if math.isfinite(value) and (not whole or value.is_integer()) else None
