"""Excel and OpenDocument workbooks: one sheet a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, MissingPackageError
from segkit.tables.raw import RawTable, raw_table, words

__all__ = ["read_sheet", "sheet_names"]


def sheet_names(path: Path) -> list[str]:
    """List the sheets of a workbook.

    Raises
    ------
    DataError
        If the file is no workbook.
    MissingPackageError
        If python-calamine is not installed.
    """
    with _open(path) as book:
        return list(book.sheet_names)


def read_sheet(path: Path, sheet: str) -> RawTable:
    """Read a sheet; its first row with a value names the columns.

    Raises
    ------
    DataError
        If the sheet cannot be read or is empty.
    """
    with _open(path) as book:
        try:
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        except Exception as error:  # calamine's errors share no base but this one
            raise DataError(f"sheet {sheet!r} of {path.name} cannot be read: {error}.") from error
    top = next((place for place, row in enumerate(rows) if any(map(_filled, row))), None)
    if top is None:
        raise DataError(f"sheet {sheet!r} of {path.name} is empty.")
    cells = [cell if _filled(cell) else "" for cell in rows[top]]
    body = [[cell if _filled(cell) else None for cell in row] for row in rows[top + 1 :]]
    columns = zip(*body, strict=True) if body else [()] * len(cells)
    frame = pd.DataFrame({place: words(column) for place, column in enumerate(columns)})
    return raw_table(frame, cells, numbers=np.arange(top + 2, len(rows) + 1))


def _filled(cell: object) -> bool:
    return not (isinstance(cell, str) and not cell.strip())


def _open(path: Path) -> Any:
    try:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise MissingPackageError("python-calamine", "excel", f"Reading {path.name}") from error
    try:
        return CalamineWorkbook.from_path(path)
    except Exception as error:  # calamine's errors share no base but this one
        raise DataError(f"{path.name} cannot be read as a workbook: {error}.") from error
