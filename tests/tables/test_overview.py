"""Coverage of the questions, and the result of a check as plain data."""

import json

import pandas as pd
import pytest

from segkit.tables import CompanyTables, check_report, coverage, questions, schema

ORDERS = pd.DataFrame({"account_id": ["a"], "date": ["2024-01-31"], "amount": [1.5]})
CONTRACTS = pd.DataFrame({"contract_id": [1], "account_id": "a", "start": "2024-01-01", "mrr": 5})


def _state(**tables):
    return coverage(CompanyTables.from_tables(tables)).set_index("question")


def test_24_rows_in_the_order_of_the_questions():
    state = coverage(CompanyTables.from_tables({"orders": ORDERS}))
    assert list(state) == ["question", "phase", "text", "status", "missing"]
    assert state["question"].tolist() == list(questions())
    assert set(state["status"]) == {"answerable", "missing data"}
    assert ((state["missing"] == "") == (state["status"] == "answerable")).all()


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
        assert _state(**tables).loc[question, "status"] == "answerable"


def _cell(column):
    allowed = column.values  # noqa: PD011 - of the schema, not of a frame
    if allowed:
        return allowed[0]
    texts = {"date": "2024-01-31", "month": "2024-01", "boolean": "yes"}
    return texts.get(column.type, "1")


def test_the_report_is_plain_data():
    rows = pd.concat([ORDERS, ORDERS.assign(date="<script>soon</script>")])
    company = CompanyTables.from_tables({"orders": rows, "accounts": pd.DataFrame({"x": [1]})})
    report = check_report(company)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert list(report) == [
        "usable",
        "company",
        "currency",
        "as_of",
        "faults",
        "ledger",
        "coverage",
    ]
    assert report["usable"] is False
    assert report["as_of"] == "2024-01-31"
    assert [fault["severity"] for fault in report["faults"]] == ["stops", "sets aside", "note"]
    assert report["faults"][1]["examples"] == [{"row": "row 2", "value": "<script>soon</script>"}]
    assert report["faults"][1]["text"] == str(company.faults[1])
    assert report["ledger"][1] == {
        "table": "orders",
        "read": 2,
        "used": 1,
        "set_aside": 1,
        "reasons": [{"reason": "date unreadable", "rows": 1}],
    }
    assert len(report["coverage"]) == 24


def test_the_report_of_usable_tables():
    report = check_report(CompanyTables.from_tables({"orders": ORDERS}, {"company": "Larkspur"}))
    assert (report["usable"], report["company"]) == (True, "Larkspur")
    accounts = CompanyTables.from_tables({"accounts": pd.DataFrame({"account_id": ["a"]})})
    assert check_report(accounts)["as_of"] is None
