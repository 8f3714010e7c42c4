"""Excel workbooks with foreign text made harmless, and numbers shown as what they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.answers.formats import kinds, number_format
from segkit.errors import MissingPackageError, SegkitError
from segkit.frames import unformulated

__all__ = ["MOST_ROWS", "write_workbook"]

MOST_ROWS = 1_048_575
"""Rows of a sheet, without its head."""
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # no clock: the same bytes
_NARROWEST, _WIDEST, _LONGEST_CELL = 8, 70, 32_767
_LOOKED_AT = 500
_DAY_ZERO = pd.Timestamp("1899-12-30")


def write_workbook(
    sheets: Mapping[str, pd.DataFrame], path: str | Path, currency: str = ""
) -> Path:
    """Write tables as the sheets of an Excel workbook, without formulas and links.

    Heads stay in sight and filter; money, shares and dates are shown as such.

    Raises
    ------
    MissingPackageError
        If xlsxwriter is not installed.
    SegkitError
        If the file cannot be written.
    """
    try:
        xlsxwriter: Any = import_module("xlsxwriter")
    except ImportError:
        raise MissingPackageError("xlsxwriter", "excel", "Writing Excel") from None
    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    book.set_properties({"created": _CREATED})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for name, table in sheets.items():
        _write(book, book.add_worksheet(name), table.head(MOST_ROWS), head, currency)
    try:
        book.close()
    except (OSError, import_module("xlsxwriter.exceptions").XlsxFileError):
        raise SegkitError(
            f"{path} cannot be written: it may be open in Excel, or its folder missing."
        ) from None
    return Path(path)


def _write(book: Any, sheet: Any, table: pd.DataFrame, head: Any, currency: str) -> None:
    safe = unformulated(table)
    for place, (name, kind) in enumerate(zip(safe.columns, kinds(table), strict=True)):
        values = table.iloc[:, place]
        shown = number_format(kind, values, currency)
        cells = _cells(safe.iloc[:, place], kind)
        width = _width(str(name), cells, shown)
        look = {"num_format": shown, "valign": "top", "text_wrap": width == _WIDEST}
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, str(name), head)
        sheet.write_column(1, place, cells, book.add_format(look))
    sheet.freeze_panes(1, 1 if table.shape[1] > 1 else 0)
    if table.shape[1]:
        sheet.autofilter(0, 0, len(table), table.shape[1] - 1)


def _cells(values: pd.Series[Any], kind: str) -> list[Any]:
    if kind == "date":
        values = (values - _DAY_ZERO) / pd.Timedelta(days=1)
    missing = values.isna().to_numpy()
    plain = values.astype(object).tolist()
    if kind == "text":
        plain = [one if isinstance(one, bool) else str(one)[:_LONGEST_CELL] for one in plain]
    elif kind != "date":
        plain = [None if gone else _finite(one) for one, gone in zip(plain, missing, strict=True)]
    return [None if gone else one for one, gone in zip(plain, missing, strict=True)]


def _finite(value: Any) -> Any:
    return value if abs(value) < float("inf") else None


def _width(name: str, cells: list[Any], shown: str) -> int:
    """Give room for the longest of the first cells, and for the longest word of the head."""
    if shown == "General":
        longest = max(
            (len(str(cell)) for cell in cells[:_LOOKED_AT] if cell is not None), default=0
        )
    else:
        numbers = [cell for cell in cells[:_LOOKED_AT] if cell is not None]
        longest = max((len(f"{cell:,.0f}") for cell in numbers), default=0) + len(shown) // 2
    # The arrow of the filter covers the end of the head.
    head = max(map(len, name.replace("_", " ").split()), default=0) + 3
    return min(max(longest + 2, head, _NARROWEST), _WIDEST)
