"""What the columns of an answer's table are, so that a workbook shows money as money.

Types tell text, dates and counts; of other numbers the vocabulary below tells. In all answers a
name means one thing: a new column takes a name that is there, or is entered here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import pandas as pd
from pandas.api import types

__all__ = ["Kind", "kinds", "number_format", "undeclared"]

Kind = Literal["text", "date", "count", "number", "share", "money", "year"]
_VOCABULARY: Mapping[Kind, str] = {
    "money": """
        added amount contribution cost cost_to_win expected expected_loss headroom loaded
        lost_to_silence monthly_margin own paid per_day potential revenue shared spend total
        value wallet
    """,
    "share": """
        back base chance chance_best churn conversion coverage covered direct explained fit
        found identifiable keeps known margin net_high net_low online other partner
        penetration probability probability_alive progress rate reaching relations share
        share_of_failures share_of_revenue share_of_wallet stability steady sure tender
        tests_passed whole_if_mended win win_chance win_rate_with win_rate_without
    """,
    "count": "deals firsts won",
    "number": """
        change correlation cycle days derived gain gap goal importance leaves lift log_worth
        ltv_to_cac marginal_wins mean minutes months now number odds opportunity p
        p_adjusted p_value performance points pooled rank rank_spread rating ratio rival
        satisfaction score similarity slope standard_error standardised strength us was
        weeks_silent weight weighted wins worth years_so_far
    """,
    "year": "year",
}
_KINDS: Mapping[str, Kind] = {
    name: kind for kind, names in _VOCABULARY.items() for name in names.split()
}
_END = re.compile(r"(?:^|_)(low|high|error|p5|p50|p95|lower|upper)$")
_WHOLE = 10_000
_FORMATS: Mapping[str, str] = {
    "text": "General",
    "date": "yyyy-mm-dd",
    "count": "#,##0",
    "share": "0.0%",
    "money": "#,##0",
    "year": "0",
}


def kinds(table: pd.DataFrame) -> list[Kind]:
    """Say of each column what it holds; numbers of a name that nobody declared are mere numbers.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["a"], "revenue": [9e4], "low": [8e4], "win_rate": [0.3]})
    >>> kinds(table)
    ['text', 'money', 'money', 'share']
    """
    found: list[Kind] = []
    for place, name in enumerate(map(str, table.columns)):
        found.append(_kind(name, table.iloc[:, place], found[-1] if found else None))
    return found


def undeclared(table: pd.DataFrame) -> list[str]:
    """Name the columns of fractional numbers of which nobody declared what they are.

    Examples
    --------
    >>> undeclared(pd.DataFrame({"zest": [0.4], "share of wallet error": [0.1], "deals": [3]}))
    ['zest']
    """
    return [
        str(name)
        for name, before in zip(table, [None, *kinds(table)], strict=False)
        if types.is_float_dtype(table[name]) and _declared(str(name), before) is None
    ]


def _declared(name: str, before: Kind | None = None) -> Kind | None:
    """Look a column of numbers up: by its name, without the end of an interval, by its last word.

    An end of an interval that says not of what, "low", is what the column before it is.
    """
    whole = name.casefold().replace(" ", "_")
    middle = _END.sub("", whole)
    names = (whole, middle, middle.rpartition("_")[2])
    ending = before if middle != whole and before not in {"text", "date"} else None
    return next((_KINDS[one] for one in names if one in _KINDS), ending)


def _kind(name: str, values: pd.Series[float], before: Kind | None) -> Kind:
    if types.is_datetime64_any_dtype(values):
        return "date"
    if types.is_bool_dtype(values) or not types.is_numeric_dtype(values):
        return "text"
    kind = _declared(name, before)
    if types.is_integer_dtype(values):
        return kind if kind in {"money", "year"} else "count"
    return kind or "number"


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
