"""The front door."""

import pandas as pd
import pytest

import segkit
from segkit.errors import ParameterError


def test_sample_company_answers_a_question_of_each_phase(larkspur):
    answered = {
        question: larkspur.ask(question).status
        for question in larkspur.coverage().query("status == 'answerable'")["question"]
    }
    assert set(answered.values()) == {"answered"}
    assert {question[0] for question in answered} == {"M", "A", "B", "U"}


def test_coverage_has_a_row_for_each_question(larkspur):
    state = larkspur.coverage()
    assert len(state) == 24
    assert set(state["status"]) == {"answerable"}


def test_sample_company_is_clean_and_adds_up(larkspur):
    assert (larkspur.ledger["set_aside"] == 0).all()
    assert (larkspur.ledger["read"] == larkspur.ledger["used"]).all()


def test_every_question_gives_an_answer_or_its_reason(larkspur):
    for question in larkspur.coverage()["question"]:
        answer = larkspur.ask(question)
        assert answer.question == question
        assert answer.headline.endswith((".", ")"))


def test_unknown_question_is_explained(larkspur):
    with pytest.raises(ParameterError, match="one of M1, M2"):
        larkspur.ask("Z9")


def test_missing_data_says_what_is_missing():
    orders = pd.DataFrame({"customer": ["a"], "date": ["2026-01-05"], "amount": [1.0]})
    base = segkit.CustomerBase.from_tables({"orders": orders})
    answer = base.ask("U5")
    assert answer.status == "missing data"
    assert "nps_survey" in answer.headline


def test_read_larkspur_is_the_sample(larkspur):
    assert repr(segkit.read("larkspur")) == repr(larkspur)
    assert repr(larkspur).startswith("Larkspur HR: ")


def test_findings_are_a_frame(larkspur):
    assert list(larkspur.findings().columns) == [
        "table", "column", "kind", "severity", "rows", "what",
    ]  # fmt: skip


def test_answers_are_the_same_on_every_run(larkspur):
    for question in ("M1", "A5", "B1", "U1"):
        assert larkspur.ask(question).to_json() == larkspur.ask(question).to_json()
