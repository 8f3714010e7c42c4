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

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from segkit.workshop.values import Number, Rows, UnreadableError, Value, read_value

__all__ = ["accepted_forms", "forms", "is_blank", "shown"]

_EXACT_BELOW = 10_000
_DIGITS = ".10g"  # as values are read
_INFINITE = ("inf", "-inf")
_MISSING = "?"
_SPACING = re.compile(r"[\s_\-\u2010-\u2015]+")


def is_blank(value: Any) -> bool:
    """Say whether a value is none at all: None, NaN, empty text or an empty collection.

    Examples
    --------
    >>> [is_blank(value) for value in (None, float("nan"), " ", [], 0, "0")]
    [True, True, True, True, False, False]
    """
    try:
        read = read_value(value)
    except UnreadableError:
        return False
    return _is_nothing(read)


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
        read = read_value(value)
    except UnreadableError:
        return None
    if isinstance(read, Number):
        return list(_number_forms(read))
    if isinstance(read, Rows):
        written = [f"rows:{_table(read.cells, exact=True)}", f"rows:{_table(read.cells)}"]
        if read.labels:
            bare = read.unlabelled
            written += [f"bare:{_table(bare, exact=True)}", f"bare:{_table(bare)}"]
        return list(dict.fromkeys(written))
    return [] if _is_nothing(read) else [_token(read)]


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
        read = read_value(value)
    except UnreadableError:
        return None
    if _is_nothing(read):
        return None
    if isinstance(read, Number):
        return list(dict.fromkeys(_accepted_numbers(read.plain)))
    if isinstance(read, Rows):
        return list(dict.fromkeys(_accepted_rows(read)))
    return None if read in _INFINITE else [_token(read)]


def shown(value: Any, most: int = 8) -> str:
    """Write a value for a reader, in one line.

    Examples
    --------
    >>> shown(0.60318), shown(["a", "b"]), shown({"a": 16591.0, "b": 2})
    ('0.6032', 'a; b', 'a 16,591; b 2')
    """
    try:
        read = read_value(value)
    except UnreadableError:
        return f"a value of the kind {type(value).__name__}"
    if not isinstance(read, Rows):
        return _shown_cell(read)
    rows = [" ".join(map(_shown_cell, row)) for row in read.cells[:most]]
    if len(read.cells) > most:
        rows.append(f"and {len(read.cells) - most:,} more")
    return "; ".join(rows)


def _number_forms(number: Number) -> Iterator[str]:
    value, tag = number.value, "p" if number.percent else "n"
    whole = _is_exact(value)
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
    whole = _is_exact(value)
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


def _accepted_rows(read: Rows) -> Iterator[str]:
    ways = [("rows", read.cells)]
    ways.append(("rows", read.unlabelled) if read.labels else ("bare", read.cells))
    found = [cell.plain for row in read.unlabelled for cell in row if isinstance(cell, Number)]
    fractions = any(number != round(number) for number in found)
    shares = fractions and max(map(abs, found)) <= 1
    for tag, cells in ways:
        for scale in (1, 100) if shares else (1,):
            yield f"{tag}:{_table(cells, scale, exact=True)}"
            if fractions:
                yield f"{tag}:{_table(cells, scale)}"
            if shares and all(number == 0 or abs(number) >= 0.1 for number in found):
                yield f"{tag}:{_table(_in_percents(cells), scale, exact=True)}"


def _in_percents(cells: Iterable[Sequence[Value]]) -> list[tuple[Value, ...]]:
    """Round shares to whole percents."""
    return [
        tuple(Number(round(cell.plain, 2)) if isinstance(cell, Number) else cell for cell in row)
        for row in cells
    ]


def _table(cells: Iterable[Sequence[Value]], scale: float = 1, *, exact: bool = False) -> str:
    """Write rows so that neither their order nor that of the columns can be seen."""
    rows = [sorted(_token(cell, scale, exact=exact) for cell in row) for row in cells]
    return repr(sorted(rows))


def _token(cell: Value, scale: float = 1, *, exact: bool = False) -> str:
    if isinstance(cell, Number):
        value = float(format(cell.plain * scale, _DIGITS))
        return f"n={value:.0f}" if exact and _is_exact(value) else f"n~{_rounded(value)}"
    if isinstance(cell, Rows):
        return f"r:{_table(cell.cells, scale, exact=exact)}"
    if isinstance(cell, bool):
        return f"b:{cell}"
    if isinstance(cell, str):
        return "t:" + _SPACING.sub("", unicodedata.normalize("NFKC", cell)).casefold()
    return _MISSING


def _rounded(value: float) -> str:
    return f"{Decimal(format(value, _DIGITS)):.2e}" if value else "0"


def _neighbours(written: str) -> Iterator[str]:
    if written == "0":
        return
    number = Decimal(written)
    unit = Decimal(1).scaleb(number.adjusted() - 2)
    away = number + unit.copy_sign(number)
    lowest = abs(number) == Decimal(1).scaleb(number.adjusted())
    toward = number - (unit / 10 if lowest else unit).copy_sign(number)
    yield from (f"{near:.2e}" for near in (away, toward))


def _is_exact(value: float) -> bool:
    return abs(value) < _EXACT_BELOW and value == round(value)


def _is_nothing(read: Value) -> bool:
    if isinstance(read, Rows):
        return all(cell is None for row in read.cells for cell in row)
    return read is None


def _shown_cell(cell: Value) -> str:
    if isinstance(cell, Rows):
        return f"({'; '.join(' '.join(map(_shown_cell, row)) for row in cell.cells)})"
    if not isinstance(cell, Number):
        return "nothing" if cell is None else str(cell)
    value = float(f"{cell.plain:.4g}")
    if cell.plain == round(cell.plain):
        return f"{cell.plain:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
