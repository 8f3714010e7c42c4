"""What an executed notebook tells of an answer: all that a page, a workbook or a slide shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from segkit.answers.content import read_table

__all__ = ["Told", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as its notebook holds it.

    Attributes
    ----------
    id : str
        Where it stands in the page; empty if nowhere.
    question, phase, text, status, headline, method : str
        As in `Answer`; `number` is its number in words.
    tables : mapping of str to (DataFrame, int)
        Its table, named "", and its lists, each with the rows that it had before it was thinned.
    ledger : DataFrame
        Rows read, used and set aside.
    """

    id: str
    question: str
    phase: str
    text: str
    status: str
    headline: str
    number: str = ""
    unit: str = ""
    estimate: float | None = None
    interval: tuple[float, float] | None = None
    method: str = ""
    sources: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    tables: Mapping[str, tuple[pd.DataFrame, int]] = field(default_factory=dict)
    sql: Mapping[str, str] = field(default_factory=dict)
    ledger: pd.DataFrame = field(default_factory=pd.DataFrame)


def told(summary: Mapping[str, Any], name: str) -> Told:
    """Read an answer from its own MIME type; what a notebook of another hand lacks is empty."""
    words = ("question", "phase", "text", "headline", "method", "unit", "number")
    found = {key: str(summary.get(key) or "") for key in words}
    estimate, interval = _float(summary.get("estimate")), _ends(summary.get("interval"))
    named = {"": summary.get("table"), **_mapping(summary.get("lists"))}
    return Told(
        id=name,
        status=str(summary.get("status") or "answered"),
        estimate=estimate,
        interval=interval,
        sources=tuple(map(str, summary.get("sources") or ())),
        caveats=tuple(map(str, summary.get("caveats") or ())),
        tables={str(key): read_table(text) for key, text in named.items() if text},
        sql={str(key): str(text) for key, text in _mapping(summary.get("sql")).items()},
        ledger=read_table(summary["ledger"])[0] if summary.get("ledger") else pd.DataFrame(),
        **found,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _float(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _ends(value: Any) -> tuple[float, float] | None:
    ends = [_float(end) for end in value] if isinstance(value, list | tuple) else []
    low, high = ends if len(ends) == 2 else (None, None)
    return None if low is None or high is None else (low, high)
