"""The catalogue of questions, and which of them a company's tables can answer."""

from pkgutil import resolve_name

import pandas as pd
import pytest

from segkit.questions import (
    all_questions,
    coverage,
    questions,
    questions_needing,
    supporting_questions,
)
from segkit.tables import CompanyTables, schema

ORDERS = pd.DataFrame({"account_id": ["a"], "date": ["2024-01-31"], "amount": [1.5]})
CONTRACTS = pd.DataFrame({"contract_id": [1], "account_id": "a", "start": "2024-01-01", "mrr": 5})


def _state(**tables):
    return coverage(CompanyTables.from_tables(tables)).set_index("question")


def test_24_rows_in_the_order_of_the_questions():
    state = coverage(CompanyTables.from_tables({"orders": ORDERS}))
    assert list(state) == ["question", "phase", "text", "status", "missing"]
    assert state["question"].tolist() == list(questions())
    assert ((state["missing"] != "") == (state["status"] == "missing data")).all()


def test_any_one_way_is_enough():
    assert _state(orders=ORDERS).loc["A5", "status"] == "answerable"
    ended = CONTRACTS.assign(end="2024-02-01")
    assert _state(contracts=ended).loc["A5", "status"] == "answerable"
    assert _state(accounts=pd.DataFrame({"account_id": ["a"]})).loc["A5", "missing"] != ""


def test_what_is_missing_is_said_of_the_nearest_way():
    survey = pd.DataFrame({"respondent": ["a"], "item": ["b"], "importance": [5]})
    missing = _state(engagement_survey=survey).loc["B4", "missing"]
    assert missing == "column performance of engagement_survey"
    missing = _state(engagement_survey=survey.assign(performance=None)).loc["B4", "missing"]
    assert missing == "values in column performance of engagement_survey"
    state = _state(orders=ORDERS, accounts=pd.DataFrame({"account_id": ["a"], "segment": ["x"]}))
    assert state.loc["A3", "missing"] == "column employees of accounts"
    assert state.loc["A2", "missing"] == (
        "column employees of accounts; column status of accounts; "
        "table opportunities (deals, won, lost or open)"
    )
    state = _state(engagement_survey=survey.head(0), orders=ORDERS)
    assert state.loc["B4", "missing"] == "rows in table engagement_survey"


@pytest.mark.parametrize("question", questions())
def test_each_question_is_answerable_from_what_it_needs(question):
    for way in questions()[question].needs:
        tables = {table: {} for table, _ in way}
        for table in tables:
            known = schema()[table]
            wanted = {*known.required, *(column for name, column in way if name == table)}
            tables[table] = pd.DataFrame([{name: _cell(known.columns[name]) for name in wanted}])
        assert _state(**tables).loc[question, "missing"] == ""


def _cell(column):
    allowed = column.values  # noqa: PD011 - of the schema, not of a frame
    if allowed:
        return allowed[0]
    texts = {"date": "2024-01-31", "month": "2024-01", "boolean": "yes"}
    return texts.get(column.type, "1")


def test_supporting_questions_are_not_among_the_24():
    asked = supporting_questions()
    numbers = [int(name.removeprefix("S")) for name in asked]
    assert numbers == sorted(set(numbers))
    assert not set(asked) & set(questions())
    for question in asked.values():
        assert question.phase == "segment"
        assert all(
            column in schema()[table].columns for way in question.needs for table, column in way
        )


def test_a_column_knows_its_questions():
    assert questions_needing("orders", "amount")[:3] == ("A3", "A5", "S2")
    assert questions_needing("decisions", "owner") == ("S13",)
    assert questions_needing("facts", "caveat") == ()


@pytest.mark.parametrize("question", all_questions().values(), ids=all_questions())
def test_each_answer_is_where_the_catalogue_says(question):
    assert callable(resolve_name(f"segkit.answers.{question.answer}"))


def test_there_are_24_questions_in_four_phases():
    phases = [question.phase for question in questions().values()]
    counts = {phase: phases.count(phase) for phase in dict.fromkeys(phases)}
    assert counts == {"market": 7, "account": 6, "buyer": 5, "user": 6}


def test_questions_need_columns_that_the_schema_has():
    for question in questions().values():
        assert question.needs
        for way in question.needs:
            assert all(column in schema()[table].columns for table, column in way)


def test_ways_that_lack_equally_little_are_all_named():
    missing = _state(accounts=pd.DataFrame({"account_id": ["a"]})).loc["A5", "missing"]
    assert missing.startswith("table contracts (")
    assert ", or table orders (" in missing
