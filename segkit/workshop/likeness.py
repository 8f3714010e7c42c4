"""Which values are the same answer: every value has forms, and equal answers share one.

The rule, as participants meet it:

* whole numbers below 10,000 must be exact; other numbers count to three significant digits, and
  the neighbouring third digit counts too;
* a share may be written 0.413, 41.3 or "41.3 %", and from 10 to 99 % also in whole percents;
* text counts in any case and with any spaces, hyphens and underscores;
* lists, sets, columns and frames count in any order of rows and columns, their numbers rounded
  as above but without neighbours; labels may stand in the index or in a column, or be left out.
"""

from __future__ import annotations

import math
import numbers
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

__all__ = ["accepted_forms", "forms", "is_blank", "shown"]

_EXACT_BELOW = 10_000
_ZERO_BELOW = 1e-12
_NOISE = ".10g"  # what differs later than this is the arithmetic's, not the answer's
_MOST_CELLS = 10_000
_DEEPEST = 4
_MISSING = "?"
_SPACING = re.compile(r"[\s_\-\u2010-\u2015]+")
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}
_CURRENCY = r"(?:[$€£¥]|[A-Z]{3}\b)?"
_WRITTEN = re.compile(
    rf"{_CURRENCY}\s*(?P<sign>[+-]?)\s*{_CURRENCY}\s*(?P<digits>\d[\d.,' ]*|[.,]\d+)"
    rf"(?P<power>[eE][+-]?\d{{1,3}})?\s*(?P<scale>(?:k|K|M|Mn|mn|m|bn|Bn|B)?)\s*"
    rf"(?P<percent>%?)\s*{_CURRENCY}"
)


