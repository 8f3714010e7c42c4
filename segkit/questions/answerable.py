"""Which of the 24 questions a company's tables can answer, and what the others lack."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import pandas as pd

from segkit.questions.catalogue import questions, supporting_questions
from segkit.tables import CompanyTables, schema

__all__ = ["coverage"]


def coverage(company: CompanyTables, *, supporting: bool = False) -> pd.DataFrame:
    """Say of each question whether the tables hold what it needs.

    A column without any value counts as absent. Where a question can be answered in more than one
    way, `missing` is about the way that lacks least, or about all that lack equally little.

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
        fewest = min(map(len, ways))
        nearest = dict.fromkeys("; ".join(way) for way in ways if len(way) == fewest)
        status = "missing data" if fewest else "answerable"
        rows.append((question.id, question.phase, question.text, status, ", or ".join(nearest)))
    names = ["question", "phase", "text", "status", "missing"]
    return pd.DataFrame(rows, columns=names, dtype="str")


def _lacking(
    way: Iterable[tuple[str, str]],
    tables: Mapping[str, pd.DataFrame],
    there: Container[tuple[str, str]],
) -> list[str]:
    """Say in words what is missing, a table that is not there once."""
    absent = [need for need in way if need not in there]
    return list(dict.fromkeys(_word(table, column, tables) for table, column in absent))


def _word(table: str, column: str, tables: Mapping[str, pd.DataFrame]) -> str:
    if table not in tables:
        meaning = schema()[table].meaning
        return f"table {table} ({meaning[0].lower()}{meaning[1:]})"
    if tables[table].empty:
        return f"rows in table {table}"
    if column in tables[table]:
        return f"values in column {column} of {table}"
    return f"column {column} of {table}"
