"""Which of the 24 questions a company's tables can answer, and what the others lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping

import pandas as pd

from segkit.questions.catalogue import questions, supporting_questions
from segkit.tables import CompanyTables, schema

__all__ = ["coverage"]


def coverage(company: CompanyTables, *, supporting: bool = False) -> pd.DataFrame:
    """Say of each question whether the tables hold what it needs.

    A column without any value counts as absent. Where a question can be answered in more than one
    way, `missing` is about the way that lacks least.

    Parameters
    ----------
    company : CompanyTables
        Checked tables.
    supporting : bool
        Look at the supporting questions instead of the 24.

    Returns
    -------
    DataFrame
        One row a question with columns `question, phase, text, status, missing`; `status` is
        "answerable" or "missing data".

    Examples
    --------
    >>> survey = pd.DataFrame({"respondent": ["a", "b"], "score": [9, 6]})
    >>> state = coverage(CompanyTables.from_tables({"nps_survey": survey})).set_index("question")
    >>> state.loc["U5", "status"], state.loc["U3", "missing"]
    ('answerable', 'table task_log (tasks that users started)')
    """
    tables = company.tables
    there = {
        (table, str(column))
        for table, frame in tables.items()
        for column, filled in frame.notna().any().items()
        if filled
    }
    rows = []
    for question in (supporting_questions() if supporting else questions()).values():
        ways = [_lacking(way, tables, there) for way in question.needs]
        lacking = min(ways, key=lambda way: (len(way), sum(way.values())))
        status = "missing data" if lacking else "answerable"
        rows.append((question.id, question.phase, question.text, status, "; ".join(lacking)))
    names = ["question", "phase", "text", "status", "missing"]
    return pd.DataFrame(rows, columns=names, dtype="str")


def _lacking(
    way: Iterable[tuple[str, str]],
    tables: Mapping[str, pd.DataFrame],
    there: Container[tuple[str, str]],
) -> dict[str, int]:
    """Say in words what is missing, and how many columns each word stands for."""
    lacking: Counter[str] = Counter()
    for table, column in way:
        if (table, column) in there:
            continue
        if table not in tables:
            meaning = schema()[table].meaning
            lacking[f"table {table} ({meaning[0].lower()}{meaning[1:]})"] += 1
        elif tables[table].empty:
            lacking[f"rows in table {table}"] += 1
        elif column in tables[table]:
            lacking[f"values in column {column} of {table}"] += 1
        else:
            lacking[f"column {column} of {table}"] += 1
    return lacking
