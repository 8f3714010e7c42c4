"""Excel workbooks with foreign text made harmless."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from segkit.errors import MissingPackageError
from segkit.frames import unformulated

__all__ = ["write_workbook"]

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False}
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # no clock: the same bytes
_WIDTH = 20


def write_workbook(sheets: Mapping[str, pd.DataFrame], path: str | Path) -> Path:
    """Write tables as the sheets of an Excel workbook, without formulas and links.

    Raises
    ------
    MissingPackageError
        If xlsxwriter is not installed.
    """
    try:
        writer = pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": _OPTIONS})
    except ImportError:
        raise MissingPackageError("xlsxwriter", "excel", "Writing Excel") from None
    with writer:
        writer.book.set_properties({"created": _CREATED})
        for name, table in sheets.items():
            unformulated(table).to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            writer.sheets[name].set_column(0, max(table.shape[1] - 1, 0), _WIDTH)
    return Path(path)
