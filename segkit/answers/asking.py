"""From a question to its answer, or to the honest reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pkgutil import resolve_name
from types import MappingProxyType

import pandas as pd

from segkit.answers.answer import Answer
from segkit.errors import DataError, ParameterError
from segkit.tables import CompanyTables, coverage
from segkit.tables.questions import all_questions, supporting_questions

__all__ = ["ANSWERS", "ask", "state_of_questions"]

# Where each answer lives. A chapter asks a few questions: only their methods are loaded.
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "M1": "segkit.answers.market:market_size",
        "M2": "segkit.answers.trends:industry_trends",
        "M3": "segkit.answers.needs:market_needs",
        "M4": "segkit.answers.routes:routes_to_market",
        "M5": "segkit.answers.competitors:competitors",
        "M6": "segkit.answers.strengths:competitive_strengths",
        "M7": "segkit.answers.threats:opportunities_and_threats",
        "A5": "segkit.answers.accounts:lifetime_value",
        "B1": "segkit.answers.buyers:buying_centre",
        "U1": "segkit.answers.users:usage_segments",
        "S1": "segkit.answers.segmentation_ways:possible_ways",
        "S2": "segkit.answers.segmentation:customer_segments",
        "S3": "segkit.answers.segmentation_league:best_grouping",
        "S4": "segkit.answers.segmentation_channel:channel_mix",
        "S5": "segkit.answers.segmentation_portfolio:where_to_invest",
        "S6": "segkit.answers.goals:goals_and_resources",
    }
)


def state_of_questions(company: CompanyTables, *, supporting: bool = False) -> pd.DataFrame:
    """Say of each of the 24 questions whether it is answerable, and what is missing if not.

    Parameters
    ----------
    company : CompanyTables
        Checked tables.
    supporting : bool
        Look at the supporting questions, "S1" on, instead.

    Returns
    -------
    DataFrame
        One row a question: `question, phase, text, status, missing`; `status` is "answerable",
        "missing data" or "not built yet".
    """
    state = coverage(company, supporting=supporting)
    unbuilt = (state["status"] == "answerable") & ~state["question"].isin(list(ANSWERS))
    return state.assign(status=state["status"].mask(unbuilt, "not built yet"))


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
    """
    if question not in all_questions():
        raise ParameterError("question", "ask", f"one of {', '.join(all_questions())}", question)
    states = state_of_questions(company, supporting=question in supporting_questions())
    state = states.set_index("question").loc[question]
    if state["status"] == "missing data":
        words = f"The tables do not answer this yet. Missing: {state['missing']}."
        answer = Answer(question, "missing data", words)
    elif state["status"] == "not built yet":
        words = "The tables hold what this question needs; the method is not built yet."
        answer = Answer(question, "not built yet", words)
    else:
        answer = _tried(company, question)
    return replace(answer, ledger=_ledger(company, question))


def _tried(company: CompanyTables, question: str) -> Answer:
    try:
        answer: Callable[[CompanyTables], Answer] = resolve_name(ANSWERS[question])
        return answer(company)
    except DataError as refusal:
        return Answer(question, "not enough data", str(refusal))


def _ledger(company: CompanyTables, question: str) -> pd.DataFrame:
    needed = {table for need in all_questions()[question].needs for table, _ in need}
    return company.ledger[company.ledger["table"].isin(needed)].reset_index(drop=True)
