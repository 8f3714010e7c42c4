"""From a question to its answer, or to the honest reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pkgutil import resolve_name

import pandas as pd

from segkit.answers.answer import Answer
from segkit.errors import DataError, NoEvidenceError, ParameterError
from segkit.questions import Question, all_questions, coverage, supporting_questions
from segkit.tables import CompanyTables

__all__ = ["ask"]


def ask(company: CompanyTables, question: str) -> Answer:
    """Answer one of the 24 questions, or a supporting one, from a company's tables.

    Parameters
    ----------
    company : CompanyTables
        Checked tables.
    question : str
        Id of the question, "M1" to "U6", or of a supporting one, "S1" on.

    Raises
    ------
    ParameterError
        If there is no such question.

    Examples
    --------
    >>> spoken = pd.DataFrame({"respondent": ["a", "b"], "score": [9, 6]})
    >>> ask(CompanyTables.from_tables({"nps_survey": spoken}), "U3").status
    'missing data'
    """
    if question not in all_questions():
        raise ParameterError("question", "ask", f"one of {', '.join(all_questions())}", question)
    asked = all_questions()[question]
    states = coverage(company, supporting=question in supporting_questions())
    state = states.set_index("question").loc[question]
    if state["status"] == "missing data":
        words = f"The tables do not answer this yet. Missing: {state['missing']}."
        answer = Answer("missing data", words)
    else:
        answer = _tried(company, asked)
    return replace(answer, question=question, ledger=_ledger(company, asked))


def _tried(company: CompanyTables, question: Question) -> Answer:
    try:
        # A chapter asks a few questions: only their methods are loaded.
        function = resolve_name(f"segkit.answers.{question.answer}")
        answer: Callable[[CompanyTables], Answer] = function
        return answer(company)
    except NoEvidenceError as refusal:
        return Answer("no evidence", str(refusal))
    except DataError as refusal:
        return Answer("not enough data", str(refusal))


def _ledger(company: CompanyTables, question: Question) -> pd.DataFrame:
    needed = {table for need in question.needs for table, _ in need}
    return company.ledger[company.ledger["table"].isin(needed)].reset_index(drop=True)
