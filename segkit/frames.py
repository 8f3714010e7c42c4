"""What goes in and out: columns of any eager frame in, results as JSON out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest

__all__ = [
    "EXCEL_MARK",
    "JsonResult",
    "as_pandas",
    "columns_of_json",
    "csv_text",
    "joined",
    "json_columns",
    "read_model_json",
    "restored",
    "take_columns",
    "unformulated",
]

EXCEL_MARK = "\ufeff"
"""Begins a CSV file: without it Excel reads UTF-8 as the local encoding."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def as_pandas(frame: Any, what: str = "The data") -> pd.DataFrame:
    """Turn any eager frame into pandas; one that is pandas already stays as it is.

    Raises
    ------
    DataError
        If `frame` is no pandas, Polars or Arrow frame.

    Examples
    --------
    >>> as_pandas({"year": [2024]}, "The history")
    Traceback (most recent call last):
    segkit.errors.DataError: The history must be a pandas, Polars or Arrow frame. Got dict.
    """
    if isinstance(frame, pd.DataFrame):
        return frame
    try:
        table: pd.DataFrame = nw.from_native(frame, eager_only=True).to_pandas()
    except TypeError:
        kind = type(frame).__name__
        raise DataError(f"{what} must be a pandas, Polars or Arrow frame. Got {kind}.") from None
    return table


def take_columns(frame: Any, names: Sequence[str], what: str) -> pd.DataFrame:
    """Take columns of a pandas, Polars or Arrow frame as pandas.

    Raises
    ------
    DataError
        If `frame` is no eager frame, lacks columns or has one twice; names all of them.

    Examples
    --------
    >>> take_columns(pd.DataFrame({"year": [2024], "revenue": [5.0]}), ["revenue"], "the history")
       revenue
    0      5.0
    """
    table = as_pandas(frame, what)
    missing = [name for name in names if name not in table.columns]
    if missing:
        there = [str(name) for name in table.columns]
        found = ", ".join(repr(name) for name in there)
        lines = [f"{what}: no column {name!r}.{nearest(str(name), there)}" for name in missing]
        raise DataError("\n".join([*lines, f"Columns found: {found}."]))
    taken = table[list(dict.fromkeys(names))]
    if taken.columns.has_duplicates:
        twice = taken.columns[taken.columns.duplicated()].unique()
        raise DataError("\n".join(f"{what}: there are several columns {name!r}." for name in twice))
    return taken.copy()


def unformulated(table: pd.DataFrame) -> pd.DataFrame:
    """Quote the text of cells and headings that a spreadsheet would run as a formula.

    Such text begins with one of ``= + - @``, a tab or a carriage return; an apostrophe before it
    keeps it text. Numbers stay as they are.

    Examples
    --------
    >>> unformulated(pd.DataFrame({"name": ["=1+1", "Acme"], "value": [-2.0, 3.0]}))
        name  value
    0  '=1+1   -2.0
    1   Acme    3.0
    """
    columns = [
        table.iloc[:, place]
        if pd.api.types.is_numeric_dtype(table.dtypes.iloc[place])
        else table.iloc[:, place].map(_quoted, na_action="ignore")
        for place in range(table.shape[1])
    ]
    safe = pd.concat(columns, axis=1) if columns else table.copy()
    return safe.set_axis([_quoted(name) for name in table.columns], axis=1)


def csv_text(table: pd.DataFrame) -> str:
    r"""Write a table as CSV that a spreadsheet opens without running any of it.

    Lines end as RFC 4180 says, so that a carriage return inside a cell is quoted and cannot begin
    a row of its own.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"name": ["@home"], "value": [-2.0]}))
    "name,value\r\n'@home,-2.0\r\n"
    """
    return unformulated(table).to_csv(index=False, lineterminator="\r\n")


def joined(frame: pd.DataFrame, name: str, part: str) -> pd.Series[str]:
    """Label rows by two columns, "private: accounts".

    Examples
    --------
    >>> joined(pd.DataFrame({"segment": ["private"], "measure": ["price"]}), "segment", "measure")
    0    private: price
    dtype: str
    """
    return frame[name].astype("str") + ": " + frame[part].astype("str")


def json_columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Give a frame as lists by column, for JSON; what is missing or infinite is None.

    Examples
    --------
    >>> json_columns(pd.DataFrame({"k": [2, 3], "gap": [0.5, float("nan")]}))
    {'k': [2, 3], 'gap': [0.5, None]}
    """
    return {str(name): [_plain(value) for value in frame[name].tolist()] for name in frame}


def columns_of_json(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Read what `json_columns` wrote; a column of numbers with holes stays one of numbers.

    Examples
    --------
    >>> columns_of_json({"k": [2, 3], "gap": [0.5, None]})["gap"].isna().tolist()
    [False, True]
    """
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=np.float64 if _are_floats(values) else None)
            for name, values in columns.items()
        }
    )


def read_model_json(text: str, model: str, schema: int) -> dict[str, Any]:
    """Read the JSON of a model, and refuse any other.

    Raises
    ------
    DataError
        If the text is no JSON, or that of another model or schema.

    Examples
    --------
    >>> read_model_json('{"model": "RFM", "schema": 1}', "Scorecard", 1)
    Traceback (most recent call last):
    segkit.errors.DataError: The JSON must hold a Scorecard of schema 1; it holds 'RFM' of schema 1.
    """
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(f"The text is not JSON: {error}.") from error
    content = found if isinstance(found, dict) else {}
    if (content.get("model"), content.get("schema")) != (model, schema):
        raise DataError(
            f"The JSON must hold a {model} of schema {schema}; it holds {content.get('model')!r} "
            f"of schema {content.get('schema')!r}."
        )
    return content


class JsonResult:
    """A frozen dataclass of numbers, tuples, mappings and frames that can write itself as JSON.

    A field with `metadata={"json": False}` stays out.
    """

    def to_json(self) -> str:
        """Write every number of the result; frames become lists of rows."""
        return json.dumps(_plain(self), allow_nan=False)


def restored(text: str) -> str:
    """Take off the apostrophe that kept text from running as a formula.

    Examples
    --------
    >>> restored("'=1+1"), restored("'s-Hertogenbosch")
    ('=1+1', "'s-Hertogenbosch")
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text


def _quoted(text: Any) -> Any:
    risky = isinstance(text, str) and text.startswith(_RISKY)
    return f"'{text}" if risky else text


def _are_floats(values: Sequence[Any]) -> bool:
    """Tell a column of numbers with holes from one of text with holes."""
    return any(isinstance(value, float) for value in values) or (
        bool(values) and all(value is None for value in values)
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        kept = [item.name for item in fields(value) if item.metadata.get("json", True)]
        return {name: _plain(getattr(value, name)) for name in kept}
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict(orient="records")]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    unknown = isinstance(value, float) and not np.isfinite(value)
    return None if unknown or value is pd.NA else value
