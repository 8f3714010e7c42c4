"""Values as participants write them, read as numbers, text, truth values, or rows of these."""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Sized, ValuesView
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

__all__ = ["Number", "Rows", "UnreadableError", "Value", "read_value"]

_ZERO_BELOW = 1e-12
_NOISE = ".10g"  # what differs later than this is the arithmetic's, not the answer's
_MOST_CELLS = 10_000
_DEEPEST = 4
_LISTED = (Sequence, AbstractSet, ValuesView)
_FRAMES = {"polars", "pyarrow"}
_SIGNS = str.maketrans({"\u2212": "-", "\u2019": "'"})
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}
_CURRENCY = r"(?:[$€£¥]|[A-Z]{3}\b)?"
_WRITTEN = re.compile(
    rf"{_CURRENCY}\s*(?P<sign>[+-]?)\s*{_CURRENCY}\s*(?P<digits>\d[\d.,' ]*|[.,]\d+)"
    rf"(?P<power>[eE][+-]?\d{{1,3}})?\s*(?P<scale>(?:k|K|M|Mn|mn|m|bn|Bn|B)?)\s*"
    rf"(?P<percent>%?)\s*{_CURRENCY}"
)


class UnreadableError(Exception):
    """A value that is no number, text, truth value, date or collection of these."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written, with or without a percent sign."""

    value: float
    percent: bool = False

    @property
    def plain(self) -> float:
        """What it amounts to."""
        return self.value / 100 if self.percent else self.value


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of cells; `labels` says how many cells of each row name it."""

    cells: tuple[tuple[Value, ...], ...]
    labels: int = 0

    @property
    def unlabelled(self) -> tuple[tuple[Value, ...], ...]:
        """The rows without what names them."""
        return tuple(row[self.labels :] for row in self.cells)


Value: TypeAlias = Number | Rows | str | bool | None


def read_value(value: Any) -> Value:
    """Read a value; None stands for nothing: None, NaN, NaT or empty text.

    Packages are not loaded to ask for their types: a value of theirs shows that they are.

    Raises
    ------
    UnreadableError
        When the value is of another kind, nested too deep or too large.

    Examples
    --------
    >>> read_value("41,5 %")
    Number(value=41.5, percent=True)
    >>> read_value({"a": [1]})
    Number(value=1.0, percent=False)
    """
    try:
        return _read(value, 0)
    except UnreadableError:
        raise
    except Exception:  # noqa: BLE001 - a class of the participant's own may raise anything
        raise UnreadableError from None


def _read(value: Any, depth: int) -> Value:
    if value is None or isinstance(value, str) or _is_missing(value):
        return _read_text(value) if isinstance(value, str) else None
    if isinstance(value, bool) or _is_of(value, "numpy", "bool_"):
        return bool(value)
    if isinstance(value, int | float | Decimal | Fraction) or _is_of(
        value, "numpy", "integer", "floating"
    ):
        return _read_number(value)
    if isinstance(value, date) or _is_of(value, "numpy", "datetime64"):
        return _date_text(value)
    if _is_of(value, "pandas", "Period"):
        return str(value)
    return _read_collection(value, depth)


def _read_number(value: Any) -> Number | str | None:
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):  # beyond floats, complex, a signalling NaN
        raise UnreadableError from None
    if math.isnan(number):
        return None
    if math.isinf(number):
        return str(number)
    return Number(0.0 if abs(number) < _ZERO_BELOW else float(format(number, _NOISE)))


def _read_text(text: str) -> Number | str | bool | None:
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip().strip("\"'").strip()
    if not plain:
        return None
    if plain.casefold() in _BOOLEANS:
        return _BOOLEANS[plain.casefold()]
    found = _WRITTEN.fullmatch(plain) if len(plain) < 40 else None
    digits = _decimal(found["digits"], in_percent=bool(found["percent"])) if found else None
    if found is None or digits is None:
        return plain
    scale = _SCALES[found["scale"].lower()]
    number = _read_number(float(f"{found['sign']}{digits}{found['power'] or ''}") * scale)
    if isinstance(number, Number) and found["percent"]:
        return Number(number.value, percent=True)
    return number


def _decimal(digits: str, *, in_percent: bool) -> str | None:
    """Write digits with a decimal point; a comma before three marks thousands, but no percents."""
    if re.search(r"[' ]", digits.strip()):
        if not re.fullmatch(r"\d{1,3}([' ]\d{3})+([.,]\d*)?", digits.strip()):
            return None
        digits = digits.replace(",", ".")
    plain = re.sub(r"[' ]", "", digits)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return plain
    mark, other = plain[last], ",."[plain[last] == ","]
    head, tail = plain[:last], plain[last + 1 :]
    grouped = re.fullmatch(rf"[1-9]\d{{0,2}}(\{mark}\d{{3}})+", plain)
    if grouped and ((mark == "," and not in_percent) or plain.count(mark) > 1):
        return plain.replace(mark, "")
    if mark in head or (other in head and not re.fullmatch(rf"\d{{1,3}}(\{other}\d{{3}})+", head)):
        return None
    return f"{head.replace(other, '') or '0'}.{tail or '0'}"


def _read_collection(value: Any, depth: int) -> Value:
    if depth == _DEEPEST:
        raise UnreadableError
    value, labels = _as_rows(value)
    if isinstance(value, Sized) and len(value) > _MOST_CELLS:
        raise UnreadableError
    rows, cells = [], 0
    for row in value:
        whole = isinstance(row, list | tuple)
        read = tuple(_read(cell, depth + 1) for cell in (row if whole else [row]))
        cells += len(read)
        if cells > _MOST_CELLS:
            raise UnreadableError
        rows.append(read)
    found = Rows(tuple(rows), labels)
    bare = found.unlabelled
    # A collection of one value is that value.
    return bare[0][0] if len(bare) == 1 and len(bare[0]) == 1 else found


def _as_rows(value: Any) -> tuple[Iterable[Any], int]:
    """List the rows of a collection, and say how many cells of each are its labels."""
    if isinstance(value, Mapping):
        return list(value.items()), 1
    if isinstance(value, _LISTED) and not isinstance(value, bytes | bytearray | memoryview):
        return value, 0
    if _is_of(value, "pandas", "DataFrame", "Series"):
        return _pandas_rows(value)
    if _is_of(value, "numpy", "ndarray") or _is_of(value, "pandas", "Index"):
        return _rows_in(value.tolist()), 0
    if type(value).__module__.partition(".")[0] in _FRAMES:
        for way in ("to_list", "to_pylist", "rows"):
            if hasattr(value, way):
                return _rows_in(getattr(value, way)()), 0
    raise UnreadableError


def _pandas_rows(value: Any) -> tuple[Iterable[Any], int]:
    frame = value.to_frame() if value.ndim == 1 else value
    labels = 0
    if frame.index.dtype.kind not in "iu":
        labels = frame.index.nlevels
    if frame.size > _MOST_CELLS:
        raise UnreadableError
    columns = [frame.index.get_level_values(level).tolist() for level in range(labels)]
    columns += [frame.iloc[:, place].tolist() for place in range(frame.shape[1])]
    return list(zip(*columns, strict=True)), labels


def _rows_in(found: Any) -> list[Any]:
    """List rows as other packages write them: lists, tuples, mappings, or a single value."""
    rows = found if isinstance(found, list) else [found]
    return [list(row.values()) if isinstance(row, Mapping) else row for row in rows]


def _is_missing(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is pandas.NA or value is pandas.NaT)


def _date_text(value: Any) -> str | None:
    if not isinstance(value, date):
        value = value.astype("datetime64[us]").item()
    midnight = isinstance(value, datetime) and value.time() == time()
    if value is None:
        return None
    return str((value.date() if midnight else value).isoformat())


def _is_of(value: Any, package: str, *names: str) -> bool:
    loaded = sys.modules.get(package)
    return loaded is not None and isinstance(value, tuple(getattr(loaded, one) for one in names))
