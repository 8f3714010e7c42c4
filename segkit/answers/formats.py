"""What the columns of an answer's table are, so that a workbook shows money as money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import pandas as pd
from pandas.api import types

__all__ = ["Kind", "kinds", "number_format"]

Kind = Literal["text", "date", "whole", "number", "share", "money", "year"]
_ENDS = re.compile(r"(?:^|[ _])(low|high|error|p5|p50|p95|lower|upper)$")
_WHOLE = 10_000
_FORMATS: Mapping[str, str] = {
    "text": "General",
    "date": "yyyy-mm-dd",
    "whole": "#,##0",
    "share": "0.0%",
    "money": "#,##0",
    "year": "0",
}
_MOST = 10  # a share of a wallet can be more than the whole of it
_WORDS = re.compile(r"[a-z]+")
_NO_MONEY = {"hours", "months", "share", "ratio", "rank", "odds", "p", "chance", "r"}
_MONEY = {
    *("added", "amount", "arr", "budget", "cac", "contribution", "cost", "expected", "headroom"),
    *("loaded", "loss", "margin", "mrr", "own", "paid", "potential", "price", "profit", "revenue"),
    *("shared", "spend", "total", "value", "wallet"),
}
_SHARES = {
    *("advanced", "base", "chance", "churn", "conversion", "coverage", "covered", "direct"),
    *("identifiable", "importance", "known", "net", "now", "online", "partner", "passed"),
    *("penetration", "probability", "rate", "tender"),
    *("satisfaction", "share", "stability", "steady", "sure", "weight", "win"),
}


def kinds(table: pd.DataFrame) -> list[Kind]:
    """Say of each column what it holds, by its type, its name and its values.

    The ends of an interval are what the column before them is.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["a"], "revenue": [9e4], "low": [8e4], "win_rate": [0.3]})
    >>> kinds(table)
    ['text', 'money', 'money', 'share']
    """
    found: list[Kind] = []
    for place, name in enumerate(map(str, table.columns)):
        values = table.iloc[:, place]
        kind = _kind(name.casefold(), values)
        if kind == "number" and found and _is_end(name) and found[-1] in {"money", "share"}:
            kind = found[-1] if found[-1] == "money" or _within_one(values) else kind
        found.append(kind)
    return found


def _kind(name: str, values: pd.Series[float]) -> Kind:
    if types.is_datetime64_any_dtype(values):
        return "date"
    if types.is_bool_dtype(values) or not types.is_numeric_dtype(values):
        return "text"
    words = set(_WORDS.findall(name))
    if types.is_integer_dtype(values):
        return "year" if "year" in words else "money" if _is_money(words, values) else "whole"
    if ("share" in words and values.abs().max() < _MOST) or (
        words & _SHARES and _within_one(values)
    ):
        return "share"
    return "money" if _is_money(words, values) else "number"


def _is_money(words: set[str], values: pd.Series[float]) -> bool:
    # Of the same name are weights and effects, all of them small.
    return bool(words & _MONEY and not words & _NO_MONEY and values.abs().max() >= 100)


def _is_end(name: str) -> bool:
    return bool(_ENDS.search(name.casefold()))


def _within_one(values: pd.Series[float]) -> bool:
    known = values.dropna()
    return bool(len(known) and known.abs().max() <= 1)


def number_format(kind: Kind, values: pd.Series[float], currency: str = "") -> str:
    """Write the format of a column as Excel knows it.

    Examples
    --------
    >>> number_format("money", pd.Series([12_500.0]), "EUR")
    '[$EUR] #,##0'
    """
    if kind == "money":
        return f"[${currency}] #,##0" if currency else _FORMATS["money"]
    if kind == "number":
        largest = values.abs().max()
        if largest >= _WHOLE and values.abs().min() < 1:
            return "General"  # numbers of several units in one column
        return "0.000" if largest <= 1 else "#,##0.00" if largest < _WHOLE else "#,##0"
    return _FORMATS[kind]
