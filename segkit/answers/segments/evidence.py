"""What decisions rest on: the answers they name, and the segments they may be about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from segkit.answers.answer import Answer
from segkit.answers.asking import ask
from segkit.questions import all_questions
from segkit.tables import CompanyTables

__all__ = ["answers_named", "known_segments", "questions_in"]

_ALL = "all"
_ITSELF = "S13"
_COLUMNS = (
    ("accounts", "segment"),
    ("accounts", "subsegment"),
    ("market_facts", "segment"),
)


def questions_in(text: str, *, known: bool = True) -> list[str]:
    """Name the questions that a text names, such as "S5, m1"; or else those there are not.

    Examples
    --------
    >>> questions_in("s5 and M1; M99"), questions_in("s5 and M1; M99", known=False)
    (['S5', 'M1'], ['M99'])
    """
    named = dict.fromkeys(re.findall(r"\b[A-Z]\d+\b", text.upper()))
    asked = set(all_questions()) - {_ITSELF}
    return [name for name in named if (name in asked) == known]


def answers_named(company: CompanyTables, texts: Iterable[str]) -> dict[str, Answer]:
    """Ask each question that one of the texts names, once."""
    named = dict.fromkeys(name for text in texts for name in questions_in(text))
    return {name: ask(company, name) for name in named}


def known_segments(company: CompanyTables, answers: Iterable[Answer] = ()) -> list[str]:
    """List the segments that the tables, or answers, speak of; "all" comes first.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "segment": ["schools", "colleges"]})
    >>> known_segments(CompanyTables.from_tables({"accounts": accounts}))
    ['all', 'colleges', 'schools']
    """
    columns = [
        company.tables[table][column]
        for table, column in _COLUMNS
        if table in company.tables and column in company.tables[table]
    ]
    columns += [answer.table["segment"] for answer in answers if "segment" in answer.table]
    found = {str(name) for column in columns for name in column.dropna().unique()}
    return [_ALL, *sorted(found - {_ALL})]
