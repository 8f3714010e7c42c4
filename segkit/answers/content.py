"""How an answer travels with an executed notebook: its tables as JSON text."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import pandas as pd
from pandas.api import types

__all__ = ["MIME_TYPE", "WHOLE", "read_table", "table_content"]

MIME_TYPE = "application/vnd.segkit.answer+json"
"""Under which an answer lies in a notebook."""
WHOLE = "SEGKIT_WHOLE_ANSWERS"
"""Environment variable that the report sets: its notebooks live in memory, and hold every row."""
_MOST = 100
_DTYPES = {"date": "datetime64[us]", "integer": "Int64", "number": "float64", "boolean": "boolean"}


def table_content(table: pd.DataFrame) -> str:
    """Write a table column by column, with its types; only the first 100 rows outside a report.

    It is one text, because a notebook gives every value of a list a line of its own.

    Examples
    --------
    >>> table_content(pd.DataFrame({"name": ["Acme"], "value": [1.5]}))
    '{"rows": 1, "columns": [["name", "text", ["Acme"]], ["value", "number", [1.5]]]}'
    """
    shown = table if os.environ.get(WHOLE) else table.head(_MOST)
    columns = [_column(str(name), shown.iloc[:, place]) for place, name in enumerate(shown.columns)]
    return json.dumps({"rows": len(table), "columns": columns}, ensure_ascii=False)


def read_table(text: str) -> tuple[pd.DataFrame, int]:
    """Read a table back, and how many rows it had before it was thinned.

    Examples
    --------
    >>> table, rows = read_table(table_content(pd.DataFrame({"name": ["Acme"], "value": [1.5]})))
    >>> rows, table["value"].tolist()
    (1, [1.5])
    """
    content: Mapping[str, Any] = json.loads(text)
    columns = [
        pd.Series(values, name=name, dtype=_DTYPES.get(kind, "str"))
        for name, kind, values in content["columns"]
    ]
    table = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    return table, int(content["rows"])


def _column(name: str, values: pd.Series[Any]) -> list[Any]:
    kind = _kind(values)
    if kind == "date":
        plain = values.dt.strftime("%Y-%m-%dT%H:%M:%S")
    elif kind == "number":
        # JSON knows no infinity.
        plain = values.astype("float64").where(values.astype("float64").abs() < float("inf"))
    else:
        plain = values if kind in {"integer", "boolean"} else values.map(str, na_action="ignore")
    missing = plain.isna().to_numpy()
    cells = plain.astype(object).tolist()
    return [name, kind, [None if gone else cell for cell, gone in zip(cells, missing, strict=True)]]


def _kind(values: pd.Series[Any]) -> str:
    if types.is_datetime64_any_dtype(values):
        return "date"
    if types.is_bool_dtype(values):
        return "boolean"
    if types.is_integer_dtype(values):
        return "integer"
    return "number" if types.is_float_dtype(values) else "text"