class _UnreadableError(Exception):
    """A value that is no number, text, truth value, date or collection of these."""


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    percent: bool = False

    @property
    def plain(self) -> float:
        return self.value / 100 if self.percent else self.value


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of cells; `labels` says how many cells of each row name it."""

    cells: tuple[tuple[_Value, ...], ...]
    labels: int = 0

    @property
    def unlabelled(self) -> tuple[tuple[_Value, ...], ...]:
        return tuple(row[self.labels :] for row in self.cells)


_Value: TypeAlias = _Number | _Rows | str | bool | None


def is_blank(value: Any) -> bool:
    """Say whether a value is none at all: None, NaN, empty text or an empty collection.

    Examples
    --------
    >>> [is_blank(value) for value in (None, float("nan"), " ", [], 0, "0")]
    [True, True, True, True, False, False]
    """
    try:
        read = _read(value)
    except _UnreadableError:
        return False
    return read is None or (isinstance(read, _Rows) and not any(map(_filled, read.cells)))


def forms(value: Any) -> list[str] | None:
    """Write what a participant's value can stand for, the surest form first.

    Returns
    -------
    list of str, or None
        None where the value is of a kind that cannot be compared.

    Examples
    --------
    >>> forms("Cloud  Mandate")
    ['t:cloudmandate']
    >>> forms(7) == forms("7") == forms([7.0])
    True
    """
    try:
        read = _read(value)
    except _UnreadableError:
        return None
    if isinstance(read, _Number):
        return list(_number_forms(read))
    if isinstance(read, _Rows):
        written = [f"rows:{_table(read.cells, exact=True)}", f"rows:{_table(read.cells)}"]
        if read.labels:
            bare = read.unlabelled
            written += [f"bare:{_table(bare, exact=True)}", f"bare:{_table(bare)}"]
        return list(dict.fromkeys(written))
    return [] if read is None else [_token(read)]


def accepted_forms(value: Any) -> list[str] | None:
    """Write the forms of which a right value has one.

    Returns
    -------
    list of str, or None
        None where the value cannot be an answer: nothing, not finite, or not comparable.

    Examples
    --------
    >>> share = set(accepted_forms(0.413))
    >>> [bool(share & set(forms(given))) for given in (0.4128, 41.3, "41,3 %", "41 %", 0.42)]
    [True, True, True, True, False]
    """
    try:
        read = _read(value)
    except _UnreadableError:
        return None
    if read is None or is_blank(value):
        return None
    if isinstance(read, _Number):
        return list(dict.fromkeys(_accepted_numbers(read.plain)))
    if isinstance(read, _Rows):
        return list(dict.fromkeys(_accepted_rows(read)))
    return [_token(read)]


def shown(value: Any, most: int = 8) -> str:
    """Write a value for a reader, in one line.

    Examples
    --------
    >>> shown(0.60318), shown(["a", "b"]), shown({"a": 16591.0, "b": 2})
    ('0.6032', 'a; b', 'a 16,591; b 2')
    """
    try:
        read = _read(value)
    except _UnreadableError:
        return f"a value of the kind {type(value).__name__}"
    if not isinstance(read, _Rows):
        return _shown_cell(read)
    rows = [" ".join(map(_shown_cell, row)) for row in read.cells[:most]]
    if len(read.cells) > most:
        rows.append(f"and {len(read.cells) - most:,} more")
    return "; ".join(rows)


def _number_forms(number: _Number) -> Iterator[str]:
    value, tag = number.value, "p" if number.percent else "n"
    whole = abs(value) < _EXACT_BELOW and value == round(value)
    if whole:
        yield f"{tag}={value:.0f}"
    yield f"{tag}~{_rounded(value)}"
    if whole and 10 <= abs(value) < 100:
        yield f"{tag}%{value:.0f}"
    elif tag == "n" and abs(value) < 1 and value == round(value, 2):
        yield f"n%{100 * value:.0f}/100"
    for near in _neighbours(_rounded(value)):
        yield f"{tag}~{near}"


def _accepted_numbers(value: float) -> Iterator[str]:
    whole = abs(value) < _EXACT_BELOW and value == round(value)
    written = [("n", value), ("p", 100 * value)]
    if abs(value) > 1:
        written.append(("p", value))  # the author may count in percent already
    elif not whole:
        written.append(("n", 100 * value))
        percent = round(100 * value)
        if 10 <= abs(percent) < 100:
            yield from (f"n%{percent}", f"p%{percent}", f"n%{percent}/100")
    for tag, number in written:
        yield f"{tag}={number:.0f}" if whole else f"{tag}~{_rounded(number)}"


def _accepted_rows(read: _Rows) -> Iterator[str]:
    ways = [("rows", read.cells)]
    ways.append(("rows", read.unlabelled) if read.labels else ("bare", read.cells))
    found = [cell.plain for row in read.unlabelled for cell in row if isinstance(cell, _Number)]
    fractions = any(number != round(number) for number in found)
    scales = [1, 100] if fractions and max(map(abs, found)) <= 1 else [1]
    for tag, cells in ways:
        for scale in scales:
            yield f"{tag}:{_table(cells, scale, exact=True)}"
            if fractions:
                yield f"{tag}:{_table(cells, scale)}"


def _table(cells: Iterable[Sequence[_Value]], scale: float = 1, *, exact: bool = False) -> str:
    """Write rows so that neither their order nor that of the columns can be seen."""
    rows = [sorted(_token(cell, scale, exact=exact) for cell in row) for row in cells]
    return repr(sorted(rows))


def _token(cell: _Value, scale: float = 1, *, exact: bool = False) -> str:
    if isinstance(cell, _Number):
        value = cell.plain * scale
        whole = exact and abs(value) < _EXACT_BELOW and value == round(value)
        return f"n={value:.0f}" if whole else f"n~{_rounded(value)}"
    if isinstance(cell, _Rows):
        return f"r:{_table(cell.cells, scale, exact=exact)}"
    if isinstance(cell, bool):
        return f"b:{cell}"
    if isinstance(cell, str):
        return "t:" + _SPACING.sub("", unicodedata.normalize("NFKC", cell)).casefold()
    return _MISSING


def _rounded(value: float, digits: int = 3) -> str:
    if abs(value) < _ZERO_BELOW:
        return "0"
    return f"{Decimal(format(value, _NOISE)):.{digits - 1}e}"


def _neighbours(written: str) -> Iterator[str]:
    if written == "0":
        return
    number = Decimal(written)
    unit = Decimal(1).scaleb(number.adjusted() - 2)
    away = number + unit.copy_sign(number)
    lowest = abs(number) == Decimal(1).scaleb(number.adjusted())
    toward = number - (unit / 10 if lowest else unit).copy_sign(number)
    yield from (f"{near:.2e}" for near in (away, toward))


def _read(value: Any, depth: int = 0) -> _Value:
    """Read a value as a number, text, truth value, rows of these, or None for nothing."""
    if value is None or _is_missing(value):
        return None
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, bool) or type(value).__name__ in {"bool_", "bool"}:
        return bool(value)
    if isinstance(value, date) or type(value).__name__ in {"datetime64", "Period"}:
        return _date_text(value)
    if isinstance(value, numbers.Real | Decimal) or (
        _is_of("numpy", "generic", value) and value.dtype.kind in "iuf"
    ):
        return _read_number(float(value))
    if depth == _DEEPEST:
        raise _UnreadableError
    rows = _read_rows(value, depth)
    bare = rows.unlabelled
    # A collection of one value is that value.
    return bare[0][0] if len(bare) == 1 and len(bare[0]) == 1 else rows


def _read_number(number: float) -> _Number | str:
    if not math.isfinite(number):
        return str(number)
    near_zero = abs(number) < _ZERO_BELOW
    return _Number(0.0 if near_zero else float(format(number, _NOISE)))


def _read_text(text: str) -> _Number | str | bool | None:
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip().strip("\"'").strip()
    if not plain:
        return None
    if plain.casefold() in _BOOLEANS:
        return _BOOLEANS[plain.casefold()]
    found = _WRITTEN.fullmatch(plain) if len(plain) < 40 else None
    digits = _decimal(found["digits"]) if found else None
    if found is None or digits is None:
        return plain
    scale = _SCALES[found["scale"].lower()]
    number = _read_number(float(f"{found['sign']}{digits}{found['power'] or ''}") * scale)
    if isinstance(number, _Number) and found["percent"]:
        return _Number(number.value, percent=True)
    return number


def _decimal(digits: str) -> str | None:
    """Write digits with a decimal point; a single comma before three digits marks thousands."""
    plain = re.sub(r"[' ]", "", digits)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return plain
    mark, other = plain[last], ",."[plain[last] == ","]
    head, tail = plain[:last], plain[last + 1 :]
    grouped = re.fullmatch(rf"[1-9]\d{{0,2}}(\{mark}\d{{3}})+", plain)
    if grouped and (mark == "," or plain.count(".") > 1):
        return plain.replace(mark, "")
    if mark in head or (other in head and not re.fullmatch(rf"\d{{1,3}}(\{other}\d{{3}})+", head)):
        return None
    return f"{head.replace(other, '') or '0'}.{tail or '0'}"


def _read_rows(value: Any, depth: int) -> _Rows:
    value, labels = _as_rows(value)
    rows, cells = [], 0
    for row in value:
        whole = isinstance(row, list | tuple)
        read = tuple(_read(cell, depth + 1) for cell in (row if whole else [row]))
        cells += len(read)
        if cells > _MOST_CELLS:
            raise _UnreadableError
        rows.append(read)
    return _Rows(tuple(rows), labels)


def _as_rows(value: Any) -> tuple[Iterable[Any], int]:
    """List the rows of a collection, and say how many cells of each are its labels."""
    if isinstance(value, Mapping):
        return list(value.items()), 1
    if isinstance(value, AbstractSet | list | tuple):
        return value, 0
    if _is_of("pandas", "DataFrame", value) or _is_of("pandas", "Series", value):
        return _pandas_rows(value)
    if _is_of("numpy", "ndarray", value) or _is_of("pandas", "Index", value):
        return value.tolist(), 0
    for way in ("to_list", "to_pylist", "rows", "tolist"):
        if callable(getattr(value, way, None)):
            return _foreign_rows(getattr(value, way)()), 0
    raise _UnreadableError


def _pandas_rows(value: Any) -> tuple[Iterable[Any], int]:
    frame = value.to_frame() if value.ndim == 1 else value
    labels = 0
    if frame.index.dtype.kind not in "iu":
        labels = frame.index.nlevels
    if frame.size > _MOST_CELLS:
        raise _UnreadableError
    columns = [frame.index.get_level_values(level).tolist() for level in range(labels)]
    columns += [frame.iloc[:, place].tolist() for place in range(frame.shape[1])]
    return list(zip(*columns, strict=True)), labels


def _foreign_rows(rows: Any) -> Iterable[Any]:
    if not isinstance(rows, list):
        raise _UnreadableError
    return [list(row.values()) if isinstance(row, Mapping) else row for row in rows]


def _is_missing(value: Any) -> bool:
    if isinstance(value, float) or _is_of("numpy", "floating", value):
        return math.isnan(value)
    return type(value).__name__ in {"NAType", "NaTType"} or (
        type(value).__name__ == "datetime64" and str(value) == "NaT"
    )


def _date_text(value: Any) -> str:
    if type(value).__name__ == "datetime64":
        value = value.astype("datetime64[us]").item()
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_of(package: str, name: str, value: Any) -> bool:
    """Ask for a type of a package that is loaded already, so that nothing is loaded to ask."""
    kind = getattr(sys.modules.get(package), name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _filled(row: tuple[_Value, ...]) -> bool:
    return any(cell is not None for cell in row)


def _shown_cell(cell: _Value) -> str:
    if isinstance(cell, _Rows):
        return f"({'; '.join(' '.join(map(_shown_cell, row)) for row in cell.cells)})"
    if not isinstance(cell, _Number):
        return "nothing" if cell is None else str(cell)
    value = float(f"{cell.plain:.4g}")
    if cell.plain == round(cell.plain):
        return f"{cell.plain:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
